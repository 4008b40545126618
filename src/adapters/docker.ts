/** Docker and Compose, as far as the preview needs them; each way in which they fail has an error of its own. */
import { stripVTControlCharacters } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { ExplainedError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import type { ProgramCall, Ran, RunProgram } from './program.ts';

/** One container of the preview. */
export interface Container {
  /** Its name in compose.yaml. */
  readonly service: string;
  /** `done`: it ended well, as one that runs once does. `failed`: it ended otherwise, or runs and is not healthy. */
  readonly state: 'running' | 'starting' | 'done' | 'failed';
  /** In Docker's words. @example 'Up 3 minutes (healthy)' */
  readonly status: string;
  /** Made from this project's compose.yaml, not from one that has the same name by chance. */
  readonly ours: boolean;
}

/** The preview's containers. Every method throws ExplainedError P009 if docker does not answer. */
export interface Compose {
  /** Those that exist, running or not. */
  containers(): Promise<readonly Container[]>;
  /** Images that are not on this machine. */
  missingImages(): Promise<readonly string[]>;
  /** @throws ExplainedError P005 if one cannot be pulled. */
  pull(images: readonly string[]): Promise<void>;
  /**
   * Starts all of them, in their order.
   *
   * @param timeout milliseconds.
   * @throws ExplainedError P007 if one fails, P006 if that takes too long, P004 if a port was taken meanwhile.
   */
  up(timeout: number): Promise<void>;
  /** Removes containers, networks and volumes. */
  down(): Promise<void>;
  /** The last lines that a container wrote, ready to be shown. */
  logs(service: string): Promise<string>;
}

type Variables = Readonly<Record<string, string>>;

/** How to reach the preview's containers. */
export interface ComposeOptions {
  /** Compose's name for all that belongs to the preview. */
  readonly project: string;
  /** The folder of compose.yaml, with a slash at its end. */
  readonly folder: string;
  /** Where docker runs. */
  readonly root: string;
  /** Values for the variables of compose.yaml. */
  readonly variables: Variables;
  /** The environment that docker runs in. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends what docker is doing. */
  readonly signal?: AbortSignal;
  /** Gets lines about a long download. */
  readonly say: (line: string) => void;
  /** Takes secrets out of what docker and containers say. */
  readonly redact: (text: string) => string;
}

/** The label of compose.yaml by which its containers are known. */
export const OURS = 'grafana-as-code.preview';

const SECOND = 1000;
/** Milliseconds for an answer of docker, for the removal of the preview, and for one image. */
const LIMITS = { answer: 30 * SECOND, down: 120 * SECOND, pull: 1200 * SECOND } as const;
const LINES = 15;
const LINE_LENGTH = 300;

const images = z.looseObject({ services: z.record(z.string(), z.looseObject({ image: z.string() })) });

/**
 * Finds Docker and Compose, version 2 or 1.
 *
 * @throws ExplainedError P001, P002, P003 if one is missing or Docker does not run.
 */
export async function openCompose(options: ComposeOptions, run: RunProgram): Promise<Compose> {
  const { project, folder, root, redact, say } = options;
  const file = `${folder}compose.yaml`;
  const shown = (text: string, most = LINES) => lastLines(redact(text), most);
  const call = async (
    command: ProgramCall['command'],
    more: { timeout?: number; onOutput?: (text: string) => void } = {},
  ): Promise<Ran> => {
    const { timeout = LIMITS.answer, onOutput } = more;
    const ran = await run({
      command,
      cwd: root,
      environment: { ...options.environment, ...options.variables },
      timeout,
      signal: options.signal,
      ...(onOutput === undefined ? {} : { onOutput }),
    });
    if (ran.end !== 'timeout') return ran;
    throw new ExplainedError({
      code: 'P009',
      message: withLines(
        `${command.slice(0, 2).join(' ')} did not end within ${timeout / SECOND} s`,
        shown(ran.stderr, 6),
      ),
      remedy: 'See whether docker answers: docker ps. Restart it if it does not',
    });
  };
  await checkDocker(call, shown);
  const compose = await findCompose(call);
  // Compose would read .env for the variables of its file, and fail on lines that it does not understand.
  const own = ['--env-file', `${folder}compose.env`];
  const base = [...compose, '--project-name', project, '--file', file, '--project-directory', folder, ...own] as const;
  const failed = (message: string, remedy: string, ran: Ran, more = '') =>
    new ExplainedError({ code: 'P007', message: withLines(message, `${shown(ran.stderr, 6)}${more}`), remedy });

  const containers = async (): Promise<readonly Container[]> => {
    // Compose 2 lists only what runs, and version 1 has no way to ask for that; Docker is the same for both.
    const label = (name: string) => `{{.Label "${name}"}}`;
    const names = ['com.docker.compose.service', OURS, 'com.docker.compose.project.config_files'];
    const format = `${names.map(label).join('\t')}\t{{.Status}}`;
    const filter = `label=com.docker.compose.project=${project}`;
    const ran = await call(['docker', 'ps', '--all', '--no-trunc', '--filter', filter, '--format', format]);
    if (ran.code !== 0) throw failed('docker cannot list the containers of the preview', 'Read what it says', ran);
    return ran.stdout.split('\n').flatMap((line) => {
      const [service = '', mark = '', from = '', status = ''] = line.split('\t');
      if (service === '') return [];
      return [{ service, status, state: stateOf(status), ours: mark !== '' || from === file }];
    });
  };
  const logs = async (service: string): Promise<string> => {
    const { stdout, stderr } = await call([...base, 'logs', '--no-color', '--tail', String(LINES), service]);
    return shown(stdout.trim() === '' ? stderr : stdout);
  };
  /** Which containers are to blame, each with its last lines. */
  const failures = async (): Promise<string> => {
    const bad = (await containers()).filter(({ state }) => state === 'failed');
    const described = bad.map(
      async ({ service, status }) => `\n${visible(service)}: ${visible(status)}\n${await logs(service)}`,
    );
    return (await Promise.all(described)).join('');
  };

  return {
    containers,
    logs,
    async missingImages() {
      const config = await call([...base, 'config']);
      const parsed = images.safeParse(config.code === 0 ? parse(config.stdout) : undefined);
      if (!parsed.success) {
        throw failed('Compose cannot read compose.yaml', 'Read what it says, or take a newer Compose', config);
      }
      const names = [...new Set(Object.values(parsed.data.services).map(({ image }) => image))];
      const found = await Promise.all(
        names.map((name) => call(['docker', 'image', 'inspect', '--format', '{{.Id}}', name])),
      );
      return names.filter((_, index) => found[index]?.code !== 0);
    },
    async pull(names) {
      for (const name of names) {
        const ran = await call(['docker', 'pull', name], { timeout: LIMITS.pull, onOutput: byLine(say, redact) });
        if (ran.code === 0) continue;
        throw new ExplainedError({
          code: 'P005',
          message: withLines(`the image ${visible(name)} cannot be pulled`, shown(ran.stderr, 6)),
          remedy:
            'Check the network and the proxy of Docker, or import the image under this name: docker load, docker tag',
        });
      }
    },
    async up(timeout) {
      const ran = await run({
        command: [...base, 'up', '--detach', '--remove-orphans'],
        cwd: root,
        environment: { ...options.environment, ...options.variables },
        timeout,
        signal: options.signal,
      });
      if (ran.code === 0) return;
      if (ran.end === 'timeout') {
        const waits = (await containers()).filter(({ state }) => state === 'starting' || state === 'failed');
        throw notInTime(
          `${waits.map(({ service }) => visible(service)).join(', ') || 'the preview'} did not start within ${timeout / SECOND} s`,
          (await Promise.all(waits.map(({ service }) => logs(service)))).join('\n'),
        );
      }
      const [, port] = /(?:bind for|listen tcp4?) [\d.]*:(\d+)(?!\d)[^\n]*(?:already|in use)/i.exec(ran.stderr) ?? [];
      if (port !== undefined) throw portTaken(port);
      const why = ran.end === 'interrupted' ? '' : await failures();
      throw failed('Compose could not start the preview', 'npm run preview -- --down clears what is left', ran, why);
    },
    async down() {
      const ran = await call([...base, 'down', '--volumes', '--remove-orphans', '--timeout', '2'], {
        timeout: LIMITS.down,
      });
      if (ran.code !== 0) throw failed('Compose could not remove the preview', 'Read what it says, and try again', ran);
    },
  };
}

/** Somebody else listens where the preview would. */
export function portTaken(port: number | string): ExplainedError {
  return new ExplainedError({
    code: 'P004',
    message: `port ${port} is taken by something else`,
    remedy:
      'End that, or choose others: PREVIEW_GRAFANA_PORT, PREVIEW_PROMETHEUS_PORT, PREVIEW_PAGER_PORT in the environment or in .env',
  });
}

/** A part of the preview is not there when it should be. @param lines what it said last. */
export function notInTime(message: string, lines: string): ExplainedError {
  return new ExplainedError({
    code: 'P006',
    message: withLines(message, lines),
    remedy:
      'If the machine is busy, give it more time: --timeout 8m. Else read what it says; npm run preview -- --down clears all',
  });
}

async function checkDocker(
  call: (command: ProgramCall['command']) => Promise<Ran>,
  shown: (text: string, most: number) => string,
): Promise<void> {
  const version = await call(['docker', 'version', '--format', '{{.Server.Version}}']);
  if (version.end === 'missing') {
    throw new ExplainedError({
      code: 'P001',
      message: 'docker is not installed, or not on the PATH',
      remedy:
        'Install Docker (https://docs.docker.com/get-docker/). Without it, npm run sync and the URL of any Grafana show the same dashboards.',
    });
  }
  if (version.code === 0) return;
  const denied = /permission denied/i.test(version.stderr);
  throw new ExplainedError({
    code: 'P002',
    message: withLines(
      denied ? 'docker refuses this user' : 'docker is installed and does not run',
      shown(version.stderr, 6),
    ),
    remedy: denied
      ? 'Add the user to the group docker, or use Docker Desktop'
      : 'Start Docker Desktop, or: sudo systemctl start docker',
  });
}

async function findCompose(
  call: (command: ProgramCall['command']) => Promise<Ran>,
): Promise<readonly [string, ...string[]]> {
  for (const command of [['docker', 'compose'], ['docker-compose']] as const) {
    if ((await call([...command, 'version'])).code === 0) return command;
  }
  throw new ExplainedError({
    code: 'P003',
    message: 'Docker Compose is not installed',
    remedy: 'Install the plugin (https://docs.docker.com/compose/install/), or docker-compose 1.29',
  });
}

function stateOf(status: string): Container['state'] {
  if (/^Up\b.*\(unhealthy\)/.test(status)) return 'failed';
  if (/^Up\b.*\(health: starting\)/.test(status) || /^Created/.test(status)) return 'starting';
  if (/^Up\b/.test(status)) return 'running';
  return /^Exited \(0\)/.test(status) ? 'done' : 'failed';
}

/** Lines of a stream as they come, each shown as {@link visible} makes it. */
function byLine(say: (line: string) => void, redact: (text: string) => string): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = `${rest}${text}`.split(/\r\n|\r|\n/);
    rest = (lines.pop() ?? '').slice(-LINE_LENGTH);
    for (const line of lines) if (line.trim() !== '') say(`docker: ${lastLines(redact(line), 1)}`);
  };
}

/** The last lines of what another program wrote, none longer than a terminal bears. */
function lastLines(text: string, most: number): string {
  const lines = stripVTControlCharacters(text)
    .trim()
    .split(/\r\n|\n/)
    .slice(-most);
  return lines.map((line) => visible(line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)} …` : line)).join('\n');
}

/** A runner obeys lines that begin with two colons, whatever blanks stand before them. */
function withLines(message: string, lines: string): string {
  return lines.trim() === '' ? message : `${message}:\n${lines.replace(/^/gm, '       | ')}`;
}
