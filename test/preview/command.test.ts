import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Ran as Program, ProgramCall } from '../../src/adapters/program.ts';
import type { WatchFiles } from '../../src/adapters/watch.ts';
import type { Io } from '../../src/app/io.ts';
import { enginePlaces } from '../../src/app/preview/engine.ts';
import { overviewUid } from '../../src/build/index.ts';
import { previewCommand } from '../../src/cli/commands/preview.ts';
import { runCommand } from '../../src/cli/main.ts';
import { parseSimulated } from '../../src/preview/index.ts';
import type { LoadedProject } from '../../src/project/source.ts';
import { ADMIN, createFakeGrafana } from '../support/fake-grafana/index.ts';
import { serveFake } from '../support/fake-grafana/serve.ts';
import { loadFresh } from '../support/fresh-project.ts';
import { PROJECT } from '../support/places.ts';
import { ioOf, type Ran } from '../support/run.ts';
import { desiredOf, project } from '../support/world.ts';

const ADMIN_HEADER = `Basic ${Buffer.from(`${ADMIN.user}:${ADMIN.password}`).toString('base64')}`;

let source: LoadedProject;
beforeAll(async () => {
  source = await loadFresh(PROJECT);
});
/** The root of a test: the preview writes its files there. */
let root = '';
beforeEach(async () => {
  root = `${await mkdtemp(join(tmpdir(), 'preview-'))}/`;
  answers = {};
  calls = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

type Answer = Partial<Program> | ((call: ProgramCall) => Partial<Program>);
/** What docker answers, by a part of its arguments; the first that fits. Everything else succeeds. */
let answers: Readonly<Record<string, Answer>> = {};
/** What docker was asked. */
let calls: ProgramCall[] = [];
const asked = () => calls.map(({ command }) => command.join(' '));

async function docker(call: ProgramCall): Promise<Program> {
  calls.push(call);
  const line = call.command.join(' ');
  const [, found] = Object.entries<Answer>({ ...answers, ...CONFIG }).find(([part]) => line.includes(part)) ?? [];
  const answer: Partial<Program> = typeof found === 'function' ? found(call) : (found ?? {});
  return { end: 'exited', code: 0, stdout: '', stderr: '', ...answer };
}
const CONFIG = { ' config': { stdout: 'services:\n  grafana:\n    image: grafana/grafana:12.4.10\n' } };
const fails = (stderr: string): Partial<Program> => ({ code: 1, stderr });

/** A clock that goes as fast as somebody sleeps. */
function quickClock(): Io['clock'] {
  let time = 0;
  return {
    now: () => Date.UTC(2026, 10, 28) + time,
    elapsed: () => time,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
  };
}

interface Situation {
  /** Ports on which something listens. */
  readonly taken?: readonly number[];
  /** Whether what was started answers. */
  readonly answers?: boolean;
  readonly interrupted?: AbortSignal;
  readonly watchFiles?: WatchFiles;
  readonly load?: () => Promise<LoadedProject>;
}

const PORTS = { PREVIEW_GRAFANA_PORT: '39101', PREVIEW_PROMETHEUS_PORT: '39102', PREVIEW_PAGER_PORT: '39103' };
async function preview(
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  situation: Situation = {},
): Promise<Ran> {
  const { taken = [], load = async () => source, interrupted, watchFiles } = situation;
  const io = ioOf({ ...PORTS, ...environment }, root, {
    clock: quickClock(),
    loadProject: load,
    ...(interrupted === undefined ? {} : { interrupted }),
  });
  const command = previewCommand(async () => ({
    runProgram: docker,
    thisMachine: {
      listens: async (port) => taken.includes(port),
      answers: async () => situation.answers ?? false,
    },
    watchFiles: watchFiles ?? (() => Promise.reject(new Error('watches nothing'))),
  }));
  const code = await runCommand(() => command, args, io);
  return { code, stdout: io.stdout.text(), stderr: io.stderr.text() };
}

/** No line of it is a command of a terminal or of a runner, which ignores blanks before it. */
function expectHarmless(text: string): void {
  for (const sign of ['\u001b', '\u009b', '\u202e', '\r']) expect(text).not.toContain(sign);
  expect(text).not.toMatch(/^\s*::/m);
}

describe('npm run preview explains', () => {
  test('that docker is missing', async () => {
    answers = { version: { end: 'missing', code: undefined } };
    const { code, stderr } = await preview();
    expect(code).toBe(1);
    expect(stderr).toContain('P001 docker is not installed');
    expect(stderr).toContain('https://docs.docker.com/get-docker/');
  });

  test.each([
    ['does not run', 'Cannot connect to the Docker daemon', 'docker is installed and does not run'],
    ['refuses this user', 'permission denied while trying to connect', 'docker refuses this user'],
  ])('that docker %s', async (_, said, message) => {
    answers = { 'docker version': fails(said) };
    const { code, stderr } = await preview();
    expect(code).toBe(1);
    expect(stderr).toContain(`P002 ${message}`);
    expect(stderr).toContain(said);
  });

  test('that Compose is missing', async () => {
    answers = {
      'docker compose': fails('docker: unknown command: docker compose'),
      'docker-compose': { end: 'missing', code: undefined },
    };
    expect(await preview()).toMatchObject({ code: 1, stderr: expect.stringContaining('P003 ') });
  });

  test('which port is taken, before anything is started', async () => {
    const { code, stderr } = await preview([], {}, { taken: [39103] });
    expect(code).toBe(1);
    expect(stderr).toContain('P004 port 39103 is taken');
    expect(stderr).toContain('PREVIEW_PAGER_PORT');
    expect(asked().join('\n')).not.toContain(' up ');
  });

  test('a port that was taken meanwhile', async () => {
    const said =
      'Error: driver failed programming external connectivity: Bind for 127.0.0.1:39101 failed: port is already allocated';
    answers = { ' up ': fails(said) };
    expect(await preview()).toMatchObject({ code: 1, stderr: expect.stringContaining('P004 port 39101 is taken') });
  });

  test('which image cannot be pulled', async () => {
    answers = { inspect: { code: 1 }, pull: fails('no route to host') };
    const { code, stderr } = await preview();
    expect(code).toBe(1);
    expect(stderr).toContain('P005 the image grafana/grafana:12.4.10 cannot be pulled');
    expect(stderr).toContain('no route to host');
  });

  test('how far a long download is, in text that no terminal obeys', async () => {
    answers = {
      inspect: { code: 1 },
      pull: ({ onOutput }) => {
        onOutput?.('12.4.10: Pulling from gra');
        onOutput?.('fana/grafana\n::add-mask::x\u001b[2J\u009b31m\nf00: Pull complete\n');
        return {};
      },
      ' up ': fails('enough'),
    };
    const { stderr } = await preview();
    expect(stderr).toContain('docker: 12.4.10: Pulling from grafana/grafana\n');
    expect(stderr).toContain('docker: f00: Pull complete\n');
    expectHarmless(stderr);
  });

  test('which part does not answer in time, and what it said last', async () => {
    answers = { ' logs ': { stdout: 'out of memory' } };
    const { code, stderr } = await preview(['--timeout', '1s']);
    expect(code).toBe(1);
    expect(stderr).toContain('P006 prometheus does not answer at http://127.0.0.1:39102/-/ready after 1 s');
    expect(stderr).toContain('out of memory');
  });

  test('which part does not start in time, and what it said last', async () => {
    answers = {
      ' up ': { end: 'timeout', code: undefined },
      'docker ps': listed({ simulator: 'Up 2 minutes (health: starting)', grafana: 'Created' }, 1),
      'logs --no-color --tail 15 simulator': { stdout: 'reading the services' },
    };
    const { code, stderr } = await preview(['--timeout', '2m']);
    expect(code).toBe(1);
    expect(stderr).toContain('P006 simulator, grafana did not start within 120 s');
    expect(stderr).toContain('reading the services');
    expect(calls.find(({ command }) => command.includes('up'))?.timeout).toBe(120_000);
  });

  test('that Compose failed, in its words', async () => {
    answers = { ' up ': fails('service "history" failed to complete') };
    const { stderr } = await preview();
    expect(stderr).toContain('P007 ');
    expect(stderr).toContain('service "history" failed to complete');
  });

  test('which container is unhealthy or ended, with its last lines, bounded and in text that no terminal obeys', async () => {
    const flood = Array.from({ length: 5000 }, (_, line) => `line ${line}`).join('\n');
    answers = {
      ' up ': fails('dependency failed to start: container preview-simulator-1 is unhealthy'),
      'docker ps': listed(
        { simulator: 'Up 1 minute (unhealthy)', history: 'Exited (1) 2 seconds ago', pager: 'Up 1 minute (healthy)' },
        1,
      ),
      'tail 15 simulator': { stdout: `${flood}\nError: services/broken.ts\u001b[31m\u202e ${'x'.repeat(5000)}\n` },
      'tail 15 history': { stdout: '', stderr: 'promtool: no space left\r\n  ::error::x' },
    };
    const { code, stderr } = await preview();
    expect(code).toBe(1);
    expect(stderr).toContain('container preview-simulator-1 is unhealthy');
    expect(stderr).toContain('simulator: Up 1 minute (unhealthy)');
    expect(stderr).toContain('Error: services/broken.ts\\u{202e} xxx');
    expect(stderr).toContain('history: Exited (1) 2 seconds ago');
    expect(stderr).toContain('promtool: no space left');
    expect(stderr).not.toContain('pager: Up');
    expect(stderr.length).toBeLessThan(3000);
    expectHarmless(stderr);
  });

  test('nothing of a secret that a container or docker repeats', async () => {
    answers = {
      ' up ': fails('Bearer glsa_canary'),
      'docker ps': listed({ grafana: 'Exited (1)' }, 1),
      ' logs ': { stdout: `password=hunter2secret ${Buffer.from('admin:hunter2secret').toString('base64')}` },
    };
    const secrets = { GRAFANA_TOKEN: 'glsa_canary', GRAFANA_USER: 'admin', GRAFANA_PASSWORD: 'hunter2secret' };
    const { stderr } = await preview([], secrets);
    expect(stderr).toContain('P007 ');
    expect(stderr).not.toMatch(/glsa_canary|hunter2secret|YWRtaW46aHVudGVyMnNlY3JldA/);
  });

  test.each([
    ['docker version', 'version'],
    ['docker compose', 'ps'],
    ['docker ps', 'docker ps'],
    ['docker compose', ' down '],
  ])('that %s hangs, instead of waiting for ever: %s', async (_, part) => {
    answers = { [part]: { end: 'timeout', code: undefined, stderr: 'waiting for the daemon' } };
    const { code, stderr } = await preview();
    expect(code).toBe(1);
    expect(stderr).toMatch(/P009 docker \S+ did not end within \d+ s/);
    expect(stderr).toContain('waiting for the daemon');
  });

  test.each([
    ['C021', ['--scenario', 'nope']],
    ['P008', ['--from', 'noon']],
    ['P008', ['--scenario', 'incident', '--from', '23:00']],
    ['K011', ['--timeout', 'long']],
  ])('%s, for wrong arguments, without asking docker', async (code, args) => {
    expect(await preview(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(`${code} `) });
    expect(calls).toEqual([]);
  });

  test('a port that is none', async () => {
    const result = await preview([], { PREVIEW_GRAFANA_PORT: '99999' });
    expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(/PREVIEW_GRAFANA_PORT is .*: 99999/) });
  });

  test('no value that may be a secret in the wrong place', async () => {
    const { code, stderr } = await preview([], {
      PREVIEW_GRAFANA_PORT: 'canary-port',
      PREVIEW_PAGER_PORT: 'glsa_canary',
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/C003 PREVIEW_GRAFANA_PORT, PREVIEW_PAGER_PORT .* \(1 to 65535\)/);
    expect(stderr).not.toContain('canary');
  });

  test.each([
    [
      /C003 PREVIEW_PAGER_PORT is 39101, which is the port of PREVIEW_GRAFANA_PORT too/,
      { PREVIEW_PAGER_PORT: '39101' },
    ],
    [/C003 PREVIEW_PROJECT is .* a Compose project/, { PREVIEW_PROJECT: 'Two words' }],
  ])('%s', async (message, environment) => {
    const { code, stderr } = await preview([], environment);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('what is wrong with the code, and starts nothing', async () => {
    const load = async () => ({ ...source, services: [{ ...source.services[0], id: 'Not an id' }] }) as LoadedProject;
    const { code, stderr } = await preview([], {}, { load });
    expect(code).toBe(1);
    expect(stderr).toContain('Nothing was started.');
    expect(asked().join('\n')).not.toMatch(/ (up|down|pull) /);
  });
});

/** What docker lists; of another project where no label of the preview is there. @param from the call from which it does */
function listed(statuses: Readonly<Record<string, string>>, from = 0, mark = 'true'): Answer {
  let calls = 0;
  const stdout = Object.entries(statuses)
    .map(([service, status]) => `${service}\t${mark}\t/elsewhere/compose.yaml\t${status}\n`)
    .join('');
  return () => {
    calls += 1;
    return { stdout: calls > from ? stdout : '' };
  };
}

describe('npm run preview', () => {
  const whole = (status: string) =>
    listed({ simulator: status, prometheus: status, grafana: status, pager: status, history: 'Exited (0)' });
  const UP = 'Up 3 minutes (healthy)';
  /** What the simulator of the last start was given. */
  const simulated = async () =>
    parseSimulated(await readFile(`${root}.cache/preview/grafana-as-code-preview/simulated.json`, 'utf8'));
  /** Where in what docker was asked something was taken down or started. */
  const places = () => {
    const [down = -1, up = -1] = ['down', 'up'].map((verb) => calls.findIndex(({ command }) => command.includes(verb)));
    return { down, up };
  };

  test.each([
    ['runs', UP],
    ['was stopped', 'Exited (137) 8 hours ago'],
  ])('with a scenario throws away a preview that %s, and starts at the time asked for', async (words, status) => {
    answers = { 'docker ps': whole(status), ' up ': { code: 1 } };
    const { stderr } = await preview(['--scenario', 'incident', '--from', '14:40']);
    expect(stderr).toContain(`Removing the preview that ${words}`);
    const { down, up } = places();
    expect(asked()[down]).toContain('--volumes');
    const { run, past } = await simulated();
    expect(run.scenario).toMatchObject({ id: 'incident-linear', from: '06:40' });
    expect(past?.midnight).toBe(Date.parse(`${run.scenario.day}T00:00:00Z`) / 1000);
    expect(down).toBeLessThan(up);
  });

  test('without an incident knows no such name, has none in its past, and shows no way to one', async () => {
    const { incident: _incident, ...without } = source;
    const load = async () => without;
    const { code, stderr } = await preview(['--scenario', 'incident'], {}, { load });
    expect(code).toBe(2);
    expect(stderr).toContain('C021 incident is not a scenario of this project');
    expect(calls).toEqual([]);
    answers = { ' up ': { code: 1 } };
    await preview(['--from', '14:40'], {}, { load });
    const { run, past, healthy } = await simulated();
    expect(past).toBeUndefined();
    expect(run.scenario.id).toBe(healthy.id);
    const { environment, marks, close } = await running();
    const kept = await preview([], environment, { answers: true, load });
    expect(kept.code, kept.stderr).toBe(0);
    expect(kept.stdout).not.toContain('incident');
    expect(await marks()).toEqual([]);
    await close();
  });

  test('removes what was stopped, such as by a reboot: its history would have a hole', async () => {
    answers = { 'docker ps': whole('Exited (255) 2 minutes ago'), ' up ': { code: 1 } };
    await preview();
    const { down, up } = places();
    expect(asked()[down]).toContain('--volumes');
    expect(down).toBeLessThan(up);
  });

  test('removes a volume that is left without containers', async () => {
    answers = { ' up ': { code: 1 } };
    await preview();
    const { down, up } = places();
    expect(asked()[down]).toContain('--volumes');
    expect(down).toBeLessThan(up);
  });

  test.each([[[]], [['--down']], [['--scenario', 'incident']]])(
    'leaves another Compose project alone that has the name of the preview: %s',
    async (args) => {
      answers = { 'docker ps': listed({ db: UP, 'web\u001b[2J': UP }, 0, '') };
      const { code, stderr } = await preview(args, { PREVIEW_PROJECT: 'webbank' });
      expect(code).toBe(2);
      expect(stderr).toContain(
        'C003 PREVIEW_PROJECT is webbank, a Compose project that is not a preview of this folder',
      );
      expect(stderr).toContain('db, web\\u{1b}[2J');
      expect(places()).toEqual({ down: -1, up: -1 });
    },
  );

  test('starts its containers with the facts of the project, in files that they can read', async () => {
    answers = { ' up ': { code: 1 } };
    await preview();
    const files = `${root}.cache/preview/grafana-as-code-preview`;
    expect(calls.find(({ command }) => command.includes('up'))?.environment).toMatchObject({ PREVIEW_FILES: files });
    expect(parse(await readFile(`${files}/data-source.yaml`, 'utf8'))).toMatchObject({
      datasources: [{ ...project.dataSource, jsonData: { timeInterval: project.scrapeInterval } }],
    });
    const { catalog, run, healthy } = await simulated();
    expect(catalog.services.map(({ id }) => id)).toEqual(source.services.map(({ id }) => id));
    expect(run.scenario.id).toBe(healthy.id);
    for (const name of ['data-source.yaml', 'prometheus.yaml', 'simulated.json']) {
      expect((await stat(`${files}/${name}`)).mode & 0o777).toBe(0o644);
    }
  });

  test('never lets Compose read .env', async () => {
    answers = { ' up ': { code: 1 } };
    await preview();
    for (const line of asked().filter((each) => each.includes('--project-name'))) {
      expect(line).toContain(`--env-file ${enginePlaces().containers}compose.env`);
    }
  });

  test('ends with Ctrl-C, whatever docker was doing', async () => {
    const stop = new AbortController();
    answers = {
      ' up ': ({ signal }) => {
        stop.abort();
        expect(signal?.aborted).toBe(true);
        return { end: 'interrupted', code: undefined, stderr: 'Canceled' };
      },
    };
    expect(await preview([], {}, { interrupted: stop.signal })).toMatchObject({ code: 130 });
  });

  /** A preview that runs, with its Grafana. */
  const running = async () => {
    const served = await serveFake(createFakeGrafana());
    answers = { 'docker ps': whole(UP) };
    const environment = { PREVIEW_GRAFANA_PORT: new URL(served.url).port };
    const marks = async () => {
      const headers = { authorization: ADMIN_HEADER };
      return (await fetch(`${served.url}/api/annotations?tags=deployment`, { headers })).json();
    };
    return { environment, marks, close: () => served.close() };
  };

  test('keeps one that runs; a second start writes nothing, and no proxy stands before this machine', async () => {
    const { environment, marks, close } = await running();
    const proxy = 'http://127.0.0.1:1';
    const proxied = { ...environment, HTTP_PROXY: proxy, http_proxy: proxy, NODE_USE_ENV_PROXY: '1' };
    const first = await preview([], proxied, { answers: true });
    expect(first.code, first.stderr).toBe(0);
    const uid = overviewUid(project);
    const overview = JSON.stringify(desiredOf().resources.find((resource) => resource.uid === uid));
    const [window = 'no window'] = /\?from=\d{13}&to=\d{13}/.exec(overview) ?? [];
    expect(first.stdout).toContain(`/d/${uid}${window}`);
    expect(first.stdout).toContain('log in as admin with the password admin');
    const marked = await marks();
    expect(marked).toMatchObject([
      { time: Date.parse('2026-03-16T14:00:00Z'), timeEnd: Date.parse('2026-03-16T16:00:00Z') },
    ]);
    const second = await preview([], proxied, { answers: true });
    expect(second.stderr).toContain('Nothing to sync');
    expect(await marks()).toEqual(marked);
    expect(places()).toEqual({ down: -1, up: -1 });
    await close();
  });

  test('--sync brings the code into the one that runs, and asks nothing of docker', async () => {
    const { environment, close } = await running();
    expect(await preview(['--sync'], environment)).toMatchObject({ code: 0, stdout: '' });
    expect((await preview(['--sync'], environment)).stderr).toContain('Nothing to sync');
    expect(calls).toEqual([]);
    await close();
  });

  test('--watch syncs in a process of its own when a file is saved, until Ctrl-C', async () => {
    const { environment, close } = await running();
    const stop = new AbortController();
    answers = {
      ...answers,
      'src/cli/bin.ts': () => {
        stop.abort();
        return {};
      },
    };
    const watchFiles: WatchFiles = async (_root, _folders, onChange) => {
      setImmediate(() => onChange(['services/user-account.ts']));
      return { close: async () => undefined, failed: new Promise<never>(() => undefined) };
    };
    const result = await preview(['--watch'], environment, { answers: true, interrupted: stop.signal, watchFiles });
    expect(result.code).toBe(130);
    expect(result.stderr).toContain('services/user-account.ts changed');
    expect(calls.at(-1)).toMatchObject({
      command: [process.execPath, '--import', 'tsx', expect.stringMatching(/src\/cli\/bin\.ts$/), 'preview', '--sync'],
      output: 'inherit',
    });
    await close();
  });

  test('has a name of its own where one is given', async () => {
    await preview(['--down'], { PREVIEW_PROJECT: 'second' });
    expect(asked().at(-1)).toMatch(/--project-name second .*down --volumes/);
  });

  test('--down removes volumes too', async () => {
    expect(await preview(['--down'])).toMatchObject({ code: 0, stdout: expect.stringContaining('gone') });
    expect(asked().at(-1)).toContain('down --volumes');
  });
});
