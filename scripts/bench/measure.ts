/** The measurements of the bench: every limit of docs/performance.md, each in processes of its own. */
import { createFakeGrafana, TOKENS } from '../../test/support/fake-grafana/index.ts';
import { serveFake } from '../../test/support/fake-grafana/serve.ts';
import type { EstateSize } from './estate.ts';
import { anOwner, clear, leaveNothing, median, middle, type Place, run, start } from './process.ts';
import { type BenchRepository, benchRepository } from './repository.ts';
import type { BenchRun } from './run.ts';
import type { Measured } from './table.ts';

export interface BenchOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settle: number;
  readonly runs: number;
  readonly say: (text: string) => void;
}

const FLEET: EstateSize = { dashboards: 200, rules: 500, groups: 50 };
const LARGE: EstateSize = { dashboards: 1000, rules: 5000, groups: 1000 };
const MEGABYTE = 1024 * 1024;

/** Measures everything; what it made is deleted again, or named where it stays. */
export async function measure(options: BenchOptions): Promise<readonly Measured[]> {
  const fake = createFakeGrafana();
  const served = await serveFake(fake);
  const places: Place[] = [
    {
      name: 'fake',
      environment: { GRAFANA_URL: served.url, GRAFANA_TOKEN: TOKENS.editor },
      settle: async () => fake.wait(options.settle),
      owners: new Set(),
    },
  ];
  const { GRAFANA_URL: url, GRAFANA_TOKEN: token } = options.environment;
  if (url !== undefined && token !== undefined) {
    places.push({
      name: 'real',
      environment: { GRAFANA_URL: url, GRAFANA_TOKEN: token },
      settle: () => new Promise((resolve) => setTimeout(resolve, options.settle)),
      owners: new Set(),
    });
  }
  const repository = benchRepository(anOwner());
  try {
    const results: Measured[] = await measureDiff(repository, options);
    for (const place of places) {
      try {
        results.push(...(await measureCommands(repository, place, options)));
        results.push(...(await measureFleet(place, options)));
        results.push(...(await measureLarge(place, options)));
      } finally {
        for (const sentence of await leaveNothing(place)) options.say(sentence);
      }
    }
    return results;
  } finally {
    repository.remove();
    await served.close();
  }
}

async function measureCommands(
  repository: BenchRepository,
  place: Place,
  { runs, say }: BenchOptions,
): Promise<Measured[]> {
  say(`${place.name}: three services`);
  const help = await median(runs, async () => (await start('scripts/sync.ts', ['--help'], {})).milliseconds);
  const secrets = { PAGERDUTY_KEY: 'bench-0123456789', SLACK_WEBHOOK_URL: 'http://127.0.0.1:9/slack' };
  const environment = { ...place.environment, ...secrets, ...repository.environment(3, 2) };
  const sync = () => start('scripts/sync.ts', [], environment, repository.folder);
  try {
    await sync();
    await place.settle();
    const { stdout, milliseconds } = await sync();
    const requests = Number(/(\d+) requests/.exec(stdout)?.[1] ?? Number.NaN);
    const nothing = stdout.includes('Nothing to do');
    const row = rows(place.name, 'three services');
    return [
      row('--help', `${Math.round(help)} ms`, '500 ms', help <= 500),
      row('no-op sync', `${requests} requests, ${inSeconds(milliseconds)}`, '10 requests', nothing && requests <= 10),
    ];
  } finally {
    await clear(place, repository.owner);
  }
}

async function measureFleet(place: Place, { runs, say }: BenchOptions): Promise<Measured[]> {
  const row = rows(place.name, '200 dashboards, 500 rules, 50 groups');
  const made: string[] = [];
  const anEstate = (): string => {
    const owner = anOwner();
    made.push(owner);
    return owner;
  };
  try {
    say(`${place.name}: a bare write loop`);
    let best = Number.POSITIVE_INFINITY;
    let at = 0;
    for (const writers of [1, 2, 4, 8]) {
      const { applied: took } = await run(place, anEstate(), FLEET, ['--bare', String(writers)]);
      if (took < best) [best, at] = [took, writers];
    }
    say(`${place.name}: first syncs`);
    const syncs: BenchRun[] = [];
    for (let index = 0; index < runs; index += 1) {
      const sync = await run(place, anEstate(), FLEET, ['--apply']);
      if (sync.failed.length > 0) throw new Error(sync.failed.join('\n'));
      syncs.push(sync);
    }
    // At its best, as the bare loop that it is compared with.
    const writing = Math.min(...syncs.map(({ applied }) => applied));
    const firstRequests = Math.max(...syncs.map((sync) => sync.requests));
    await place.settle();
    const owner = made.pop() ?? '';
    for (const each of made.splice(0)) await clear(place, each);
    made.push(owner);
    say(`${place.name}: no-op syncs`);
    const noOps: (BenchRun & { readonly wall: number })[] = [];
    for (let index = 0; index < runs; index += 1) noOps.push(await run(place, owner, FLEET, ['--apply']));
    const wall = middle(noOps.map((one) => one.wall));
    const [noOp] = noOps;
    const requests = Math.max(...noOps.map((one) => one.requests));
    const writes = Math.max(...noOps.map((one) => one.writes));
    const limit = best * 1.3;
    return [
      row(
        'no-op: requests, writes',
        `${requests}, ${writes}`,
        '12, 0',
        requests <= 12 && writes === 0 && noOp?.changes === 0,
      ),
      row('no-op in all, start and build included', inSeconds(wall), '1.5 s', wall <= 1500),
      row('first sync: requests', String(firstRequests), '270', firstRequests <= 270),
      row(
        'first sync: writing',
        inSeconds(writing),
        `${inSeconds(limit)} (1.3 × ${inSeconds(best)}, bare with ${at} writers)`,
        writing <= limit,
      ),
    ];
  } finally {
    for (const owner of made) await clear(place, owner);
  }
}

async function measureLarge(place: Place, { runs, say }: BenchOptions): Promise<Measured[]> {
  const row = rows(place.name, '1,000 dashboards, 5,000 rules, 1,000 groups');
  say(`${place.name}: 1,000 dashboards, first sync`);
  const owner = anOwner();
  try {
    const first = await run(place, owner, LARGE, ['--apply']);
    if (first.failed.length > 0) throw new Error(first.failed.slice(0, 3).join('\n'));
    await place.settle();
    say(`${place.name}: 1,000 dashboards, no-op`);
    const noOps: (BenchRun & { readonly wall: number })[] = [];
    const downloads: number[] = [];
    for (let index = 0; index < runs; index += 1) {
      downloads.push((await run(place, owner, LARGE, ['--bare', '0'])).applied);
      noOps.push(await run(place, owner, LARGE, []));
    }
    const wall = middle(noOps.map((one) => one.wall));
    const work = middle(noOps.map((one) => one.read + one.planned));
    const bare = middle(downloads);
    const memory = Math.max(...noOps.map((one) => one.memory));
    const edited = await run(place, owner, LARGE, ['--apply', '--title', 'Changed']);
    return [
      row(
        'no-op in all',
        `${inSeconds(wall)}, ${noOps[0]?.requests} requests`,
        '5 s',
        wall <= 5000 && noOps[0]?.changes === 0,
      ),
      row(
        'reading, normalising, planning',
        inSeconds(work),
        `${inSeconds(bare * 1.5)} (1.5 × ${inSeconds(bare)}, bare download)`,
        work <= bare * 1.5,
      ),
      row('memory', `${Math.round(memory / MEGABYTE)} MB`, '600 MB', memory < 600 * MEGABYTE),
      row('one changed dashboard: writes', String(edited.writes), '1', edited.writes === 1),
      row('first sync', `${inSeconds(first.applied)}, ${first.requests} requests`, 'none', true),
    ];
  } finally {
    await clear(place, owner);
  }
}

function rows(place: string, estate: string) {
  return (what: string, value: string, limit: string, holds: boolean): Measured => ({
    place,
    estate,
    what,
    value,
    limit,
    holds,
  });
}

/** What a reviewer waits for: the same change in every service, which is the most a diff has to tell. */
async function measureDiff(repository: BenchRepository, { runs, say }: BenchOptions): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const [services, limit] of [
    [3, 2],
    [199, 4],
  ] as const) {
    say(`diff: ${services} services`);
    repository.commit(services, 2);
    const took = await median(runs, async () => {
      const environment = repository.environment(services, 1);
      return (await start('scripts/diff.ts', ['--base', 'HEAD'], environment, repository.folder)).milliseconds;
    });
    const row = rows('none', services === 3 ? 'three services' : `${services + 1} dashboards`);
    results.push(row('diff of a changed limit', inSeconds(took), `${limit} s`, took <= limit * 1000));
  }
  return results;
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
