/** Which room may import which: the picture in docs/architecture.md, as `npm run layers` holds it. */

/** The rooms of the project's own facts and choices. */
const PROJECT = ['services', 'dashboards', 'alerts', 'scenarios', 'grafana.config.ts', 'environments.ts'] as const;

/** What a project is written with. */
const BUILDING = ['src/model', 'src/metrics', 'src/build'] as const;

/** Every room of the engine below the application. */
const ENGINE = [
  ...BUILDING,
  'src/encode',
  'src/validate',
  'src/diff',
  'src/sync',
  'src/targets',
  'src/scenario',
  'src/replay',
  'src/gate',
  'src/pools',
  'src/preview',
  'src/report',
  'src/adapters',
] as const;

/**
 * A room is a folder with all below it. Each may import itself and what stands here. `src` and `scripts` hold rooms, and
 * are rooms themselves of what lies directly in them.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/model': [],
  'src/metrics': ['src/model'],
  'src/build': ['src/metrics', 'src/model'],
  'src/encode': ['src/model'],
  'src/validate': ['src/metrics', 'src/model'],
  'src/diff': ['src/model'],
  'src/sync': ['src/diff', 'src/model'],
  'src/adapters': ['src/model'],
  'src/targets': ['src/sync', 'src/encode', 'src/adapters', 'src/model'],
  'src/scenario': ['src/metrics', 'src/model'],
  'src/replay': ['src/scenario', 'src/encode', 'src/metrics', 'src/model'],
  'src/gate': ['src/scenario', 'src/metrics', 'src/model'],
  'src/pools': ['src/metrics', 'src/model'],
  'src/preview': ['src/scenario', 'src/metrics', 'src/model'],
  'src/report': ['src/diff', 'src/model'],
  // Opinion, not mechanism: nothing of the engine below the application imports it.
  'src/defaults': [...BUILDING, 'src/scenario'],
  'src/app': [...ENGINE, 'src/defaults', 'src/project'],
  // What a project is, as one value.
  'src/project': ['src/build', 'src/scenario', 'src/model'],
  // It knows the process, so it makes the world that adapters and use cases are given.
  'src/cli': ['src/app', 'src/project', 'src/report', 'src/adapters', 'src/model'],
  // A project's own tests, by what its commands do and say.
  'src/testing': ['src/cli', 'src/app', 'src/report', 'src/model'],
  // Entries of the package: what people import who write services, dashboards, alerts and tests of them.
  src: [...BUILDING, 'src/defaults', 'src/scenario', 'src/project', 'src/testing'],
  // The wall: a project imports the engine by its package's name only, and the engine never imports a project.
  services: ['environments.ts'],
  dashboards: ['environments.ts'],
  alerts: ['environments.ts'],
  scenarios: ['environments.ts'],
  'grafana.config.ts': ['dashboards', 'alerts', 'scenarios', 'environments.ts'],
  // Where there are several places to sync to.
  'environments.ts': ['alerts'],
  scripts: ['src/cli', 'scripts/api', 'scripts/bench', 'scripts/docs', 'scripts/layers', 'scripts/package'],
  // Tools for the engineers of this repository, which measure and check the rest.
  'scripts/layers': [],
  'scripts/package': ['src/cli', 'src/model'],
  'scripts/bench': ['src', 'src/app', 'src/cli', ...ENGINE, 'scripts/layers', 'scripts/package', 'test'],
  'scripts/api': [],
  'scripts/docs': ['scripts/api'],
  test: [
    'src',
    'src/app',
    'src/cli',
    'src/defaults',
    'src/project',
    'src/testing',
    ...ENGINE,
    'scripts',
    'scripts/api',
    'scripts/bench',
    'scripts/docs',
    'scripts/layers',
    'scripts/package',
  ],
};

/** Packages that only some folders and files may import; all others may be imported anywhere. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  // A project's only way into the engine; the engine itself has shorter ones.
  'grafana-as-code': [...PROJECT, 'test'],
  axios: ['src/adapters/http', 'test'],
  commander: ['src/cli', 'scripts/api.ts', 'scripts/bench'],
  'playwright-core': ['src/adapters/chromium.ts', 'src/adapters/dashboard-page.ts', 'test'],
  // Who has no tests of a project has no need of it.
  vitest: ['src/testing', 'test'],
  // Parses what comes from outside, and takes its time to load: what describes and builds has neither.
  zod: [
    'src/adapters',
    'src/app',
    'src/cli',
    'src/encode',
    'src/gate',
    'src/preview',
    'src/replay',
    'src/report',
    'src/sync',
    'src/targets',
    'src/validate',
    'scripts/bench',
    'test',
  ],
};

/** Modules of Node that reach out of the process, and who may use them. */
export const OUTSIDE: { readonly modules: readonly string[]; readonly places: readonly string[] } = {
  modules: ['child_process', 'dgram', 'fs', 'fs/promises', 'http', 'http2', 'https', 'net', 'tls', 'worker_threads'],
  places: ['src/adapters', 'src/app', 'src/cli', 'src/preview/containers', 'scripts', 'test'],
};

/** Who, of the engine, may look at the process, the clock and chance. All others are given them. */
export const WORLD: readonly string[] = ['src/cli', 'src/preview/containers'];

/** Modules that import what is named when they run: a project's files, and the engine that a project has installed. */
export const COMPUTED: readonly string[] = ['src/cli/load-project.ts', 'src/cli/bin.ts'];

/** A module at the root, which is a room of its own. */
const MODULE_ROOM = /^[^/]+\.ts$/;

/** The room of a file. @returns undefined where nobody has named its folder yet */
export function roomOf(file: string): string | undefined {
  const [outer = '', inner = '', ...rest] = file.split('/');
  const room = (outer === 'src' || outer === 'scripts') && rest.length > 0 ? `${outer}/${inner}` : outer;
  const alone = MODULE_ROOM.test(file);
  return (inner !== '' || alone) && Object.hasOwn(ROOMS, room) ? room : undefined;
}
