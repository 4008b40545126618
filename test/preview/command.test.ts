import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { overviewUid } from '../../src/build/index.ts';
import { project } from '../../src/project.ts';
import { ADMIN, createFakeGrafana } from '../support/fake-grafana/index.ts';
import { serveFake, serveListener } from '../support/fake-grafana/serve.ts';
import { run } from '../support/run.ts';

const ADMIN_HEADER = `Basic ${Buffer.from(`${ADMIN.user}:${ADMIN.password}`).toString('base64')}`;
const serveText = (text: string) => serveListener((_, response) => response.end(text));

/** A folder that is the whole PATH: Node, git, and whatever docker a test wants. */
let bin = '';
let called = '';
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'preview-'));
  bin = join(folder, 'bin');
  called = join(folder, 'called');
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
});
afterEach(() => rm(dirname(bin), { recursive: true, force: true }));

/** Puts a docker on the PATH that answers by its arguments, and keeps what it was asked. */
async function docker(answers: string): Promise<void> {
  const script = `#!/bin/sh\necho "$PREVIEW_SCENARIO $PREVIEW_FROM $*" >> '${called}'\ncase "$*" in\n${answers}\n*) exit 0 ;;\nesac\n`;
  await writeFile(join(bin, 'docker'), script, { mode: 0o755 });
}

const CONFIG = `*config*) printf 'services:\\n  grafana:\\n    image: grafana/grafana:12.4.0\\n' ;;`;

let server: Server | undefined;
afterEach(() => server?.close());
/** A port on which something listens that is no Grafana. */
async function takenPort(): Promise<string> {
  server = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return String((server.address() as AddressInfo).port);
}

const ports = { PREVIEW_GRAFANA_PORT: '39101', PREVIEW_PROMETHEUS_PORT: '39102', PREVIEW_PAGER_PORT: '39103' };
const preview = (args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) =>
  run('preview', args, { PATH: bin, ...ports, ...environment });

describe('npm run preview explains', () => {
  test('that docker is missing', async () => {
    const { code, stderr } = await preview();
    expect(code).toBe(1);
    expect(stderr).toContain('P001 docker is not installed');
    expect(stderr).toContain('https://docs.docker.com/get-docker/');
  });

  test.each([
    ['does not run', 'Cannot connect to the Docker daemon', 'docker is installed and does not run'],
    ['refuses this user', 'permission denied while trying to connect', 'docker refuses this user'],
  ])('that docker %s', async (_, said, message) => {
    await docker(`version*) echo '${said}' >&2; exit 1 ;;`);
    const { code, stderr } = await preview();
    expect(code).toBe(1);
    expect(stderr).toContain(`P002 ${message}`);
    expect(stderr).toContain(said);
  });

  test('that Compose is missing', async () => {
    await docker(`compose*) echo 'docker: unknown command: docker compose' >&2; exit 1 ;;`);
    expect(await preview()).toMatchObject({ code: 1, stderr: expect.stringContaining('P003 ') });
  });

  test('which port is taken, before anything is started', async () => {
    await docker(CONFIG);
    const port = await takenPort();
    const { code, stderr } = await preview([], { PREVIEW_PAGER_PORT: port });
    expect(code).toBe(1);
    expect(stderr).toContain(`P004 port ${port} is taken`);
    expect(stderr).toContain('PREVIEW_PAGER_PORT');
    expect(await readFile(called, 'utf8')).not.toContain(' up ');
  });

  test('a port that was taken meanwhile', async () => {
    const said =
      'Error: driver failed programming external connectivity: Bind for 127.0.0.1:39101 failed: port is already allocated';
    await docker(`${CONFIG}\n*up*) echo '${said}' >&2; exit 1 ;;`);
    expect(await preview()).toMatchObject({ code: 1, stderr: expect.stringContaining('P004 port 39101 is taken') });
  });

  test('which image can not be pulled', async () => {
    await docker(`${CONFIG}\n*inspect*) exit 1 ;;\npull*) echo 'no route to host' >&2; exit 1 ;;`);
    const { code, stderr } = await preview();
    expect(code).toBe(1);
    expect(stderr).toContain('P005 the image grafana/grafana:12.4.0 can not be pulled');
    expect(stderr).toContain('no route to host');
  });

  test('which part does not answer in time, and what it said last', async () => {
    await docker(`${CONFIG}\n*logs*) echo 'out of memory' ;;`);
    const { code, stderr } = await preview(['--timeout', '1s']);
    expect(code).toBe(1);
    expect(stderr).toContain('P006 prometheus does not answer at http://127.0.0.1:39102/-/ready after 1 s');
    expect(stderr).toContain('out of memory');
  });

  test('that Compose failed, in its words', async () => {
    await docker(`${CONFIG}\n*up*) echo 'service "history" failed to complete' >&2; exit 1 ;;`);
    const { stderr } = await preview();
    expect(stderr).toContain('P007 ');
    expect(stderr).toContain('service "history" failed to complete');
  });

  test.each([
    ['C021', ['--scenario', 'nope']],
    ['P008', ['--from', 'noon']],
    ['P008', ['--scenario', 'incident', '--from', '23:00']],
    ['K011', ['--timeout', 'long']],
  ])('%s, for wrong arguments, without asking docker', async (code, args) => {
    await docker(CONFIG);
    expect(await preview(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(`${code} `) });
    await expect(readFile(called, 'utf8')).rejects.toThrow('ENOENT');
  });

  test('a port that is none', async () => {
    const result = await preview([], { PREVIEW_GRAFANA_PORT: '99999' });
    expect(result).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PREVIEW_GRAFANA_PORT is no port: 99999'),
    });
  });

  test('no value that may be a secret in the wrong place', async () => {
    const { code, stderr } = await preview([], {
      PREVIEW_GRAFANA_PORT: 'canary-port',
      PREVIEW_PAGER_PORT: 'glsa_canary',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('C003 PREVIEW_GRAFANA_PORT is no port (1 to 65535)');
    expect(stderr).not.toContain('canary');
  });

  test.each([
    ['PREVIEW_PAGER_PORT is 3000, which is the port of PREVIEW_GRAFANA_PORT too', { PREVIEW_PAGER_PORT: '3000' }],
    ['PREVIEW_PROJECT is no name of a Compose project', { PREVIEW_PROJECT: 'Two words' }],
  ])('C003 %s', async (message, environment) => {
    const { code, stderr } = await run('preview', [], { PATH: bin, ...environment });
    expect(code).toBe(2);
    expect(stderr).toContain(`C003 ${message}`);
  });
});

describe('npm run preview', () => {
  /** What is left of a preview, as docker lists it. */
  const listed = (status: string) =>
    `ps*) printf 'simulator ${status}\\nprometheus ${status}\\ngrafana ${status}\\npager ${status}\\nhistory Exited (0)\\n' ;;`;
  const UP = 'Up 3 minutes (healthy)';
  /** What docker was asked, and where in that something was taken down or started. */
  const asked = async () => {
    const lines = (await readFile(called, 'utf8')).split('\n');
    const [down = -1, up = -1] = ['down', 'up'].map((verb) => lines.findIndex((line) => line.includes(` ${verb} --`)));
    return { lines, down, up };
  };

  test.each([
    ['runs', UP],
    ['was stopped', 'Exited (137) 8 hours ago'],
  ])('with a scenario throws away a preview that %s, and starts at the time asked for', async (words, status) => {
    await docker(`${CONFIG}\n${listed(status)}\n*up*) exit 1 ;;`);
    const { stderr } = await preview(['--scenario', 'incident', '--from', '14:40']);
    expect(stderr).toContain(`Removing the preview that ${words}`);
    const { lines, down, up } = await asked();
    expect(lines[down]).toContain('--volumes');
    expect(lines[up]).toContain('incident 14:40');
    expect(down).toBeLessThan(up);
  });

  test('removes what was stopped, such as by a reboot: its history would have a hole', async () => {
    await docker(`${CONFIG}\n${listed('Exited (255) 2 minutes ago')}\n*up*) exit 1 ;;`);
    await preview();
    const { lines, down, up } = await asked();
    expect(lines[down]).toContain('--volumes');
    expect(down).toBeLessThan(up);
  });

  test('removes a volume that is left without containers', async () => {
    await docker(`${CONFIG}\n*up*) exit 1 ;;`);
    await preview();
    const { lines, down, up } = await asked();
    expect(lines[down]).toContain('--volumes');
    expect(down).toBeLessThan(up);
  });

  test('keeps one that runs; a second start writes nothing, and no proxy stands before this machine', async () => {
    await docker(`${CONFIG}\n${listed(UP)}`);
    const fake = createFakeGrafana();
    const served = await Promise.all([serveFake(fake), ...['up', 'up'].map((text) => serveText(text))]);
    const [PREVIEW_GRAFANA_PORT = '', PREVIEW_PROMETHEUS_PORT = '', PREVIEW_PAGER_PORT = ''] = served.map(
      ({ url }) => new URL(url).port,
    );
    const proxy = 'http://127.0.0.1:1';
    const environment = {
      ...{ PREVIEW_GRAFANA_PORT, PREVIEW_PROMETHEUS_PORT, PREVIEW_PAGER_PORT },
      ...{ HTTP_PROXY: proxy, http_proxy: proxy, NODE_USE_ENV_PROXY: '1' },
    };
    const marks = async () =>
      (
        await fetch(`${served[0]?.url}/api/annotations?tags=deployment`, { headers: { authorization: ADMIN_HEADER } })
      ).json();
    const first = await preview([], environment);
    expect(first.code, first.stderr).toBe(0);
    const uid = overviewUid(project);
    const overview = await readFile(`dashboards/rendered/${uid}.json`, 'utf8');
    const [window = 'no window'] = /\?from=\d{13}&to=\d{13}/.exec(overview) ?? [];
    expect(first.stdout).toContain(`/d/${uid}${window}`);
    const marked = await marks();
    expect(marked).toMatchObject([
      { time: Date.parse('2025-12-15T14:00:00Z'), timeEnd: Date.parse('2025-12-15T16:00:00Z') },
    ]);
    const second = await preview([], environment);
    expect(second.stderr).toContain('Nothing to sync');
    expect(await marks()).toEqual(marked);
    expect(await asked()).toMatchObject({ down: -1, up: -1 });
    await Promise.all(served.map((each) => each.close()));
  });

  test('has a name of its own where one is given', async () => {
    await docker(CONFIG);
    await preview(['--down'], { PREVIEW_PROJECT: 'second' });
    expect(await readFile(called, 'utf8')).toMatch(/--project-name second .*down --volumes/);
  });

  test('--down removes volumes too', async () => {
    await docker(CONFIG);
    expect(await preview(['--down'])).toMatchObject({ code: 0, stdout: expect.stringContaining('gone') });
    expect(await readFile(called, 'utf8')).toContain('down --volumes');
  });
});
