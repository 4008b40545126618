/** Docker and Compose, as far as the preview needs them; each way in which they fail has an error of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../root.ts';
import { PreviewError } from './error.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The preview's containers. */
export interface Compose {
  /** Those that exist, running or not, by their service. */
  containers(): Promise<readonly { readonly service: string; readonly running: boolean }[]>;
  /** Images that are not on this machine. */
  missingImages(): Promise<readonly string[]>;
  /** @throws PreviewError P005 if one can not be pulled. */
  pull(images: readonly string[]): Promise<void>;
  /**
   * Starts all of them, in their order.
   *
   * @param environment more values for the variables of compose.yaml.
   * @throws PreviewError P007 if one fails, P004 if a port was taken meanwhile.
   */
  up(environment: Environment): Promise<void>;
  /** Removes containers, network and volumes. */
  down(): Promise<void>;
  /** The last lines that a container wrote. */
  logs(service: string): Promise<string>;
}

type Environment = Readonly<Record<string, string>>;

const images = z.looseObject({ services: z.record(z.string(), z.looseObject({ image: z.string() })) });

/**
 * Finds Docker and Compose, version 2 or 1.
 *
 * @param project Compose's name for all that belongs to the preview.
 * @param environment values for the variables of compose.yaml.
 * @throws PreviewError P001, P002, P003 if one is missing or Docker does not run.
 */
export async function openCompose(project: string, environment: Environment): Promise<Compose> {
  const run = (command: readonly string[], { show = false, more = {} } = {}): Promise<Ran> =>
    execute(command, { ...environment, ...more }, show);
  const version = await run(['docker', 'version', '--format', '{{.Server.Version}}']);
  if (version.code === NOT_FOUND) {
    throw new PreviewError(
      'P001',
      'docker is not installed, or not on the PATH',
      'Install Docker (https://docs.docker.com/get-docker/). Without it, npm run sync and the URL of any Grafana show the same dashboards.',
    );
  }
  if (version.code !== 0) {
    const denied = /permission denied/i.test(version.stderr);
    throw new PreviewError(
      'P002',
      denied ? 'docker refuses this user' : 'docker is installed and does not run',
      denied
        ? 'Add the user to the group docker, or use Docker Desktop'
        : 'Start Docker Desktop, or: sudo systemctl start docker',
      lastLines(version.stderr),
    );
  }
  const compose = await findCompose(run);
  const base = [...compose, '--project-name', project, '--file', `${ROOT}compose.yaml`, '--project-directory', ROOT];
  return {
    async containers() {
      // Compose 2 lists only what runs, and version 1 has no way to ask for that; Docker is the same for both.
      const format = '{{.Label "com.docker.compose.service"}} {{.Status}}';
      const filter = `label=com.docker.compose.project=${project}`;
      const { stdout } = await run(['docker', 'ps', '--all', '--filter', filter, '--format', format]);
      return [...stdout.matchAll(/^(\S+) (\S+)/gm)].map(([, service = '', status]) => ({
        service,
        running: status === 'Up',
      }));
    },
    async missingImages() {
      const { services } = images.parse(parse((await run([...base, 'config'])).stdout));
      const names = [...new Set(Object.values(services).map(({ image }) => image))];
      const found = await Promise.all(
        names.map((name) => run(['docker', 'image', 'inspect', '--format', '{{.Id}}', name])),
      );
      return names.filter((_, index) => found[index]?.code !== 0);
    },
    async pull(names) {
      for (const name of names) {
        const { code, stderr } = await run(['docker', 'pull', name], { show: true });
        if (code === 0) continue;
        throw new PreviewError(
          'P005',
          `the image ${name} can not be pulled`,
          'Check the network and the proxy of Docker, or import the image under this name: docker load, docker tag',
          lastLines(stderr),
        );
      }
    },
    async up(more) {
      const { code, stderr } = await run([...base, 'up', '--detach', '--remove-orphans'], { more });
      if (code === 0) return;
      const [, port] = /(?:bind for|listen tcp4?) [\d.]*:(\d+)[^\n]*(?:already|in use)/i.exec(stderr) ?? [];
      throw port === undefined
        ? new PreviewError(
            'P007',
            'Compose could not start the preview',
            'Read what it says; npm run preview:down clears what is left',
            lastLines(stderr),
          )
        : portTaken(port);
    },
    async down() {
      const { code, stderr } = await run([...base, 'down', '--volumes', '--remove-orphans', '--timeout', '2']);
      if (code !== 0)
        throw new PreviewError(
          'P007',
          'Compose could not remove the preview',
          'Read what it says, and try again',
          lastLines(stderr),
        );
    },
    logs: async (service) =>
      lastLines((await run([...base, 'logs', '--no-color', '--tail', '15', service])).stdout, 15),
  };
}

/** Somebody else listens where the preview would. */
export function portTaken(port: number | string): PreviewError {
  return new PreviewError(
    'P004',
    `port ${port} is taken by something else`,
    'End that, or choose others: PREVIEW_GRAFANA_PORT, PREVIEW_PROMETHEUS_PORT, PREVIEW_PAGER_PORT in the environment or in .env',
  );
}

async function findCompose(run: (command: readonly string[]) => Promise<Ran>): Promise<readonly string[]> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    if ((await run([...command, 'version'])).code === 0) return command;
  }
  throw new PreviewError(
    'P003',
    'Docker Compose is not installed',
    'Install the plugin (https://docs.docker.com/compose/install/), or docker-compose 1.29',
  );
}

/** What a shell answers for a command that is not there. */
const NOT_FOUND = 127;

async function execute(
  [command = '', ...args]: readonly string[],
  environment: Environment,
  show: boolean,
): Promise<Ran> {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      if (show) process.stderr.write(text);
    });
  }
  const [code] = await once(child, 'close').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [NOT_FOUND] as const;
    throw cause;
  });
  return { code: (code as number | null) ?? 1, ...output };
}

function lastLines(text: string, most = 6): string {
  return text.trim().split('\n').slice(-most).join('\n');
}
