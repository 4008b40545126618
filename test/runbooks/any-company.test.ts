import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { findPromtool } from '../../src/adapters/promtool/find.ts';
import { buildFrom } from '../../src/app/build-project.ts';
import { checkRunbooks } from '../../src/app/check-runbooks.ts';
import { fillRunbooks } from '../../src/app/fill-runbooks.ts';
import { pageSource } from '../../src/app/runbooks.ts';
import { micrometer, otel, promClient } from '../../src/metrics/index.ts';
import { withoutCode } from '../../src/model/runbook-page.ts';
import { parseQuery } from '../../src/validate/promql.ts';
import { metricNames } from '../../src/validate/series.ts';
import { REPOSITORY } from '../support/places.ts';
import { findOptions } from '../support/promtool-setup.ts';
import { alone, type Company, companies, fleet, java, mixed, node, sourceOf } from './companies.ts';

const known = new Map<Company, ReturnType<typeof buildAnew>>();

function builtOf(company: Company) {
  const built = known.get(company) ?? buildAnew(company);
  known.set(company, built);
  return built;
}

function buildAnew(company: Company) {
  const all = buildFrom(sourceOf(company));
  if (!all.ok) throw new Error(JSON.stringify(all.problems));
  return { ...all, ...pageSource(all) };
}

/** The pages that a company gets that has none. */
function pagesOf(company: Company): ReadonlyMap<string, string> {
  const { filled, unfillable } = fillRunbooks([], builtOf(company), REPOSITORY, undefined);
  expect(unfillable).toEqual([]);
  return new Map(filled.map(({ alert, text }) => [alert, text]));
}

function pageOf(company: Company, alert: string): string {
  const page = pagesOf(company).get(alert);
  if (page === undefined) throw new Error(`no page ${alert}`);
  return page;
}

/** The places in a text that match. */
const found = (text: string, pattern: RegExp) =>
  [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(([all]) => all);
const queriesOf = (page: string) =>
  [...page.matchAll(/^[ \t]*```promql\n([\s\S]*?)^[ \t]*```/gm)].map(([, query = '']) => query);
/** What is read as sentences: neither code nor the table of facts. */
const proseOf = (page: string) =>
  withoutCode(page)
    .replace(/^\|.*$/gm, '')
    .replace(/`[^`]*`/g, '');

describe.each(companies.map((company) => [company.name, company] as const))('for %s', (_, company) => {
  const built = builtOf(company);
  const pages = pagesOf(company);

  test('every alert has a page, in which nothing is wrong', () => {
    const filled = [...pages].map(([alert, text]) => ({ alert, path: `alerts/runbooks/${alert}.md`, text }));
    expect([...pages.keys()].sort()).toEqual([...built.alertNames].sort());
    expect(checkRunbooks(filled, built, REPOSITORY)).toEqual([]);
    const again = fillRunbooks(filled, built, REPOSITORY, undefined);
    expect(again).toEqual({ filled, unfillable: [] });
  });

  test('every step of a diagnosis asks something, and no sentence is half', () => {
    for (const page of pages.values()) {
      expect(
        found(withoutCode(page), /.*(?:undefined|NaN|\[object|\{step:|_ _|\*{4}|: *\.|\( *\)|\bof *\.).*/),
      ).toEqual([]);
      expect(page).not.toMatch(/\n{4}/);
      expect(found(page, /^\d+\. \*\*[^*]+\*\*\n(?!\n| {3}).*/m)).toEqual([]);
      const numbers = [...(page.split('## Diagnosis')[1] ?? '').matchAll(/^(\d+)\. /gm)].map(([, number]) => number);
      const restart = numbers.indexOf('1', 1);
      expect(numbers.slice(0, restart)).toEqual(numbers.slice(0, restart).map((__, index) => String(index + 1)));
    }
  });

  test('every query asks for a metric that a service of the company records', () => {
    const profiles = [
      otel({ job: '' }),
      micrometer({ job: '' }),
      promClient({ job: '', cpuLimitCores: 1, memoryLimitBytes: 1 }),
    ];
    const recorded = new Set([
      ...metricNames(built.catalog.services.map(({ metrics }) => metrics)),
      ...(profiles.some(({ convention }) => convention === 'otel') ? ['http_server_active_requests'] : []),
      'up',
    ]);
    for (const [alert, page] of pages) {
      if (alert === 'AlertingWatchdog') continue;
      const asked = queriesOf(page).flatMap((query) => parseQuery(query).selectors.map(({ metric }) => metric));
      expect(asked.filter((metric) => metric !== '' && !recorded.has(metric))).toEqual([]);
    }
  });

  test('no page speaks of another company, and none types what a rule says', () => {
    for (const page of pages.values()) {
      expect(
        found(page, /.*(?:bank[-/]|user-account|offer-service|app-gateway|2026-03-16|incident\.json|docs\/).*/i),
      ).toEqual([]);
      expect(found(proseOf(page), /.*(?:\d ?%|\b\d+(?:ms|[smhd])\b|acme-(?:on-call|chat)|\b\d\d:\d\d\b).*/)).toEqual(
        [],
      );
    }
  });
});

test('Prometheus accepts every query of every page', async () => {
  const queries = companies.flatMap((company) => [...pagesOf(company).values()].flatMap(queriesOf));
  const rules = [...new Set(queries)].map((expr, index) => ({ record: `query:${index}`, expr }));
  const folder = await mkdtemp(join(tmpdir(), 'queries-'));
  try {
    const file = join(folder, 'rules.yml');
    await writeFile(file, stringify({ groups: [{ name: 'all', rules }] }));
    const { stdout } = await promisify(execFile)(await findPromtool(findOptions), ['check', 'rules', file]);
    expect(rules.length).toBeGreaterThan(100);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('a page', () => {
  test('of a service without a pool says that there is no such rule, and asks nothing about pools', () => {
    const page = pageOf(alone, 'ServicePoolSaturated');
    expect(page).toContain('There is no such rule at present');
    expect(queriesOf(page)).toEqual([]);
    for (const text of pagesOf(alone).values()) {
      expect(text).not.toContain('db_client');
      expect(text).not.toContain('http_client');
      expect(text).not.toContain('```sql');
    }
  });

  test('speaks of a single service without others around it', () => {
    const page = pageOf(alone, 'ServiceErrorRateHigh');
    expect(page).not.toMatch(/side by side|innermost|put the alert's `service` label/);
    expect(page).toContain('`kubectl -n acme rollout undo deployment/payments`');
  });

  test('names the metrics of the profile, and no namespace that no fact tells', () => {
    const page = pageOf(node, 'ServiceErrorRateHigh');
    expect(page).toContain('http_request_duration_seconds_count{job="payments",status_code!~"[1-4].."}');
    expect(page).toContain('`kubectl -n <namespace> rollout undo deployment/payments`');
    expect(pageOf(node, 'ServiceCpuHigh')).toContain('process_cpu_seconds_total');
    expect(pageOf(node, 'ServiceCpuHigh')).not.toMatch(/hrottling/);
    expect(pageOf(node, 'ServicePoolSaturated')).toContain('db_query_duration_seconds_sum');
    expect(pageOf(node, 'ServiceLatencyRegression')).not.toContain('target_info');
    expect(pageOf(java, 'ServiceQueryP95High')).toContain('jdbc_query_seconds_bucket');
    expect(pageOf(java, 'ServiceMemoryHigh')).toContain('jvm_memory_max_bytes');
    expect(pageOf(java, 'ServiceTelemetryAbsent')).toContain('percentiles-histogram');
  });

  test('has windows of four scrapes', () => {
    expect(pageOf(java, 'ServiceDegradationConfirmed')).toContain('[4m]');
    expect(pageOf(java, 'ServiceDegradationConfirmed')).not.toContain('[2m]');
  });

  test('gives SQL of PostgreSQL where there is one, with the name of its database', () => {
    expect(pageOf(mixed, 'ServiceQueryP95High')).toContain("datname = 'ledger''s'");
    expect(pageOf(node, 'ServicePoolWaiting')).toContain("datname = 'ledger'");
    for (const text of pagesOf(java).values()) expect(text).not.toMatch(/```sql|pg_|PostgreSQL/);
  });

  test('keeps names of people as text, whatever signs they have', () => {
    const page = pageOf(mixed, 'ServiceErrorRateHigh');
    expect(page).toContain('Edge \\[v2\\] \\*new\\* \\| \\<b\\>');
    expect(page).toContain('job=~"');
    expect(page).toContain('acme[.]eu/payments|acme[.]eu/edge');
  });

  test('begins inside, also where services call each other', () => {
    expect(pageOf(mixed, 'ServiceErrorRateHigh').replace(/\s+/g, ' ')).toContain(
      'Rates\\_and\\_fees before Mail before Payments before Edge',
    );
  });

  test('says what to do for other services only where a name in place of another is enough', () => {
    const instead = "put the alert's `service` label in place of";
    expect(pageOf(fleet, 'ServiceCpuHigh').replace(/\s+/g, ' ')).toContain(instead);
    expect(pageOf(mixed, 'ServiceCpuHigh').replace(/\s+/g, ' ')).toContain('Other services have other names');
  });

  test('of a fleet names the services around its own, not all', () => {
    expect(pageOf(fleet, 'ServiceLatencyP95High').match(/fleet\/service-\d+/g)?.length).toBeLessThan(30);
  });

  test('links to the pages of the alerts that the project has, and to no other', () => {
    const built = builtOf(node);
    const few = built.alerts.filter(({ signal }) => ['cpu-utilisation', 'error-ratio'].includes(signal));
    const { filled } = fillRunbooks([], { ...built, alerts: few }, REPOSITORY, undefined);
    expect(filled.map(({ alert }) => alert)).toEqual(['ServiceCpuHigh', 'ServiceErrorRateHigh']);
    for (const { text } of filled) expect(text).not.toMatch(/\]\(Service(?!CpuHigh|ErrorRateHigh)/);
    expect(filled[0]?.text).not.toContain('ServiceMemoryHigh');
  });

  test('takes the name that a project gives an alert of a signal', () => {
    const built = builtOf(node);
    const alerts = built.alerts.map((one) =>
      one.signal === 'memory-utilisation' ? { ...one, alert: 'HeapHigh' } : one,
    );
    const { filled } = fillRunbooks([], { ...built, alerts }, REPOSITORY, undefined);
    expect(filled.find(({ alert }) => alert === 'ServiceCpuHigh')?.text).toContain('[HeapHigh](HeapHigh.md)');
    expect(filled.find(({ alert }) => alert === 'HeapHigh')?.text).toContain('# HeapHigh');
  });

  test('leaves out panels that the project does not show', () => {
    const built = builtOf(node);
    const bare = built.desired.resources.map((one) =>
      one.kind === 'dashboard' ? { ...one, spec: { ...one.spec, panels: [] } } : one,
    );
    const { filled } = fillRunbooks([], { ...built, desired: { resources: bare } }, REPOSITORY, undefined);
    for (const { text } of filled) expect(text).not.toMatch(/\(row |\(top\)/);
    expect(filled.find(({ alert }) => alert === 'ServiceCpuHigh')?.text).toContain('Ask in Explore:');
  });
});
