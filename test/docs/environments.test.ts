/** What docs/environments.md shows people to write: in a project of theirs it is valid, and does what the page says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/run.ts';
import { REPOSITORY, smallProject } from '../testing/small-project.ts';

const text = readFileSync(join(REPOSITORY, 'docs/environments.md'), 'utf8');
const shown = Object.fromEntries(
  [...text.matchAll(/```ts\n\/\/ (\S+\.ts)\n(import [\s\S]*?)```/g)].map(([, path = '', code = '']) => [path, code]),
);
/** What the page takes for granted. */
const FILES = {
  'alerts/routing.ts': `import { defineContactPoint, secret, slack } from 'grafana-as-code/alerts';

export const onCall = defineContactPoint('on-call', [slack({ url: secret('PAGER_URL') })]);
export const chat = defineContactPoint('chat', [slack({ url: secret('SLACK_WEBHOOK_URL') })]);
`,
  'alerts/index.ts': `import { defineAlerts, errorRateHigh } from 'grafana-as-code/alerts';
import { chat, onCall } from './routing.ts';

export const alerts = defineAlerts({
  service: [errorRateHigh], project: [], receivers: { critical: onCall, warning: chat, none: undefined },
});
`,
  'dashboards/index.ts': `import { defineDashboards, errorSection, poolSection } from 'grafana-as-code/panels';

export const dashboards = defineDashboards({ sections: [errorSection, poolSection] });
`,
};

test('its files are a project of two environments, which differ as they say', async () => {
  expect(Object.keys(shown).sort()).toEqual(['environments.ts', 'grafana.config.ts', 'services/payments.ts']);
  const root = await smallProject({ ...FILES, ...shown });
  await run('runbooks', [], {}, root);
  const valid = await run('validate', [], {}, root);
  expect(valid).toMatchObject({ code: 0 });
  expect(valid.stdout).toContain('Valid in production: 1 services');
  expect(valid.stdout).toContain('Valid in staging: 1 services');
  await run('render', [], {}, root);
  const rules = (name: string) => readFileSync(join(root, `alerts/rendered/${name}/payments.yaml`), 'utf8');
  expect(rules('production')).toContain('threshold: 0.01');
  expect(rules('production')).toContain('receiver: acme-on-call');
  expect(rules('staging')).toContain('threshold: 0.2');
  expect(rules('staging')).toContain('receiver: acmestg-chat');
  expect(rules('staging')).toContain('env="staging"');
});

test('its table of commands says what each does without --env', async () => {
  const root = await smallProject({ ...FILES, ...shown });
  const rows = [...text.matchAll(/^\| (`[a-z].*?) \| (.*) \|$/gm)].map(([, names = '', what = '']) => ({
    names,
    what,
  }));
  const named = (says: string) =>
    rows
      .filter(({ what }) => what.includes(says))
      .flatMap(({ names }) => [...names.matchAll(/`([a-z]+)`/g)].map((m) => m[1]));
  expect(named('C053')).toEqual(expect.arrayContaining(['plan', 'sync', 'restore', 'gate', 'pools', 'annotate']));
  for (const name of ['plan', 'sync']) expect(await run(name, [], {}, root)).toMatchObject({ code: 2 });
  expect(named('all of them')).toEqual(expect.arrayContaining(['validate', 'render', 'diff']));
  expect(named('the first')).toContain('replay');
});
