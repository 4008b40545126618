/** Mutations of expressions, which promtool has to evaluate anew; thresholds and the like are in library.test.ts. */
import { describe, expect, it } from 'vitest';
import { signals } from '../../src/metrics/index.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { replayScenarios } from '../../src/replay/index.ts';
import { replayContext, rulesOfService, scenarioOf, withChange } from '../support/replays.ts';
import { bankServices } from '../support/world.ts';

/** What a scenario says of a rule of one service that is changed; promtool is asked about that one alone. */
async function broken(scenario: string, service: string, alert: string, expr: (rule: AlertRule) => string) {
  const own = rulesOfService(service).filter((rule) => rule.alert === alert);
  const rules = withChange(own, alert, (rule) => ({ expr: expr(rule) }));
  for (const rule of rules) {
    expect(rule.expr).not.toBe(rulesOfService(service).find(({ uid }) => uid === rule.uid)?.expr);
  }
  const [replay] = await replayScenarios([scenarioOf(scenario)], rules, await replayContext());
  return (replay?.broken ?? []).filter((one) => one.alert === alert);
}

/** The signal as panels show it, without guards. */
function unguarded(service: string, signal: string): string {
  const catalog = defineCatalog(bankServices);
  const own = catalog.services.filter(({ id }) => id === service).flatMap((one) => signals(one, catalog));
  const found = own.find(({ id }) => id === signal);
  if (found === undefined) throw new Error(`no signal ${signal}`);
  return found.panelExpression('5m');
}

describe('mutations of expressions', () => {
  it('a wrong matcher is caught: the alert never fires', async () => {
    const seen = await broken('error-ramp', 'user-account', 'ServiceErrorRateHigh', ({ expr }) =>
      expr.replaceAll('job="bank/user-account"', 'job="user-account"'),
    );
    expect(seen).toMatchObject([
      { service: 'user-account', expected: 'fires between 14:11 and 14:16', seen: 'never fires' },
    ]);
  });

  it.each([
    ['ServiceErrorRateHigh', 'error-ratio'],
    ['ServiceLatencyP95High', 'latency-p95'],
  ])('the dropped traffic guard of %s is caught by the idle night', async (alert, signal) => {
    const seen = await broken('idle-night', 'user-account', alert, () => unguarded('user-account', signal));
    expect(seen).toMatchObject([{ expected: 'stays silent' }]);
  });

  it('an averaged pool is caught: one full instance of three disappears in it', async () => {
    const seen = await broken('connection-leak', 'user-account', 'ServicePoolSaturated', ({ expr }) =>
      expr.replace(/max by \(job, db_client_connection_pool_name\)/, 'avg by (job, db_client_connection_pool_name)'),
    );
    expect(seen).toMatchObject([{ seen: 'never fires' }]);
  });

  it('a dependency filter that wants a status is caught: timeouts have none', async () => {
    const seen = await broken('dependency-timeouts', 'offer-service', 'ServiceDependencyErrorsHigh', ({ expr }) =>
      expr.replaceAll(/http_response_status_code!~"\[1-3][^"]*"/g, 'http_response_status_code=~"5..|408|429"'),
    );
    expect(seen).toMatchObject([{ seen: 'never fires' }]);
  });
});
