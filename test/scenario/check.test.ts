import { describe, expect, test } from 'vitest';
import { defineCatalog } from '../../src/model/service.ts';
import { bursts, checkScenarios, defineScenario, type Scenario, through } from '../../src/scenario/index.ts';
import { template } from '../../src/scenario/template.ts';
import { ownRules, scenarios } from '../support/replays.ts';
import { aService, bankServices } from '../support/world.ts';

const subject = { catalog: defineCatalog(bankServices), alerts: new Set(ownRules.map(({ alert }) => alert)) };
const because = 'of a test';
const must = {
  alert: 'ServiceErrorRateHigh',
  service: 'user-account',
  pages: true,
  between: ['14:00', '14:10'],
  because,
} as const;

function scenario(change: Partial<Scenario>): Scenario {
  const expect = { must: [], may: [], never: [] };
  return defineScenario({ id: 'one', title: 'One', because, from: '12:30', until: '15:00', expect, ...change });
}

function told(change: Partial<Scenario>): string[] {
  return checkScenarios([scenario(change)], subject).map(({ message }) => message);
}

describe('scenarios', () => {
  test('of the library, and the template, are about what exists', () => {
    expect(checkScenarios(scenarios, subject)).toEqual([]);
    const web = aService({ id: 'web', dependencies: [{ service: 'payments' }] });
    expect(checkScenarios([template], { ...subject, catalog: defineCatalog([aService(), web]) })).toEqual([]);
  });

  test('with the same id are told apart by nobody', () => {
    expect(checkScenarios([scenario({}), scenario({})], subject).map(({ message }) => message)).toEqual([
      'has the id of another scenario',
    ]);
  });

  test('that are none, or that nothing is proven by, are no pass', () => {
    const codes = (found: ReturnType<typeof checkScenarios>) => found.map(({ code }) => code);
    expect(codes(checkScenarios([], subject))).toEqual(['T107']);
    expect(codes(checkScenarios([scenario({})], { ...subject, alerts: new Set() }))).toEqual(['T107']);
  });

  test.each([
    [
      'a service that is none',
      { services: { 'offers-service': {} } },
      'is about offers-service, which is not a service',
    ],
    [
      'an alert that is none',
      { expect: { must: [], may: [], never: [{ alert: 'ServiceErorRateHigh', because }] } },
      'expects something of ServiceErorRateHigh, which is not an alert',
    ],
    [
      'a pool the service does not have',
      { services: { 'user-account': { pools: { main: { used: 0.5 } } } } },
      'fills the pool main, which user-account does not have',
    ],
    [
      'a dependency the service does not have',
      { services: { 'offer-service': { calls: { payments: { errors: 0.5 } } } } },
      'has offer-service call payments, which it does not',
    ],
    ['a share above 1', { services: { 'user-account': { errors: 5 } } }, 'has errors of user-account at 5'],
    ['a negative rate', { defaults: { traffic: -1 } }, 'has traffic of every service at -1'],
    [
      'points in no order',
      { services: { 'user-account': { latencyP95: through(['14:30', 0.05], ['14:00', 3]) } } },
      'has points of latencyP95 of user-account in no order',
    ],
    ['an end before its beginning', { until: '11:00' }, 'ends at 11:00, before it begins at 12:30'],
    ['no time of day', { from: '8:5' }, 'has "8:5", which is not a time of day'],
    [
      'no time of day in a curve',
      { services: { 'user-account': { errors: through(['14:99', 0]) } } },
      'has "14:99", which is not a time of day',
    ],
    [
      'an event outside',
      { events: [{ at: '10:00', title: 'x' }] },
      'names 10:00, which is not between 12:30 and 15:00',
    ],
    [
      'an expectation outside',
      { expect: { must: [{ ...must, resolvedBy: '16:00' }], may: [], never: [] } },
      'names 16:00, which is not between 12:30 and 15:00',
    ],
    [
      'no duration',
      { defaults: { restarts: [{ kind: 'rollout', at: '14:00', apart: 'soon' }] } },
      'has "soon", which is not a duration',
    ],
    [
      'bursts without an interval',
      { defaults: { errors: bursts({ from: '14:00', until: '14:30', every: '0s', lasting: '5m', low: 0, high: 1 }) } },
      'has "0s", which is not a duration',
    ],
    ['samples without an interval', { sampleInterval: '0s' }, 'has "0s", which is not a duration'],
    ['half an instance', { services: { 'user-account': { instances: 0.5 } } }, 'has 0.5 instances of user-account'],
    [
      'an instance that is not there',
      { services: { 'user-account': { instanceOverrides: { 2: { errors: 1 } } } } },
      'overrides instance 2 of user-account, which has 2',
    ],
    ['a day in another form', { day: '3.2.2026' }, 'has the day "3.2.2026"'],
  ] as const)('with %s are refused before they run', (_, change, message) => {
    expect(told(change as Partial<Scenario>)).toEqual([message]);
  });
});
