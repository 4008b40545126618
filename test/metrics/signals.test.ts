import { describe, expect, test } from 'vitest';
import { findSignal, micrometer, otel, promClient, signals } from '../../src/metrics/index.ts';
import { percent } from '../../src/model/quantity.ts';
import { defineCatalog, type Service } from '../../src/model/service.ts';
import { parseQuery } from '../../src/validate/promql.ts';
import { aService, bankServices } from '../support/world.ts';

const PROFILES = {
  otel: otel({ job: 'bank/payments' }),
  micrometer: micrometer({ job: 'payments' }),
  'prom-client': promClient({ job: 'payments', cpuLimitCores: 0.5, memoryLimitBytes: 2 ** 29 }),
};

function signalsOf(service: Service) {
  return signals(service, defineCatalog([...bankServices, service]));
}

describe('signals', () => {
  test.each(Object.entries(PROFILES))('of the profile %s parse, for alerts and for panels', (_, metrics) => {
    const all = signalsOf(aService({ metrics, dependencies: [{ service: 'user-account' }] }));
    expect(all.map(({ id }) => id).sort()).toEqual([
      'alert-queries',
      'cpu-utilisation',
      'degradation',
      'dependency-error-ratio',
      'error-ratio',
      'instance-error-ratio',
      'latency-p95',
      'latency-regression',
      // Only containers have limits that somebody reports.
      ...(metrics.cpu.kind === 'container' ? ['limit-absent'] : []),
      'memory-utilisation',
      'pool-utilisation',
      'pool-waiting',
      'query-p95',
      'telemetry-absent',
      'traffic-ratio',
    ]);
    for (const signal of all) {
      expect(parseQuery(signal.alertExpression).problems).toEqual([]);
      expect(parseQuery(signal.panelExpression('$__rate_interval', ['instance=~"$instance"'])).problems).toEqual([]);
    }
  });

  test('one family can come from another profile', () => {
    const mixed = { ...PROFILES.otel, databasePool: PROFILES.micrometer.databasePool };
    const pool = findSignal(signalsOf(aService({ metrics: mixed })), 'pool-utilisation');
    expect(pool?.alertExpression).toContain('hikaricp_connections_active{job="payments"}');
    expect(findSignal(signalsOf(aService({ metrics: mixed })), 'error-ratio')?.alertExpression).toContain(
      'job="bank/payments"',
    );
  });

  test('a service without pools, databases and dependencies has no signals for them', () => {
    const ids = signalsOf(aService({ pools: [], databases: [], dependencies: [] })).map(({ id }) => id);
    for (const absent of ['pool-utilisation', 'pool-waiting', 'query-p95', 'dependency-error-ratio', 'degradation'])
      expect(ids).not.toContain(absent);
  });

  test('a service without a database shows the queries behind it, and leaves the alert to their owners', () => {
    const [gateway] = bankServices;
    const query = findSignal(signals(gateway as Service, defineCatalog(bankServices)), 'query-p95');
    expect(query?.fromDependency).toBe(true);
    expect(query?.alertExpression).toContain('job="bank/user-account"');
    expect(query?.alertExpression).toContain('job="bank/offer-service"');
  });

  test('a pool of undeclared size in the metrics falls back to its declared maximum', () => {
    const utilisation = findSignal(
      signalsOf(aService({ pools: [{ kind: 'database', name: 'primary', maxConnections: 37 }] })),
      'pool-utilisation',
    );
    expect(utilisation?.alertExpression.replace(/\s+/g, ' ')).toMatch(
      /db_client_connection_max\{.*\) > 0 < Inf or 0 \* .* \+ 37/,
    );
  });

  test('pools of different sizes each fall back to their own maximum', () => {
    const pools = [
      { kind: 'database', name: 'reads', maxConnections: 40 },
      { kind: 'database', name: 'writes', maxConnections: 10 },
    ] as const;
    const { alertExpression } = findSignal(signalsOf(aService({ pools })), 'pool-utilisation') ?? {
      alertExpression: '',
    };
    const flat = alertExpression.replace(/\s+/g, '');
    expect(flat).toContain('db_client_connection_pool_name="reads"');
    expect(flat).toMatch(/pool_name="reads".*\+40/);
    expect(flat).toMatch(/pool_name="writes".*\+10/);
  });

  test('without a gauge for outbound connections their number comes from Little’s law', () => {
    const metrics = { ...PROFILES.otel, httpPool: { kind: 'littles-law' as const } };
    const pools = [{ kind: 'http', name: 'outbound', maxConnections: 25 }] as const;
    const { alertExpression } = findSignal(signalsOf(aService({ metrics, pools })), 'pool-utilisation') ?? {
      alertExpression: '',
    };
    expect(alertExpression).toContain('rate(http_client_request_duration_seconds_sum{job="bank/payments"}[2m])');
    expect(alertExpression).toContain('/ 25');
  });

  test('the limit is the service’s own threshold where it states one', () => {
    const service = aService({ thresholds: { errorRatio: { above: percent(1) } } });
    expect(findSignal(signalsOf(service), 'error-ratio')?.limit).toEqual({
      comparison: 'gt',
      value: percent(1),
      for: '3m',
    });
  });

  test('a dependency that only times out counts as failing: its calls have no status', () => {
    const service = aService({ dependencies: [{ external: 'bank.example.com' }] });
    const { alertExpression } = findSignal(signalsOf(service), 'dependency-error-ratio') ?? { alertExpression: '' };
    // A negative match also takes series without the label.
    expect(alertExpression).toContain('http_response_status_code!~"[1-3]..|40[0-79]|4[13-9].|42[0-8]"');
  });
});
