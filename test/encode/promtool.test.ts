import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { findPromtool } from '../../src/adapters/promtool/find.ts';
import { encodePrometheusRule, encodePrometheusRules } from '../../src/encode/index.ts';
import { micrometer, otel, promClient } from '../../src/metrics/index.ts';
import { findOptions } from '../support/promtool-setup.ts';
import { aService, bankServices, desiredOf, rulesOf } from '../support/world.ts';

const PROFILES = {
  otel: otel({ job: 'bank/payments' }),
  micrometer: micrometer({ job: 'payments' }),
  'prom-client': promClient({ job: 'payments', cpuLimitCores: 0.5, memoryLimitBytes: 2 ** 29 }),
  'otel without a connection gauge': { ...otel({ job: 'bank/payments' }), httpPool: { kind: 'littles-law' as const } },
  'a mix of otel and micrometer': {
    ...otel({ job: 'bank/payments' }),
    databasePool: micrometer({ job: 'payments' }).databasePool,
  },
};

test.each(Object.entries(PROFILES))(
  'promtool accepts every rule of a service with the profile %s',
  async (_, metrics) => {
    const service = aService({
      metrics,
      tier: 'edge',
      pools: [
        { kind: 'database', name: 'primary', maxConnections: 20 },
        { kind: 'http', name: 'outbound', maxConnections: 10 },
      ],
      dependencies: [{ service: 'user-account' }],
    });
    const rules = rulesOf(desiredOf([...bankServices, service])).filter((resource) => resource.service === 'payments');
    expect(rules).toHaveLength(metrics.cpu.kind === 'container' ? 15 : 14);
    const folder = await mkdtemp(join(tmpdir(), 'promtool-'));
    try {
      const file = join(folder, 'rules.yml');
      await writeFile(
        file,
        stringify({ groups: [{ name: 'all', rules: rules.map(({ rule }) => encodePrometheusRule(rule)) }] }),
      );
      const { stdout } = await promisify(execFile)(await findPromtool(findOptions), ['check', 'rules', file]);
      expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test('a rule on failing queries is left to Grafana: Prometheus counts the failures of its rules itself', () => {
  const text = stringify(encodePrometheusRules(rulesOf(desiredOf()).map(({ rule }) => rule)));
  expect(text).not.toContain('ServiceAlertQueryFailing');
  expect(text).toContain('ServiceErrorRateHigh');
});
