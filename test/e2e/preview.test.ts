/**
 * From nothing to a page: `npm run test:e2e`. Once by docker, where docker and the images are, and once against the
 * Grafana of GRAFANA_URL (with GRAFANA_TOKEN, an Editor's) and the Prometheus of PROMETHEUS_URL, its data source,
 * which has to scrape 127.0.0.1:9464. Each takes some minutes, because the incident is lived through in real time.
 */
import { execFileSync } from 'node:child_process';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSeconds } from '../../src/model/duration.ts';
import { isNoOp, type Plan } from '../../src/model/plan.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { createSimulator, pagerRoutes, serve, startRun } from '../../src/preview/index.ts';
import { findPromtool, replayScenarios } from '../../src/replay/index.ts';
import { secondsOf } from '../../src/scenario/index.ts';
import { incidentLinear } from '../../src/scenario/library/incident.ts';
import { apply, plan, type Target, withPreviewReceivers } from '../../src/sync/index.ts';
import { openGrafana } from '../../src/targets/grafana/index.ts';
import { estateOf } from '../support/estate.ts';
import { run } from '../support/run.ts';
import { desiredOf, project, rulesOf, shopServices } from '../support/world.ts';

const asked = process.env['MODE'] === 'e2e';
const FROM = '14:50';
const ALERT = 'ServiceErrorRateHigh';
const OWNER = 'e2e';

/** Why a way can not be tried here; undefined where it can. */
function without(way: 'docker' | 'grafana'): string | undefined {
  if (!asked) return 'npm run test:e2e runs it';
  if (way === 'grafana') {
    const missing = ['GRAFANA_URL', 'GRAFANA_TOKEN', 'PROMETHEUS_URL'].filter((name) => !process.env[name]);
    return missing.length === 0 ? undefined : `${missing.join(', ')} not set`;
  }
  try {
    execFileSync('docker', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no docker runs here';
  }
}

interface Page {
  readonly arrived: string;
  readonly status: string;
  readonly alert: string;
  readonly service: string;
  readonly receiver: string;
}

/** Waits for the first page about errors of an owner. Which service it names, is up to who fails first: they are one group. */
async function pageOf(pager: string, owner: string, until: number): Promise<Page> {
  for (;;) {
    const pages = (await (await fetch(`${pager}/notifications`)).json()) as readonly Page[];
    const page = pages.find(
      ({ alert, status, receiver }) => alert === ALERT && status === 'firing' && receiver.startsWith(owner),
    );
    if (page !== undefined) return page;
    if (Date.now() > until) throw new Error(`no page for ${ALERT}; arrived: ${JSON.stringify(pages)}`);
    await sleep(1000);
  }
}

/** Milliseconds from the start within which the page has to be there. */
async function promised(): Promise<number> {
  const rules = rulesOf(desiredOf()).flatMap(({ rule }) => (rule.alert === ALERT ? [rule] : []));
  const [replay] = await replayScenarios([incidentLinear], rules, {
    catalog: defineCatalog(shopServices),
    project,
    promtool: await findPromtool(),
  });
  const firing = Math.min(...(replay?.alerts ?? []).flatMap(({ spans }) => spans[0]?.firing ?? []));
  if (!Number.isFinite(firing)) throw new Error(`${ALERT} does not fire in the replay`);
  const { groupWait } = project.notifications;
  const slack = [project.scrapeInterval, project.evaluationInterval, groupWait.critical].map(toSeconds);
  // The replay's firing time, a scrape, an evaluation that just began, the group's wait, and the start itself.
  return (firing - secondsOf(FROM) + slack.reduce((sum, each) => sum + each, 0) + 30) * 1000;
}

describe.skipIf(without('docker') !== undefined)(`by docker (${without('docker') ?? 'runs'})`, () => {
  afterAll(async () => {
    await run('preview', ['--down'], environment());
  }, 120_000);

  test('a Grafana is there within a minute, the page arrives in time, and a second sync writes nothing', async () => {
    const limit = await promised();
    const started = Date.now();
    const first = await run('preview', ['--scenario', 'incident', '--from', FROM], environment());
    expect(first).toMatchObject({ code: 0 });
    expect(Date.now() - started).toBeLessThan(60_000);
    const pager = /Pager\s+(\S+)/.exec(first.stdout)?.[1] ?? '';
    const page = await pageOf(pager, project.owner, started + limit);
    expect(page).toMatchObject({ receiver: expect.stringContaining('shop-on-call') });
    process.stderr.write(`paged ${Math.round((Date.parse(page.arrived) - started) / 1000)} s after the start\n`);
    const again = await run('preview', [], environment());
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing to sync') });
    expect(await run('preview', ['--down'], environment())).toMatchObject({ code: 0 });
    await expect(fetch(pager)).rejects.toThrow();
  }, 900_000);
});

/** Docker's own variables, and ports that the user chose. */
function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => /^(DOCKER_|PREVIEW_)/.test(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

describe.skipIf(without('grafana') !== undefined)(`any Grafana (${without('grafana') ?? 'runs'})`, () => {
  const servers: Server[] = [];
  const pager = 'http://127.0.0.1:9096';
  const wanted = withPreviewReceivers(estateOf(OWNER), () => false, `${pager}/preview`).desired;
  const open = (): Target =>
    openGrafana({
      url: process.env['GRAFANA_URL'] ?? '',
      token: { reveal: () => process.env['GRAFANA_TOKEN'] ?? '' },
      owner: OWNER,
      ownerTag: `as-code:${OWNER}`,
      commit: 'e2e',
      secret: () => undefined,
    });
  /** The plan for a desired state, applied. */
  const sync = async (desired = wanted): Promise<Plan> => {
    const target = open();
    const prepared = target.prepare?.(desired) ?? desired;
    const made = plan(prepared, await target.read(prepared, {}), target.identity, { scope: {}, maxDeletes: 100 });
    const { failed, skipped } = await apply(made, target, { backUp: async () => 'nowhere: it is made from code' });
    expect({ failed, skipped }).toEqual({ failed: [], skipped: [] });
    return made;
  };

  let limit = 0;
  let started = 0;
  beforeAll(async () => {
    limit = await promised();
    started = Date.now();
    const context = { catalog: defineCatalog(shopServices), project };
    const simulator = createSimulator(startRun(incidentLinear, FROM, started / 1000), context);
    const metrics = async () => ({
      type: simulator.contentType,
      body: await simulator.metrics(Date.now() / 1000),
    });
    servers.push(await serve({ 'GET /metrics': metrics }, '127.0.0.1:9464'));
    servers.push(await serve(pagerRoutes(process.env['GRAFANA_URL'] ?? ''), new URL(pager).host));
  }, 120_000);
  afterAll(async () => {
    await sync({ resources: [] });
    for (const server of servers) server.close();
  }, 60_000);

  test('the page arrives in time, and a second sync writes nothing', async () => {
    await sync();
    const page = await pageOf(pager, OWNER, started + limit);
    expect(page).toMatchObject({ receiver: expect.stringContaining(`${OWNER}-on-call`) });
    process.stderr.write(`paged ${Math.round((Date.parse(page.arrived) - started) / 1000)} s after the start\n`);
    expect(isNoOp(await sync())).toBe(true);
  }, 900_000);
});
