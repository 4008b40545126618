/** A project that has the packed engine installed, in a folder of its own, and what people do there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PACKAGE_FOLDER } from '../../scripts/package/build.ts';
import { README, readmeFiles } from '../../scripts/package/readme.ts';
import { PROMTOOL_FOLDER } from '../../src/adapters/promtool/find.ts';
import { REPOSITORY } from '../support/places.ts';

/** Where the tests of this repository have fetched it to, if the machine has none. */
const PROMTOOL = join(REPOSITORY, PROMTOOL_FOLDER);

export interface Consumer {
  /** The project, absolute, with a slash at its end. */
  readonly root: string;
  /** Holds the project, and whatever else was made for it. */
  readonly folder: string;
  /** Everything that was printed by commands of the engine. */
  readonly printed: () => string;
  /** How many processes there were, with those that they started themselves. */
  readonly processes: () => Promise<number>;
  /** Runs a program in the project. */
  readonly run: (program: string, args: readonly string[], options?: RunOptions) => Promise<Result>;
  /** Builds, packs and installs the engine of a repository, in place of the one that is there. */
  readonly install: (repository: string) => Promise<void>;
  /** Runs a command of the installed engine. */
  readonly engine: (command: string, ...args: string[]) => Promise<Result>;
  /** Starts a program that goes on. */
  readonly start: (program: string, args: readonly string[]) => ChildProcess;
}

export interface RunOptions {
  /** Default: the project. */
  readonly cwd?: string;
}

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Builds and packs the engine, and installs it beside the files that its README shows.
 *
 * @param repository the engine's. Default: this one, as it stands
 */
export async function installConsumer(repository = REPOSITORY): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'));
  const root = `${join(folder, 'project')}/`;
  const started = join(folder, 'started');
  const environment = {
    ...quiet(process.env),
    ...(await stubDocker(folder)),
    STARTED: started,
    NODE_OPTIONS: COUNTING,
  };
  let printed = '';
  const start = (program: string, args: readonly string[], cwd = root): ChildProcess => {
    appendFileSync(started, `${[program, ...args].join(' ')}\n`);
    return spawn(program, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const run = async (program: string, args: readonly string[], { cwd = root }: RunOptions = {}): Promise<Result> => {
    const result = await resultOf(start(program, args, cwd));
    if (cwd === root) printed += `${result.stdout}${result.stderr}`;
    return result;
  };
  const done = async (program: string, args: readonly string[], options: RunOptions): Promise<string> => {
    const { code, stdout, stderr } = await run(program, args, options);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
    return stdout;
  };

  const install = async (source: string): Promise<void> => {
    await done(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { cwd: source });
    // Of its own: two versions may have the same name, and npm holds a file to what it was.
    const place = await mkdtemp(join(folder, 'tarball-'));
    const packed = await done('npm', ['pack', '--silent', join(source, PACKAGE_FOLDER)], { cwd: place });
    const options = ['--silent', '--prefer-offline', '--no-audit', '--no-fund'];
    await done('npm', ['install', ...options, join(place, packed.trim())], { cwd: root });
  };

  await mkdir(root);
  const readme = await readFile(join(repository, README), 'utf8');
  for (const [name, text] of readmeFiles(readme)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  await install(repository);
  return {
    root,
    folder,
    printed: () => printed,
    processes: async () => (await readFile(started, 'utf8')).split('\n').filter((line) => line !== '').length,
    run,
    install,
    engine: (command, ...args) => run(join(root, 'node_modules/.bin/grafana-as-code'), [command, ...args]),
    start,
  };
}

/** Every file below a folder, by its path there, but for those of other packages and of git. */
export async function filesBelow(folder: string, skip: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length))
    .filter((path) => !skip.some((part) => path.split('/').includes(part)));
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  );
}

function resultOf(child: ChildProcess): Promise<Result> {
  const read = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      read[stream] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...read }));
  });
}

/** In every Node of the run: notes what it starts. */
const COUNTING = `--import=data:text/javascript,${encodeURIComponent(`
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
subscribe('child_process', ({ process: child }) => queueMicrotask(() => {
  appendFileSync(process.env.STARTED, (child.spawnargs ?? []).join(' ').replaceAll('\\n', ' ') + '\\n');
}));
`)}`;

/** The environment without what npm, vitest, a pipeline or a Grafana of this machine would have said. */
function quiet(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = /^npm_config_(registry|cache|userconfig|globalconfig|cafile|(https?_)?proxy|noproxy)$/i;
  const others = /^(npm_|GRAFANA_|PROMETHEUS_|PREVIEW_|GITHUB_|VITEST|TEST$|NODE_ENV$|CI$|FORCE_COLOR$)/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => kept.test(name) || !others.test(name)));
}

/** Where the stand-in for docker writes what it was asked. */
export const DOCKER_CALLS = 'docker-calls';
/** What Compose was given, once it was asked to start. */
export const DOCKER_ENVIRONMENT = 'docker-environment';
/** Made by the test when what Compose would have started is there. */
export const DOCKER_READY = 'docker-ready';

/** A docker that starts nothing: the test plays what it would have started. */
async function stubDocker(folder: string): Promise<Readonly<Record<string, string>>> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const script = `#!/bin/sh
echo "$*" >> "$DOCKER_STUB/${DOCKER_CALLS}"
case "$*" in
  *" config") printf 'services:\\n  grafana:\\n    image: grafana/grafana:12.4.10\\n' ;;
  *" up "*)
    env | grep '^PREVIEW_' > "$DOCKER_STUB/starting"
    mv "$DOCKER_STUB/starting" "$DOCKER_STUB/${DOCKER_ENVIRONMENT}"
    while [ ! -e "$DOCKER_STUB/${DOCKER_READY}" ]; do sleep 0.1; done
    ;;
esac
`;
  await writeFile(join(bin, 'docker'), script);
  await chmod(join(bin, 'docker'), 0o755);
  return { DOCKER_STUB: folder, PATH: [bin, process.env['PATH'], PROMTOOL].join(delimiter) };
}

/** Resolves when a file is there. @param seconds after which it is given up */
export async function appears(path: string, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (!existsSync(path)) {
    if (Date.now() > until) throw new Error(`${path} did not appear within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
