import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRunbooks } from '../../src/app/check-runbooks.ts';
import { fillRunbooks } from '../../src/app/fill-runbooks.ts';
import { answersOf, INCIDENT_FILE, type IncidentLookup, readIncident } from '../../src/app/incident.ts';
import { pageSource } from '../../src/app/runbooks.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import { seconds } from '../../src/model/quantity.ts';
import type { Replay } from '../../src/model/replay.ts';
import type { Service } from '../../src/model/service.ts';
import type { Incident } from '../../src/scenario/source.ts';
import type { RunbookPage } from '../../src/validate/runbooks.ts';
import { incidentExponential, incidentLinear } from '../companies/bank/scenarios/incident.ts';
import { PROJECT, REPOSITORY } from '../support/places.ts';
import { bankServices, builtOf, edited, rulesOf } from '../support/world.ts';

const incident: Incident = {
  title: 'The outage of 2026-01-14',
  from: '13:30',
  until: '16:01',
  scenarios: { linear: incidentLinear, exponential: incidentExponential },
};

function worldOf(services: readonly Service[] = bankServices) {
  const built = builtOf(services);
  if (!built.ok) throw new Error('the services have problems');
  return { ...built, ...pageSource(built) };
}

/** As if every rule fired at one minute; the answers are those of given rules, as a file keeps them. */
async function keptFor(rules: readonly AlertRule[]): Promise<IncidentLookup> {
  const alerts = rules.map(({ uid }) => ({ uid, series: {}, spans: [{ pending: 52_200, firing: 52_320 }] }));
  const replays = [incidentLinear, incidentExponential].map(
    ({ id }) =>
      ({ scenario: { id, events: [{ at: 54_000, title: 'Paged', page: true }] }, alerts }) as unknown as Replay,
  );
  const root = `${await mkdtemp(join(tmpdir(), 'incident-'))}/`;
  await mkdir(join(root, 'alerts/runbooks'), { recursive: true });
  await writeFile(join(root, INCIDENT_FILE), JSON.stringify(answersOf(incident, rules, replays)));
  const lookup = readIncident(root, incident);
  await rm(root, { recursive: true });
  return lookup;
}

/** The bank's pages, as the engine writes them. */
const pages = fillRunbooks([], worldOf(), PROJECT, { title: incident.title, lookup: () => undefined }).filled;
const page = (alert: string) => {
  const found = pages.find((one) => one.alert === alert);
  if (found === undefined) throw new Error(`no page ${alert}`);
  return found;
};

describe('facts', () => {
  const everyRule = (built: ReturnType<typeof worldOf>) => rulesOf(built.desired).map(({ rule }) => rule);

  const fill = (alert: string, built: ReturnType<typeof worldOf>, lookup: IncidentLookup) => {
    const { filled } = fillRunbooks([page(alert)], built, PROJECT, { title: incident.title, lookup });
    return { filled: filled.filter((one) => one.alert === alert) };
  };

  test('are limit, windows, severity, receiver, longest wait, panel and minute of every service', async () => {
    const built = worldOf();
    const { filled } = fill('ServiceLatencyP95High', built, await keptFor(everyRule(built)));
    expect(filled[0]?.text).toContain(
      '| App Gateway | above 2 s for 2m | 5m, 30m | critical: pages | bank-on-call | 3 min 25 s | App Gateway, Latency p50, p95, p99 |',
    );
    expect(filled[0]?.text).toContain('The outage of 2026-01-14: when it would have fired');
    expect(filled[0]?.text).toContain(
      '| User Account | 14:32, 28 min before the page | 14:32, 28 min before the page |',
    );
  });

  test('follow a changed threshold, and forget the minute until it is replayed', async () => {
    const kept = await keptFor(everyRule(worldOf()));
    const slower = edited('user-account', ({ thresholds }) => ({
      thresholds: { ...thresholds, latencyP95: { above: seconds(2.5), for: '5m' } },
    }));
    const { filled } = fill('ServiceLatencyP95High', worldOf(slower), kept);
    expect(filled[0]?.text).toContain('| User Account | above 2.5 s for 5m |');
    expect(filled[0]?.text).toContain('| App Gateway | 14:');
    expect(filled[0]?.text).not.toMatch(/\| User Account \| 14:/);
  });

  test('link to the project’s page about its replays where it has one', async () => {
    const told = { title: incident.title, lookup: () => [{ shape: 'linear', text: 'never' }] };
    const [here] = fillRunbooks([], worldOf(), REPOSITORY, told).filled.slice(1);
    const [elsewhere] = fillRunbooks([], worldOf(), '/nowhere/', told).filled.slice(1);
    expect(here?.text).toContain('by the [replay](../../docs/replay.md), in each');
    expect(elsewhere?.text).toContain('by the replay, in each');
  });

  test('of an alert without a rule say that there is none', async () => {
    const { filled } = fill('AlertingWatchdog', worldOf(), () => undefined);
    expect(filled[0]?.text).toContain('There is no such rule at present');
  });

  test.each([
    ['none', ''],
    ['two', '<!-- facts --><!-- /facts --> <!-- facts --><!-- /facts -->'],
  ])('of a page that is all the team’s need one place, and %s is a problem of the page', (_, places) => {
    const own = { ...page('ServiceCpuHigh'), text: `# ServiceCpuHigh\n\n${places}\n` };
    const { filled, unfillable } = fillRunbooks([own], worldOf(), PROJECT, undefined);
    expect(filled.filter(({ alert }) => alert === own.alert)).toEqual([]);
    expect(unfillable).toMatchObject([{ code: 'M007', file: 'alerts/runbooks/ServiceCpuHigh.md' }]);
  });
});

describe('a page', () => {
  const changed = (change: (text: string) => string): RunbookPage[] =>
    pages.map((one) => (one.alert === 'ServiceCpuHigh' ? { ...one, text: change(one.text) } : one));

  test.each([
    ['without a section', 'M002', (text: string) => text.replace('## Impact\n', ''), 'Meaning, Diagnosis, Mitigation'],
    [
      'with sections in another order',
      'M002',
      (text: string) => text.replace('## Impact', '## X').replace('## Meaning', '## Impact'),
      ': Impact, Diagnosis, Mitigation',
    ],
    [
      'with a query that does not parse',
      'M003',
      (text: string) => `${text}\n   \`\`\`promql\n   sum(rate(up[5m])\n   \`\`\`\n`,
      'sum(rate(up[5m])',
    ],
    [
      'with a metric nobody records',
      'M004',
      (text: string) => `${text}\n\`\`\`promql\nrate(http_requests_total[5m])\n\`\`\`\n`,
      'http_requests_total',
    ],
    [
      'that names a panel that is gone',
      'M005',
      (text: string) => `${text}\nSee _Disk_ (row Resources).\n`,
      '"Disk" (Resources)',
    ],
    [
      'that names a row that is gone',
      'M005',
      (text: string) => `${text}\nSee _Restarts_ (row Disks).\n`,
      '"Restarts" (Disks)',
    ],
    ['with a dead link', 'M006', (text: string) => `${text}\n[x](Nowhere.md)\n`, 'Nowhere.md'],
    ['that has a section twice', 'M002', (text: string) => `${text}\n## Impact\n`, 'Mitigation, Impact'],
    ['with a dead anchor', 'M006', (text: string) => `${text}\n[x](ServiceMemoryHigh.md#impacts)\n`, 'no such heading'],
    ['that states a time by hand', 'M008', (text: string) => `${text}\nIt fired at 14:32.\n`, '14:32'],
    ['that states its limit by hand', 'M008', (text: string) => `${text}\nAbove 80 % it fires.\n`, '80 %'],
    ['that states its time by hand', 'M008', (text: string) => `${text}\nIt fires after 10m.\n`, '10m'],
    ['that states its receiver by hand', 'M008', (text: string) => `${text}\nIt tells bank-chat.\n`, 'bank-chat'],
    [
      'that asks for a service there is not',
      'M004',
      (text: string) => `${text}\n\`\`\`promql\nup{job="bank/usr-service"}\n\`\`\`\n`,
      'job="bank/usr-service", which finds no service',
    ],
    [
      'that groups by a label there is not',
      'M004',
      (text: string) => `${text}\n\`\`\`promql\nsum by (instanc)(up{job=~"bank/.+"})\n\`\`\`\n`,
      'groups by instanc',
    ],
    [
      'with a dead link to its own repository',
      'M006',
      (text: string) => `${text}\n[x](https://github.com/example/grafana-as-code/blob/main/nowhere.md)\n`,
      'nowhere.md',
    ],
  ])('%s is found (%s)', (_, code, change, told) => {
    const problems = checkRunbooks(changed(change), worldOf(), PROJECT);
    expect(problems).toMatchObject([{ code, file: 'alerts/runbooks/ServiceCpuHigh.md' }]);
    expect(problems[0]?.message).toContain(told);
  });

  test('may link to headings, folders and other sites, and write code as it likes', () => {
    const more =
      '\n[a](ServiceMemoryHigh.md#impact) [b](../../services) [c](https://example.com)\n```text\n## 12:30 [d](no.md)\n```\n';
    expect(
      checkRunbooks(
        changed((text) => text + more),
        worldOf(),
        PROJECT,
      ),
    ).toEqual([]);
  });

  test('and its alert belong together', () => {
    const renamed = pages.map((one) => (one.alert === 'ServiceCpuHigh' ? { ...one, alert: 'CpuHigh' } : one));
    const problems = checkRunbooks(renamed, worldOf(), PROJECT);
    expect(problems.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      'M001 alert ServiceCpuHigh',
      'M001 page CpuHigh',
    ]);
  });
});
