/** Services as they are: whatever is bound alerts rightly, in Prometheus itself. */
import { describe, expect, it } from 'vitest';
import { otel, withMatchers } from '../../src/metrics/index.ts';
import { ExplainedError } from '../../src/model/explained-error.ts';
import type { MetricProfile } from '../../src/model/metrics.ts';
import { milliseconds, seconds } from '../../src/model/quantity.ts';
import { defineCatalog, defineService, type Service, type ServiceFacts } from '../../src/model/service.ts';
import { replayScenarios } from '../../src/replay/index.ts';
import { defineScenario, type ServiceBehaviour, through } from '../../src/scenario/index.ts';
import { replayContext } from '../support/replays.ts';
import { builtOf, desiredOf, rulesOf } from '../support/world.ts';

function aService(metrics: MetricProfile, facts: Partial<ServiceFacts> = {}): Service {
  return defineService({ id: 'payments', title: 'Payments', team: 'money', tier: 'edge', metrics, ...facts });
}

/** Names of the alerts that fire within three hours in which services behave like this. */
async function fires(
  services: Service | readonly Service[],
  behaviour: Readonly<Record<string, Partial<ServiceBehaviour>>>,
): Promise<readonly string[]> {
  const all = [services].flat();
  const rules = rulesOf(desiredOf(all)).map(({ rule }) => rule);
  const scenario = defineScenario({
    id: 'any-service',
    title: 'Any service',
    because: 'it is what people run',
    from: '12:00',
    until: '15:00',
    services: behaviour,
    expect: { must: [], may: [], never: [] },
  });
  const [replay] = await replayScenarios([scenario], rules, {
    ...(await replayContext()),
    catalog: defineCatalog(all),
  });
  return (replay?.alerts ?? [])
    .filter(({ alert, spans }) => alert !== 'AlertingWatchdog' && spans.some(({ firing }) => firing !== undefined))
    .map(({ alert, service, series }) =>
      [service, alert, ...(Object.keys(series).length === 0 ? [] : [JSON.stringify(series)])].join(' '),
    );
}

/** The problems of a project of one service, in words. */
function problemsOf(service: Service): string {
  const built = builtOf([service]);
  return (built.ok ? built.warnings : built.problems)
    .filter(({ code }) => code !== 'F015')
    .map(({ code, message }) => `${code} ${message}`)
    .join('\n');
}

const matchers = ['job="payments"'];
const slow = through(['14:00', 0.05], ['14:01', 30]);
const failing = through(['14:00', 0.001], ['14:01', 1]);

/** FastAPI's instrumentator: failures by a counter with grouped statuses, latency in a histogram without any. */
const fastapi: MetricProfile = {
  convention: 'fastapi',
  server: {
    requests: { counter: { name: 'http_requests_total', matchers } },
    failures: { where: 'status="5xx"' },
    latency: { name: 'http_request_duration_seconds', matchers, buckets: [0.1, 0.5, 1] },
    route: 'handler',
    status: 'status',
  },
};
const within = {
  thresholds: {
    latencyP95: { above: milliseconds(500) },
    degradation: { latencyAbove: milliseconds(500) },
  },
};

/** go-grpc-middleware: a counter with codes, a histogram without. */
const grpc: MetricProfile = {
  convention: 'grpc',
  server: {
    requests: { counter: { name: 'grpc_server_handled_total', matchers } },
    failures: { where: 'grpc_code=~"Internal|Unknown|Unavailable|DataLoss|DeadlineExceeded|Unimplemented"' },
    latency: { name: 'grpc_server_handling_seconds', matchers },
    route: 'grpc_method',
    status: 'grpc_code',
  },
};

describe('requests and latency in metrics of their own', () => {
  it('are silent while all is well', async () => {
    expect(await fires(aService(fastapi, within), { payments: {} })).toEqual([]);
    expect(await fires(aService(grpc), { payments: {} })).toEqual([]);
  });

  it('page when every request takes half a minute', async () => {
    expect(await fires(aService(fastapi, within), { payments: { latencyP95: slow } })).toContain(
      'payments ServiceLatencyP95High',
    );
  });

  it('page when every call ends with Internal', async () => {
    expect(await fires(aService(grpc), { payments: { errors: failing } })).toContain('payments ServiceErrorRateHigh');
  });

  it('miss the status that failures are found by: renamed, nothing would fail any more', async () => {
    const rule = rulesOf(desiredOf([aService(grpc)])).find(({ title }) => title === 'ServiceTelemetryAbsent')?.rule;
    expect(rule?.expr).toMatch(/absent_over_time\(grpc_server_handled_total\{job="payments",grpc_code!=""\}\[10m\]\)/);
    expect(rule?.expr).toContain('"server status"');
  });

  it('are refused a limit above the last bucket, where p95 reads as the bucket', () => {
    expect(problemsOf(aService(fastapi))).toContain(
      'F017 has thresholds.latencyP95.above = 2 s, and no quantile of the server histogram reads above its last boundary, 1 s',
    );
  });

  it('count failures by a counter of their own', async () => {
    const counted: MetricProfile = {
      convention: 'own',
      server: {
        requests: { counter: { name: 'handled_total', matchers } },
        failures: { counter: { name: 'failed_total', matchers } },
      },
    };
    expect(await fires(aService(counted), { payments: {} })).toEqual([]);
    expect(await fires(aService(counted), { payments: { errors: failing } })).toContain(
      'payments ServiceErrorRateHigh',
    );
  });
});

/** What promtool says of series that its version cannot read; undefined where it reads them. */
async function unread(service: Service): Promise<string | undefined> {
  try {
    await fires(service, { payments: {} });
    return undefined;
  } catch (error) {
    if (error instanceof ExplainedError && error.code === 'T108') return error.message;
    throw error;
  }
}

describe('a histogram in another form', () => {
  const { server, ...other } = otel({ job: 'payments', namespace: 'acme', container: 'payments' });
  const recorded = (latency: Partial<NonNullable<typeof server.latency>>): Service =>
    aService({ ...other, server: { ...server, latency: { name: 'duration', matchers, ...latency } } });

  const alertsLikeAny = async (service: Service): Promise<void> => {
    expect(await fires(service, { payments: {} })).toEqual([]);
    const seen = await fires(service, { payments: { latencyP95: slow, errors: failing } });
    expect(seen).toContain('payments ServiceLatencyP95High');
    expect(seen).toContain('payments ServiceErrorRateHigh');
    expect(seen).toContain('payments ServiceLatencyRegression');
    const lost = { lost: [{ families: 'all', from: '14:00', until: '15:00' }] } as const;
    expect(await fires(service, { payments: lost })).toContain('payments ServiceTelemetryAbsent {"family":"server"}');
  };

  it('in milliseconds alerts like any', async () => {
    await alertsLikeAny(recorded({ name: 'rpc_server_duration_milliseconds', unit: 'ms' }));
  }, 180_000);

  it.each<readonly [string, Service]>([
    ['native', recorded({ name: 'http_server_request_duration_seconds', buckets: 'native' })],
    ['with a name of Prometheus 3', recorded({ name: 'http.server.request.duration' })],
  ])(
    '%s alerts like any, or is refused by an old promtool in words',
    async (_name, service) => {
      const refused = await unread(service);
      if (refused === undefined) await alertsLikeAny(service);
      else expect(refused).toMatch(/^this promtool cannot read (native histograms|names) such as http/);
    },
    180_000,
  );
});

describe('several databases in one histogram', () => {
  const service = aService(otel({ job: 'payments' }), {
    databases: [
      { name: 'sessions', system: 'redis' },
      { name: 'orders', system: 'mongodb' },
    ],
  });

  it('are judged one by one, each by its system', () => {
    const rule = rulesOf(desiredOf([service])).find(({ title }) => title === 'ServiceQueryP95High')?.rule;
    expect(rule?.expr).toContain('db_system_name="redis"');
    expect(rule?.expr).toContain('db_system_name="mongodb"');
    expect(rule?.expr.replace(/\s+/g, ' ')).toContain('"database", "orders"');
  });

  it('hear few slow queries of one beside many fast calls of the other', async () => {
    const cached = { databases: { sessions: { perRequest: 4, queryP95: 0.001 }, orders: { perRequest: 0.17 } } };
    expect(await fires(service, { payments: cached })).toEqual([]);
    const orders = { perRequest: 0.17, queryP95: through(['14:00', 0.05], ['14:01', 9]) };
    const seen = await fires(service, { payments: { databases: { ...cached.databases, orders } } });
    expect(seen).toContain('payments ServiceQueryP95High {"database":"orders"}');
    expect(seen.filter((one) => one.includes('sessions'))).toEqual([]);
  });
});

describe('an environment under the same job as another one', () => {
  const of = (id: string, env: string): Service => ({
    ...aService(withMatchers(otel({ job: 'payments' }), [`env="${env}"`])),
    id,
    title: id,
  });
  const both = [of('production', 'production'), of('staging', 'staging')];

  it('is heard though the other one has twice its traffic, and never by the other', async () => {
    const eight = through(['14:00', 0.001], ['14:01', 0.08]);
    const seen = await fires(both, { production: { errors: eight }, staging: { traffic: 80 } });
    expect(seen).toContain('production ServiceErrorRateHigh');
    const other = await fires(both, { production: {}, staging: { traffic: 80, errors: failing } });
    expect(other.filter((one) => one.startsWith('production'))).toEqual([]);
  });
});

describe('what serves nobody', () => {
  it('is not missed between its runs', async () => {
    const { database } = otel({ job: 'nightly' });
    const cron = aService({ convention: 'cron', database }, { databases: [{ name: 'ledger', system: 'postgresql' }] });
    expect(await fires(cron, { payments: { lost: [{ families: 'all', from: '12:30', until: '14:30' }] } })).toEqual([]);
  });

  it('has a dashboard of what is bound, without a hole', () => {
    const { database } = otel({ job: 'nightly' });
    const cron = aService({ convention: 'cron', database }, { databases: [{ name: 'ledger', system: 'postgresql' }] });
    const titles = builtOf([cron]).ok ? 'valid' : problemsOf(cron);
    expect(titles).toBe('valid');
  });
});

describe('facts that no metric tells of', () => {
  it('nor whether it should: what answers no requests is not missed, and validation says so', () => {
    const { database } = otel({ job: 'nightly' });
    const batch = aService(
      { convention: 'batch', database },
      { databases: [{ name: 'ledger', system: 'postgresql' }] },
    );
    expect(problemsOf(batch)).toContain('F023 answers no requests, so that nothing misses its metrics (query)');
  });

  it('are named', () => {
    const { server } = otel({ job: 'payments' });
    const service = aService(
      { convention: 'some', server },
      {
        databases: [{ name: 'ledger', system: 'postgresql' }],
        pools: [{ kind: 'database', name: 'primary', maxConnections: 20 }],
        dependencies: [{ external: 'bank.example.com' }],
      },
    );
    expect(problemsOf(service)).toContain('F023 states its database "ledger", of which its metrics record nothing');
    expect(problemsOf(service)).toContain('F023 states its pool "primary"');
    expect(problemsOf(service)).toContain('F023 states its calls to its dependencies');
    expect(problemsOf(aService({ convention: 'none' }))).toContain('F023 has metrics without a single family');
  });

  it('count nothing that is not there', () => {
    expect(problemsOf(aService({ convention: 'own', server: { requests: { countOf: 'latency' } } }))).toContain(
      'F023 counts its requests by the latency of metrics.server, which it does not bind',
    );
  });

  it('a pool without a maximum has no share, and still tells of those that wait', () => {
    const service = aService(otel({ job: 'payments' }), {
      pools: [{ kind: 'database', name: 'primary', maxConnections: 'unlimited' }],
    });
    const alerts = rulesOf(desiredOf([service])).map(({ title }) => title);
    expect(alerts).not.toContain('ServicePoolSaturated');
    expect(alerts).toContain('ServicePoolWaiting');
  });
});

describe('limits of time', () => {
  it('are seconds whatever a histogram is recorded in', () => {
    const service = aService(
      {
        convention: 'rpc',
        server: { requests: { countOf: 'latency' }, latency: { name: 'ms', matchers, unit: 'ms' } },
      },
      { thresholds: { latencyP95: { above: seconds(1) } } },
    );
    const rule = rulesOf(desiredOf([service])).find(({ title }) => title === 'ServiceLatencyP95High')?.rule;
    expect(rule).toMatchObject({ threshold: 1, unit: 'seconds' });
    expect(rule?.expr).toContain('/ 1000');
  });
});

describe('a container without a limit', () => {
  const unlimited = { lost: [{ families: ['limits'], from: '12:00', until: '15:00' }] } as const;

  it('is warned of, because its alerts cannot fire, and pages nobody', async () => {
    const service = aService(otel({ job: 'acme/payments' }));
    const rules = rulesOf(desiredOf([service])).map(({ rule }) => rule);
    const seen = await fires(service, { payments: unlimited });
    expect(seen).toEqual([
      'payments ServiceLimitAbsent {"family":"cpu limit"}',
      'payments ServiceLimitAbsent {"family":"memory limit"}',
    ]);
    expect(rules.find(({ alert }) => alert === 'ServiceLimitAbsent')?.severity).toBe('warning');
  });

  it('on purpose has no alert that could not fire', () => {
    const service = aService(otel({ job: 'acme/payments', limits: 'none' }));
    const alerts = rulesOf(desiredOf([service])).map(({ title }) => title);
    expect(alerts).not.toContain('ServiceCpuHigh');
    expect(alerts).not.toContain('ServiceMemoryHigh');
    expect(alerts).not.toContain('ServiceLimitAbsent');
    expect(problemsOf(service)).not.toMatch(/F0/);
  });

  it('that the facts state is held against that', async () => {
    const service = aService(otel({ job: 'acme/payments', limits: { cores: 2, bytes: 2 ** 30 } }));
    expect(await fires(service, { payments: unlimited })).toEqual([]);
    const seen = await fires(service, { payments: { ...unlimited, memory: through(['14:00', 0.5], ['14:10', 0.95]) } });
    expect(seen).toEqual(['payments ServiceMemoryHigh']);
  });
});
