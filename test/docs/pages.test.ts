/** What the pages show people to write: in a project of theirs it is valid. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildProject } from '../../src/app/build-project.ts';
import { loadProject } from '../../src/cli/load-project.ts';
import { ioOf, run } from '../support/run.ts';
import { REPOSITORY, smallProject } from '../testing/small-project.ts';

/** Files that a page shows whole, by their paths. */
function filesOf(page: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  const blocks = [...text.matchAll(/```ts\n\/\/ (\S+\.ts)\n(import [\s\S]*?)```/g)];
  return Object.fromEntries(blocks.map(([, path = '', code = '']) => [path, code]));
}

const CONFIG = `import { defineProject } from 'grafana-as-code';
import { alerts } from './alerts/index.ts';
import { dashboards } from './dashboards/index.ts';

export default defineProject({
  owner: 'acme', system: 'acme', team: 'platform',
  folder: { uid: 'acme-services', title: 'Acme' },
  dataSource: { uid: 'prometheus', name: 'Prometheus' },
  histogramBoundaries: { server: [0.1, 0.5, 1, 2, 5], database: [0.05, 0.1, 0.5, 1, 2, 2.5] },
  repository: { url: 'https://git.example.com/acme/monitoring', branch: 'main' },
  dashboards, alerts,
});
`;

/** What a team writes about an alert of its own. */
const LAG_PAGE = {
  'alerts/runbooks/ServiceQueueLagHigh.md':
    '# ServiceQueueLagHigh\n\nMessages wait.\n\n## Meaning\n\nThey wait.\n\n## Impact\n\nMail is late.\n\n## Diagnosis\n\nLook at the consumer.\n\n## Mitigation\n\nRestart it.\n',
};

test('docs/choose-what-is-built.md: a signal of the project goes the way of every other one', async () => {
  const queue = `import { defineScenario, through } from 'grafana-as-code/scenarios';
export const queue = defineScenario({
  id: 'queue', title: 'A queue fills', because: 'mail is late', from: '12:00', until: '15:00',
  series: [{ name: 'queue_messages', labels: { job: 'acme/mailer' }, value: through(['14:00', 0], ['14:10', 50]) }],
  expect: {
    must: [{ alert: 'ServiceQueueLagHigh', service: 'mailer', pages: false, between: ['14:05', '14:10'], because: 'it waits' }],
    may: [], never: [],
  },
});
`;
  const root = await smallProject({
    ...filesOf('docs/choose-what-is-built.md'),
    ...LAG_PAGE,
    'scenarios/queue.ts': queue,
    'grafana.config.ts': `import { queue } from './scenarios/queue.ts';\n${CONFIG.replace('dashboards, alerts,', 'dashboards, alerts, scenarios: [queue],')}`,
  });
  expect(await run('validate', [], {}, root)).toMatchObject({ code: 0 });
  // Its limit is the service's own, on the one service that it applies to; its panel draws the same line.
  const plan = await run('plan', ['--format', 'json'], {}, root);
  const { changes } = JSON.parse(plan.stdout) as {
    changes: readonly { readonly title: string; readonly uid: string }[];
  };
  expect(changes.flatMap(({ title, uid }) => (title === 'ServiceQueueLagHigh' ? [uid] : []))).toEqual([
    'acme-mailer-lag',
  ]);
  expect(await run('sync', [], {}, root)).toMatchObject({ code: 0 });
  expect(await run('plan', ['--fail-on-change'], {}, root)).toMatchObject({ code: 0 });
  expect(await run('replay', [], {}, root)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ServiceQueueLagHigh/),
  });
}, 120_000);

test('docs/choose-what-is-built.md: sections, alerts and limits of a project are what is built', async () => {
  const files = filesOf('docs/choose-what-is-built.md');
  expect(Object.keys(files).sort()).toEqual([
    'alerts/index.ts',
    'alerts/queue.ts',
    'dashboards/index.ts',
    'dashboards/queue.ts',
    'dashboards/routes.ts',
    'limits.ts',
    'services/mailer.ts',
    'services/payments.ts',
    'signals.ts',
  ]);
  const root = await smallProject({ ...files, ...LAG_PAGE, 'grafana.config.ts': CONFIG });
  const built = await buildProject(ioOf({}, root, { loadProject: () => loadProject(root) }));
  if (!built.ok) throw new Error(built.problems.map(({ code, message }) => `${code} ${message}`).join('\n'));
  const rules = built.desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource] : []));
  const ofPayments = rules.filter(({ service }) => service === 'payments');
  expect(ofPayments.map(({ rule }) => [rule.alert, rule.severity, rule.threshold])).toEqual([
    ['ServiceErrorRateHigh', 'critical', 0.01],
    ['ServiceLatencyP95High', 'warning', 2],
    ['ServiceCpuHigh', 'warning', 0.9],
  ]);
  expect(rules.find(({ rule }) => rule.alert === 'ServiceLatencyP95High')?.source).toBe('alerts/index.ts');
  expect(JSON.stringify(built.desired.resources)).toContain('Routes: who asks for what');
});

test('docs/replay.md: its scenario is the engine’s template, which is replayed elsewhere', () => {
  const shown = filesOf('docs/replay.md')['scenarios/payments-fail.ts'] ?? '';
  const template = readFileSync(join(REPOSITORY, 'src/scenario/template.ts'), 'utf8');
  const body = (text: string, name: string) => text.slice(text.indexOf(`export const ${name} = `)).replace(name, 'it');
  expect(body(shown, 'paymentsFail').replace("'payments-fail'", "'template'")).toBe(body(template, 'template'));
});

test('docs/replay.md: a project can take its scenario as it stands', async () => {
  const files = filesOf('docs/replay.md');
  const web = `import { defineService, otel } from 'grafana-as-code';
export const web = defineService({
  id: 'web', title: 'Web', team: 'money', tier: 'edge', metrics: otel({ job: 'acme/web' }), dependencies: [{ service: 'payments' }],
});
`;
  const root = await smallProject({ ...files, 'services/web.ts': web });
  const config = readFileSync(`${root}grafana.config.ts`, 'utf8');
  const named = config.replace('[standardScenarios]', '[paymentsFail]');
  await writeFile(`${root}grafana.config.ts`, `import { paymentsFail } from './scenarios/payments-fail.ts';\n${named}`);
  expect(await run('replay', ['--list'], {}, root)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('payments-fail  Incident of 2026-01-14'),
  });
});

test('docs/metrics.md: its services are valid, and have the alerts that they can have', async () => {
  const root = await smallProject({
    ...filesOf('docs/metrics.md'),
    'services/payments.ts': 'export {};\n',
  });
  const built = await buildProject(ioOf({}, root, { loadProject: () => loadProject(root) }));
  if (!built.ok) throw new Error(built.problems.map(({ code, message }) => `${code} ${message}`).join('\n'));
  expect(built.warnings.filter(({ code }) => code === 'F023')).toEqual([]);
  expect(built.catalog.services.map(({ id }) => id)).toEqual(['search', 'orders']);
});

test('docs/upgrade.md: what it shows last of each file is valid, and its panel is on the dashboard', async () => {
  const files = filesOf('docs/upgrade.md');
  expect(Object.keys(files)).toEqual(['services/checkout.ts', 'dashboards/checkout.ts']);
  const root = await smallProject(files);
  const config = readFileSync(`${root}grafana.config.ts`, 'utf8')
    .replace('errorSection }', 'errorSection, latencySection }')
    .replace('[errorSection]', '[errorSection, latencySection]')
    .replace('extensions: {}', 'extensions: { checkout }');
  await writeFile(`${root}grafana.config.ts`, `import { checkout } from './dashboards/checkout.ts';\n${config}`);
  const built = await buildProject(ioOf({}, root, { loadProject: () => loadProject(root) }));
  if (!built.ok) throw new Error(built.problems.map(({ code, message }) => `${code} ${message}`).join('\n'));
  expect(built.warnings.filter(({ code }) => code === 'F023')).toEqual([]);
  const dashboard = built.desired.resources.find(({ kind, title }) => kind === 'dashboard' && title === 'Checkout');
  expect(JSON.stringify(dashboard)).toContain('Requests for baskets');
});
