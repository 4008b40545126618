/**
 * From nothing to a page: `npm run test:e2e`. Once by docker, where docker and the images are, and once against the
 * Grafana of GRAFANA_URL (with GRAFANA_TOKEN, an Editor's) and the Prometheus of PROMETHEUS_URL, its data source,
 * which has to scrape 127.0.0.1:9464. Each takes some minutes, because the incident is lived through in real time.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ordinaryDay } from '../../src/defaults/scenarios/ordinary-day.ts';
import { toSeconds } from '../../src/model/duration.ts';
import { isNoOp, type Plan } from '../../src/model/plan.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { serve } from '../../src/preview/containers/serve.ts';
import { createSimulator, pagerRoutes, startRun } from '../../src/preview/index.ts';
import { replayScenarios } from '../../src/replay/index.ts';
import { secondsOf } from '../../src/scenario/index.ts';
import { apply, plan, type Target, withPreviewReceivers } from '../../src/sync/index.ts';
import { openGrafana } from '../../src/targets/grafana/index.ts';
import { incidentLinear } from '../companies/bank/scenarios/incident.ts';
import { estateOf } from '../support/estate.ts';
import { httpWorld, sleep as patience } from '../support/http-world.ts';
import { replayContext } from '../support/replays.ts';
import { run } from '../support/run.ts';
import { bankServices, desiredOf, project, rulesOf } from '../support/world.ts';

const asked = process.env['MODE'] === 'e2e';
const FROM = '14:50';
const ALERT = 'ServiceErrorRateHigh';
const OWNER = 'e2e';

/** Why a way cannot be tried here; undefined where it can. */
function without(way: 'docker' | 'grafana'): string | undefined {
  if (!asked) return 'npm run test:e2e runs it';
  if (way === 'grafana') {
    const missing = ['GRAFANA_URL', 'GRAFANA_TOKEN', 'PROMETHEUS_URL'].filter((name) => !process.env[name]);
    return missing.length === 0 ? undefined : `${missing.join(', ')} not set`;
  }
  const works = (...[command = '', ...args]: readonly string[]): boolean => {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  if (!works('docker', 'version')) return 'no docker runs here';
  if (!works('docker', 'compose', 'version') && !works('docker-compose', 'version')) return 'Compose is not installed';
  const images = [...readFileSync('src/preview/containers/compose.yaml', 'utf8').matchAll(/^\s+image: (\S+)$/gm)].map(
    ([, image = '']) => image,
  );
  const missing = images.filter((image) => !works('docker', 'image', 'inspect', image));
  return missing.length === 0 ? undefined : `not on this machine: ${missing.join(', ')}; npm run preview pulls them`;
}

const ways = { docker: without('docker'), grafana: without('grafana') };
for (const [way, reason] of Object.entries(ways)) {
  // The reporter leaves out the names of what is skipped.
  if (asked && reason !== undefined) process.stderr.write(`${way}: skipped, ${reason}\n`);
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
    ...(await replayContext()),
    catalog: defineCatalog(bankServices),
    project,
  });
  const firing = Math.min(...(replay?.alerts ?? []).flatMap(({ spans }) => spans[0]?.firing ?? []));
  if (!Number.isFinite(firing)) throw new Error(`${ALERT} does not fire in the replay`);
  const { groupWait } = project.notifications;
  const slack = [project.scrapeInterval, project.evaluationInterval, groupWait.critical].map(toSeconds);
  // The replay's firing time, a scrape, an evaluation that just began, the group's wait, and the start itself.
  return (firing - secondsOf(FROM) + slack.reduce((sum, each) => sum + each, 0) + 30) * 1000;
}

describe.skipIf(ways.docker !== undefined)(`by docker (${ways.docker ?? 'runs'})`, () => {
  let environment: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    environment = await besideAnother();
  });
  afterAll(async () => {
    await run('preview', ['--down'], environment);
  }, 120_000);

  /** A preview's answer, with what it said where it failed. */
  const preview = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('preview', args, environment);
    expect(code, stderr).toBe(0);
    return { stdout, stderr };
  };
  const portOf = (name: string) => `http://127.0.0.1:${environment[`PREVIEW_${name}_PORT`]}`;
  /** Every mark of a deployment. */
  const marks = async () => {
    const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
    const answer = await fetch(`${portOf('GRAFANA')}/api/annotations?tags=deployment`, { headers: { authorization } });
    return (await answer.json()) as readonly { readonly time: number; readonly timeEnd: number }[];
  };
  /** The values of an expression in the preview's Prometheus. */
  const valuesOf = async (expression: string) => {
    const query = new URLSearchParams({ query: expression });
    const answer = await fetch(`${portOf('PROMETHEUS')}/api/v1/query?${query}`);
    const { data } = (await answer.json()) as { data: { result: readonly { value: [number, string] }[] } };
    return data.result.map(({ value }) => value[1]);
  };

  test('a Grafana is there within a minute, the page arrives in time, and a second sync writes nothing', async () => {
    const limit = await promised();
    const started = Date.now();
    const first = await preview('--scenario', 'incident', '--from', FROM);
    expect(Date.now() - started).toBeLessThan(60_000);
    const pager = /Pager\s+(\S+)/.exec(first.stdout)?.[1] ?? '';
    const marked = await marks();
    const ago = (secondsOf(FROM) - secondsOf('14:00')) * 1000;
    expect(marked.map(({ time }) => time).sort()).toEqual([
      Date.parse('2026-03-16T14:00:00Z'),
      expect.closeTo(started - ago, -5),
    ]);
    const page = await pageOf(pager, project.owner, started + limit);
    expect(page).toMatchObject({ receiver: expect.stringContaining('bank-on-call') });
    process.stderr.write(`paged ${Math.round((Date.parse(page.arrived) - started) / 1000)} s after the start\n`);
    // Where the history ends and scraping begins, every container stays one series.
    expect(await valuesOf('max_over_time(max(count by (pod) (container_cpu_usage_seconds_total))[10m:15s])')).toEqual([
      '1',
    ]);
    expect(await valuesOf('count(target_info{service_version="v1.2.3"})')).toEqual(['2']);
    expect((await preview()).stderr).toContain('Nothing to sync');
    expect(await marks()).toEqual(marked);
    await preview('--down');
    await expect(fetch(pager)).rejects.toThrow();
  }, 900_000);
});

/** Docker's own variables, and a name and ports of its own: a preview in use stays as it is. */
async function besideAnother(): Promise<Record<string, string>> {
  const kept = Object.entries(process.env).filter(([name]) => name.startsWith('DOCKER_'));
  const servers = [createServer(), createServer(), createServer()].map((server) => server.listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [grafana, prometheus, pager] = servers.map((server) => String((server.address() as AddressInfo).port));
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return {
    ...Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    PREVIEW_PROJECT: 'grafana-as-code-e2e',
    PREVIEW_GRAFANA_PORT: grafana ?? '',
    PREVIEW_PROMETHEUS_PORT: prometheus ?? '',
    PREVIEW_PAGER_PORT: pager ?? '',
  };
}

describe.skipIf(ways.grafana !== undefined)(`any Grafana (${ways.grafana ?? 'runs'})`, () => {
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
      world: httpWorld({ sleep: patience }),
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
    const context = { catalog: defineCatalog(bankServices), project };
    const run = startRun(incidentLinear, FROM, started / 1000);
    const simulator = createSimulator({ run, healthy: ordinaryDay(context), ...context });
    const metrics = async () => ({
      type: simulator.contentType,
      body: await simulator.metrics(Date.now() / 1000),
    });
    servers.push(await serve({ 'GET /metrics': metrics }, '127.0.0.1:9464'));
    servers.push(
      await serve(
        pagerRoutes(process.env['GRAFANA_URL'] ?? '', () => new Date()),
        new URL(pager).host,
      ),
    );
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
