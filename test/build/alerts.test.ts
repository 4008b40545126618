import { describe, expect, test } from 'vitest';
import {
  buildContactPoints,
  buildRules,
  contactPointOf,
  defineContactPoint,
  email,
  pagerDuty,
  slack,
  webhook,
} from '../../src/build/index.ts';
import { pageLatency, watchesQueries } from '../../src/model/alert-rule.ts';
import { secret, secretsOf } from '../../src/model/contact-point.ts';
import { defineCatalog, type Service } from '../../src/model/service.ts';
import { withPreviewReceivers } from '../../src/sync/index.ts';
import { aService, bankServices, desiredOf, project, ruleOf, rulesOf, sourceOf } from '../support/world.ts';

const rules = rulesOf(desiredOf());
const { alerts } = sourceOf();

function alertsOf(service: Service): string[] {
  return rulesOf(desiredOf([...bankServices, service]))
    .filter((resource) => resource.service === service.id)
    .map(({ title }) => title);
}

describe('rules', () => {
  test('exist for every service they apply to', () => {
    const count = (id: string) => rules.filter(({ service }) => service === id).length;
    expect([count('app-gateway'), count('user-account'), count('offer-service')]).toEqual([13, 14, 15]);
    expect(alertsOf(aService({ pools: [], databases: [], dependencies: [] }))).toEqual([
      'ServiceLatencyRegression',
      'ServiceErrorRateHigh',
      'ServiceLatencyP95High',
      'ServiceInstanceErrorsHigh',
      'ServiceTrafficDropped',
      'ServiceTelemetryAbsent',
      'ServiceLimitAbsent',
      'ServiceCpuHigh',
      'ServiceMemoryHigh',
      'ServiceAlertQueryFailing',
    ]);
  });

  test('of the gateway leave query times to the services that have the database', () => {
    expect(rules.filter(({ service }) => service === 'app-gateway').map(({ title }) => title)).not.toContain(
      'ServiceQueryP95High',
    );
  });

  test('have one alert name for all services, with the service as a label, and a UID of at most 40 characters', () => {
    for (const { uid, title, rule, service } of rules) {
      expect(uid.length).toBeLessThanOrEqual(40);
      expect(title).toMatch(/^[A-Z][A-Za-z0-9]+$/);
      expect(rule.labels['service']).toBe(service);
      expect(rule.labels).toMatchObject({
        as_code: 'bank',
        system: 'bank',
        severity: rule.severity,
        signal: rule.signal,
      });
    }
  });

  test('page at the edge, where users wait, and warn inside', () => {
    for (const alert of ['ServiceLatencyP95High', 'ServiceTrafficDropped', 'ServiceTelemetryAbsent']) {
      expect(ruleOf(desiredOf(), alert, 'app-gateway').severity).toBe('critical');
      expect(ruleOf(desiredOf(), alert, 'user-account').severity).toBe('warning');
    }
  });

  test('never page for CPU and memory', () => {
    const resources = rules.filter(({ title }) => title === 'ServiceCpuHigh' || title === 'ServiceMemoryHigh');
    expect(resources).toHaveLength(6);
    for (const { rule } of resources) expect(rule.notification.receiver).toBe('bank-chat');
  });

  test('route by themselves: critical to the pager at once, warnings to chat', () => {
    for (const { rule } of rules) {
      expect(rule.notification.receiver).toBe(rule.severity === 'critical' ? 'bank-on-call' : 'bank-chat');
      expect(rule.notification.groupBy).toEqual(['alertname', 'grafana_folder', 'system']);
    }
  });

  test('tell how long a page takes: scrape, evaluation, for, and the wait for the group', () => {
    // 15 s + 1 m + 3 m + 10 s
    expect(pageLatency(ruleOf(desiredOf(), 'ServiceErrorRateHigh', 'user-account'), project)).toBe('265s');
  });

  test('keep their last state without data, but for the one that says so', () => {
    const special = rules.filter(({ rule }) => rule.noDataState !== 'KeepLast' || rule.execErrState !== 'KeepLast');
    expect(special.map(({ title, rule }) => [title, rule.noDataState, rule.execErrState])).toEqual([
      ...bankServices.map(() => ['ServiceAlertQueryFailing', 'Alerting', 'Alerting']),
      ['DataSourceUnreachable', 'Alerting', 'Alerting'],
    ]);
  });
});

describe('the rule on failing queries', () => {
  const watching = rules.filter(({ rule }) => watchesQueries(rule));
  const flat = (expression: string) => expression.replace(/\s/g, '');

  /** Every call on series: functions, matchers, windows and offsets, without the numbers they are compared with. */
  const reads = (expression: string) =>
    flat(expression).match(/(?:rate|increase|\w+_over_time)\(\w+\{[^}]*\}(?:\[\w+\])?(?:offset\w+)?\)/g) ?? [];

  test('asks every query of its service: one that fails for good is heard', () => {
    expect(watching.map(({ service }) => service)).toEqual(bankServices.map(({ id }) => id));
    for (const { rule, service } of watching) {
      const others = rules.filter((other) => other.service === service && !watchesQueries(other.rule));
      expect(others.length).toBeGreaterThan(8);
      for (const { rule: other, title } of others) {
        expect(reads(rule.expr)).toEqual(expect.arrayContaining([...reads(other.expr)]));
        const within = ['ServiceLatencyRegression', 'ServicePoolSaturated'].includes(title);
        if (!within) expect(flat(rule.expr)).toContain(flat(other.expr));
      }
    }
  });

  test('of a service without signs of degradation asks for its baseline by itself', () => {
    const lonely = rulesOf(desiredOf([aService({ pools: [], databases: [] })]));
    const expr = (title: string) => flat(lonely.find((one) => one.title === title)?.rule.expr ?? '-');
    expect(expr('ServiceAlertQueryFailing')).toContain(expr('ServiceLatencyRegression'));
  });

  test('warns once for all services, and never pages: a Prometheus that is down has its own page', () => {
    for (const { rule } of watching) {
      expect(rule).toMatchObject({ severity: 'warning', notification: { receiver: 'bank-chat' } });
      expect(rule.notification).toEqual(watching[0]?.rule.notification);
      expect(rule.alert).toBe('ServiceAlertQueryFailing');
    }
  });

  test('fires by the failing query alone: a value above its limit cannot be', () => {
    for (const { rule } of watching) {
      expect(rule.expr).toMatch(/^0 \* count\(/);
      expect(rule.expr).toMatch(/or vector\(0\)\s*\)$/);
      expect([rule.comparison, rule.threshold]).toEqual(['gt', 0]);
    }
  });

  test('waits five minutes, or two evaluations where those are longer', () => {
    for (const { rule } of watching) expect(rule).toMatchObject({ group: rule.labels['service'], for: '5m' });
    const seldom = rulesOf(desiredOf(bankServices, { evaluationInterval: '5m' }));
    for (const { rule } of seldom.filter((one) => watchesQueries(one.rule))) expect(rule.for).toBe('10m');
    // The same for the others that no fact can lengthen.
    expect(seldom.find(({ title }) => title === 'DataSourceUnreachable')?.rule.for).toBe('10m');
  });
});

describe('the watchdog', () => {
  const panelOf = () => ({ dashboardUid: 'bank-overview', panelId: 1 });
  const build = (heartbeat: ReturnType<typeof defineContactPoint> | undefined) =>
    buildRules({ ...alerts, receivers: { ...alerts.receivers, none: heartbeat } }, defineCatalog(bankServices), {
      project,
      panelOf,
    });

  test('exists only with a heartbeat to tell', () => {
    expect(build(undefined).map(({ title }) => title)).not.toContain('AlertingWatchdog');
    const heartbeat = defineContactPoint('heartbeat', [webhook({ url: secret('HEARTBEAT_URL') })]);
    const [watchdog] = build(heartbeat).filter(({ title }) => title === 'AlertingWatchdog');
    expect(watchdog?.rule).toMatchObject({
      severity: 'none',
      expr: 'vector(1)',
      comparison: 'gt',
      threshold: 0,
      notification: { receiver: 'bank-heartbeat' },
    });
  });
});

describe('contact points', () => {
  test('carry the owner in their name and refer to secrets by name', () => {
    const point = defineContactPoint('everything', [
      pagerDuty({ integrationKey: secret('PD') }),
      slack({ url: secret('SLACK') }),
      webhook({ url: 'https://example.com/hook', credentials: secret('HOOK_TOKEN') }),
      email({ addresses: ['a@example.com', 'b@example.com'] }),
    ]);
    expect(contactPointOf(project, point).name).toBe('bank-everything');
    expect(point.integrations.map(({ type, settings }) => [type, settings])).toEqual([
      ['pagerduty', { integrationKey: { secret: 'PD' } }],
      ['slack', { url: { secret: 'SLACK' } }],
      [
        'webhook',
        {
          url: 'https://example.com/hook',
          httpMethod: 'POST',
          authorization_scheme: 'Bearer',
          authorization_credentials: { secret: 'HOOK_TOKEN' },
        },
      ],
      ['email', { addresses: 'a@example.com;b@example.com', singleEmail: true }],
    ]);
    expect(point.integrations.flatMap(secretsOf)).toEqual(['PD', 'SLACK', 'HOOK_TOKEN']);
  });

  test('without their secrets lead to the preview, with a warning; the others stay', () => {
    const point = defineContactPoint('both', [
      slack({ url: secret('SLACK') }),
      email({ addresses: ['a@example.com'] }),
    ]);
    const replaced = withPreviewReceivers(
      {
        resources: buildContactPoints(
          { contactPoints: [alerts.receivers.critical, point].filter((one) => one !== undefined) },
          project,
        ),
      },
      () => false,
      'http://preview',
    );
    const types = replaced.desired.resources.map((resource) =>
      resource.kind === 'contact-point' ? resource.contactPoint.integrations.map(({ type }) => type) : [],
    );
    expect(types).toEqual([['webhook'], ['email']]);
    expect(replaced.notes.map(({ message }) => message)).toEqual([
      'PAGERDUTY_KEY is not set; its notifications go to the preview only',
      'SLACK is not set; it notifies by its other integrations only',
    ]);
  });

  test('with their secrets stay as they are', () => {
    const desired = { resources: buildContactPoints(alerts, project) };
    expect(withPreviewReceivers(desired, () => true, 'http://preview')).toEqual({ desired, notes: [] });
  });
});
