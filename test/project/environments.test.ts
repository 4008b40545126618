import { describe, expect, test } from 'vitest';
import { defineContactPoint, secret } from '../../src/alerts.ts';
import { type Built, buildFrom } from '../../src/app/build-project.ts';
import { slack } from '../../src/build/contact-points.ts';
import {
  defineEnvironments,
  defineProject,
  defineService,
  type Environment,
  otel,
  percent,
  type ServiceFacts,
} from '../../src/index.ts';
import { inEnvironment } from '../../src/project/in-environment.ts';
import type { LoadedProject } from '../../src/project/source.ts';
import { parseQuery } from '../../src/validate/promql.ts';
import { bankServices, dashboardsOf, project, rulesOf, sourceOf } from '../support/world.ts';

const production: Environment = {
  mark: 'bank',
  dataSource: project.dataSource,
  folder: project.folder,
  matchers: ['env="production"'],
};
const staging: Environment = {
  mark: 'bankstg',
  dataSource: { uid: 'other', name: 'Other' },
  folder: { uid: 'bankstg-services', title: 'Bank staging' },
  matchers: ['env="staging"'],
  labels: { environment: 'staging' },
};
const { environments, per } = defineEnvironments({ production, staging });

function loaded(services = bankServices, all: Readonly<Record<string, Environment>> = environments): LoadedProject {
  return { ...sourceOf(services), environments: all };
}

function built(name: string, source = loaded()): Extract<Built, { ok: true }> {
  const made = buildFrom(source, name);
  if (!made.ok) throw new Error(made.problems.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return made;
}

function problemsOf(all: Readonly<Record<string, Environment>>): readonly string[] {
  const made = buildFrom(loaded(bankServices, all));
  return made.ok ? [] : made.problems.map(({ code, subject }) => `${code} ${subject}`);
}

const facts = {
  id: 'payments',
  title: 'Payments',
  team: 'money',
  tier: 'internal',
  metrics: otel({ job: 'bank/payments' }),
} as const satisfies ServiceFacts;

describe('a fact that differs', () => {
  const payments = defineService({
    ...facts,
    tier: per({ production: 'edge', staging: 'internal' }),
    databases: [{ name: 'ledger', system: 'postgresql' }],
    pools: [{ kind: 'database', name: 'primary', maxConnections: per({ production: 50, staging: 5 }) }],
    thresholds: {
      errorRatio: { above: per({ production: percent(1), staging: percent(20) }) },
      cpuUtilisation: per({ production: { for: '5m' }, staging: { for: '20m' } }),
    },
  });
  const here = (name: string) =>
    inEnvironment(loaded([...bankServices, payments]), name).services.find(({ id }) => id === 'payments');

  test('is one value in each environment, wherever it stands', () => {
    expect(here('production')).toMatchObject({ tier: 'edge', pools: [{ maxConnections: 50 }] });
    expect(here('staging')).toMatchObject({ tier: 'internal', pools: [{ maxConnections: 5 }] });
  });

  test('of a threshold keeps the defaults of what is not stated', () => {
    expect(here('production')?.thresholds.errorRatio).toEqual({ above: percent(1), for: '3m' });
    expect(here('staging')?.thresholds.errorRatio).toEqual({ above: percent(20), for: '3m' });
    expect(here('staging')?.thresholds.cpuUtilisation).toEqual({ above: percent(80), for: '20m' });
  });

  test('may be all thresholds at once', () => {
    const service = defineService({
      ...facts,
      thresholds: per({ production: { errorRatio: { for: '4m' } }, staging: {} }),
    });
    const { services } = inEnvironment(loaded([service]), 'production');
    expect(services[0]?.thresholds).toMatchObject({ errorRatio: { above: percent(5), for: '4m' } });
    expect(inEnvironment(loaded([service]), 'staging').services[0]?.thresholds.errorRatio.for).toBe('3m');
  });

  test('may be one of the project', () => {
    const { alerts, dashboards } = sourceOf();
    const stated = defineProject({
      owner: 'bank',
      system: per({ production: 'bank', staging: 'bank-staging' }),
      team: 'platform',
      evaluationInterval: per({ production: '30s', staging: '1m' }),
      histogramBoundaries: project.histogramBoundaries,
      repository: project.repository,
      dashboards,
      alerts: per({ production: alerts, staging: { ...alerts, project: [] } }),
    });
    const { alerts: chosen, dashboards: _, ...own } = stated;
    const source = { ...loaded(), project: own, alerts: chosen };
    expect(built('staging', source).project).toMatchObject({ system: 'bank-staging', evaluationInterval: '1m' });
    expect(built('production', source).project).toMatchObject({ system: 'bank', evaluationInterval: '30s' });
    const ofProject = (name: string) =>
      rulesOf(built(name, source).desired).filter(({ service }) => service === undefined);
    expect(ofProject('production')).not.toEqual([]);
    expect(ofProject('staging')).toEqual([]);
  });

  test('is refused by the compiler where an environment is forgotten, or is none', () => {
    const pool = { kind: 'database', name: 'primary' } as const;
    const forgotten = defineService({
      ...facts,
      // @ts-expect-error staging is missing
      pools: [{ ...pool, maxConnections: per({ production: 50 }) }],
    });
    // @ts-expect-error there is no testing
    per({ production: 50, staging: 5, testing: 1 });
    defineService({
      ...facts,
      // @ts-expect-error a share is no number of connections
      pools: [{ ...pool, maxConnections: per({ production: percent(1), staging: percent(2) }) }],
    });
    defineService({
      ...facts,
      // @ts-expect-error the id is the same everywhere
      id: per({ production: 'a', staging: 'b' }),
    });
    // What the compiler was not asked about is found when it is built.
    const made = buildFromStated(loaded([forgotten]), 'staging');
    expect(made).toContain('has no value at pools.0.maxConnections for the environment staging');
  });
});

function buildFromStated(source: LoadedProject, name: string): string {
  try {
    const made = buildFrom(source, name);
    return made.ok ? '' : made.problems.map(({ message }) => message).join();
  } catch (error) {
    return String(error);
  }
}

describe('an environment', () => {
  test('has its mark in every UID, in the tag of dashboards, and in the label of rules', () => {
    const { desired } = built('staging');
    expect(desired.resources.filter(({ uid }) => !uid.startsWith('bankstg-'))).toEqual([]);
    for (const { spec } of dashboardsOf(desired)) expect(spec['tags']).toContain('as-code:bankstg');
    for (const { rule } of rulesOf(desired)) {
      expect(rule.labels).toMatchObject({ as_code: 'bankstg', environment: 'staging' });
      expect(rule).toMatchObject({ dataSourceUid: 'other' });
    }
    expect(JSON.stringify(desired)).not.toContain('"bank-');
    expect(JSON.stringify(desired)).not.toContain('/d/bank-');
  });

  test('has its matchers in every query of a service, of panels and of rules', () => {
    const { desired } = built('staging');
    const rules = rulesOf(desired).filter(({ service }) => service !== undefined);
    expect(rules).not.toEqual([]);
    for (const { rule, uid } of rules) {
      const { selectors } = parseQuery(rule.expr);
      const others = selectors.filter(({ matchers }) => !matchers.includes('env="staging"'));
      expect([uid, others.map(({ metric }) => metric)]).toEqual([uid, []]);
    }
    const queries = JSON.stringify(dashboardsOf(desired).map(({ spec }) => spec)).match(/\{[^{}]*job=[^{}]*\}/g) ?? [];
    expect(queries.length).toBeGreaterThan(50);
    expect(queries.filter((query) => !query.includes('env='))).toEqual([]);
    expect(JSON.stringify(desired)).not.toContain('production');
  });

  test('that has the owner as mark and nothing else of its own is built as the project without, but for marks of deployments', () => {
    const { matchers: _, ...plain } = production;
    const alone = buildFrom(sourceOf());
    const here = built('production', loaded(bankServices, { production: plain, staging })).desired;
    expect(JSON.stringify(here)).toContain('"as-code:bank"],"matchAny"');
    const text = (desired: object) => JSON.stringify(desired).replaceAll(',"as-code:bank"],"matchAny"', '],"matchAny"');
    expect(alone.ok && JSON.parse(text(alone.desired))).toEqual(JSON.parse(text(here)));
  });

  test('notifies whom its routing names, and makes their contact points alone', () => {
    const chat = defineContactPoint('stage', [slack({ url: secret('SLACK_WEBHOOK_URL') })]);
    const quiet = { ...staging, routing: { receivers: { critical: chat, warning: chat, none: undefined } } };
    const { desired } = built('staging', loaded(bankServices, { production, staging: quiet }));
    const points = desired.resources.filter(({ kind }) => kind === 'contact-point');
    expect(points.map(({ uid }) => uid)).toEqual(['bankstg-stage']);
    const receivers = rulesOf(desired).map(({ rule }) => rule.notification.receiver);
    expect(new Set(receivers)).toEqual(new Set(['bankstg-stage']));
  });

  test('is an argument: one process builds several, in any order, and each as if it were alone', () => {
    const source = loaded();
    const [first, other, again] = [built('staging', source), built('production', source), built('staging', source)];
    expect(again.desired).toEqual(first.desired);
    expect(other.project.mark).toBe('bank');
    expect(built('production', loaded()).desired).toEqual(other.desired);
  });
});

describe('validation refuses', () => {
  test('two environments of one mark, and marks that cannot stand in a UID', () => {
    expect(problemsOf({ production, staging: { ...staging, mark: 'bank' } })).toContain('F031 environment staging');
    for (const mark of ['bank-stg', 'Bank', 'bankstaging1', ''])
      expect(problemsOf({ production, staging: { ...staging, mark } })).toContain('F030 environment staging');
    expect(problemsOf({ production, Staging: staging })).toContain('F030 environment Staging');
  });

  test('labels that are the engine’s own, and matchers that are none', () => {
    const labelled = (labels: Readonly<Record<string, string>>) =>
      problemsOf({ production: { ...production, labels } });
    expect(labelled({ severity: 'critical' })).toContain('F033 environment production');
    expect(labelled({ 'an environment': 'x' })).toContain('F033 environment production');
    expect(labelled({ environment: '{{ x }}' })).toContain('F033 environment production');
    expect(problemsOf({ production: { ...production, matchers: ['production'] } })).toContain(
      'F033 environment production',
    );
  });

  test('a folder that another mark would own', () => {
    expect(problemsOf({ staging: { ...staging, folder: project.folder } })).toContain('F011 project');
  });
});
