/** A project of one service in a folder of its own, as a company has it that has installed the engine. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Where the engine's sources are. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** Scripts for the commands, so that texts name them as `npm run NAME`. */
const COMMANDS = ['validate', 'plan', 'sync', 'render', 'diff', 'replay', 'runbooks', 'gate', 'pools', 'annotate'];
const scripts = Object.fromEntries(COMMANDS.map((name) => [name, `grafana-as-code ${name}`]));

const FILES: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ type: 'module', scripts })}\n`,
  'services/payments.ts': `import { defineService, otel } from 'grafana-as-code';

export const payments = defineService({
  id: 'payments', title: 'Payments', team: 'money', tier: 'edge', metrics: otel({ job: 'acme/payments' }),
});
`,
  'grafana.config.ts': `import { defineProject } from 'grafana-as-code';
import { defineAlerts, defineContactPoint, errorRateHigh, webhook } from 'grafana-as-code/alerts';
import { defineDashboards, errorSection } from 'grafana-as-code/panels';
import { standardScenarios } from 'grafana-as-code/scenarios';

const onCall = defineContactPoint('on-call', [webhook({ url: 'https://page.example.com' })]);

export default defineProject({
  owner: 'acme', system: 'acme', team: 'platform',
  folder: { uid: 'acme-services', title: 'Acme' },
  dataSource: { uid: 'prometheus', name: 'Prometheus' },
  histogramBoundaries: { server: [0.1, 0.5, 1, 2, 5], database: [0.1, 0.5, 1, 2, 2.5] },
  repository: { url: 'https://git.example.com/acme/monitoring', branch: 'main' },
  dashboards: defineDashboards({ shared: [], sections: [errorSection], extensions: {} }),
  alerts: defineAlerts({
    service: [errorRateHigh], project: [],
    receivers: { critical: onCall, warning: onCall, none: undefined }, contactPoints: [onCall],
  }),
  scenarios: [standardScenarios],
});
`,
};

/** Makes it, until the test is over. @param files are written over its own. @returns its root, with a slash at its end */
export async function smallProject(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = `${await mkdtemp(join(tmpdir(), 'small-project-'))}/`;
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [file, text] of Object.entries({ ...FILES, ...files })) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  await mkdir(join(root, 'node_modules'));
  await symlink(REPOSITORY, join(root, 'node_modules/grafana-as-code'));
  await symlink(join(REPOSITORY, 'node_modules/vitest'), join(root, 'node_modules/vitest'));
  return root;
}
