import { describe, expect, test } from 'vitest';
import { otel } from '../../src/metrics/index.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { count, milliseconds, percent, seconds, times } from '../../src/model/quantity.ts';
import { defineCatalog, type Service, type ServiceFacts } from '../../src/model/service.ts';
import { validateFacts } from '../../src/validate/index.ts';
import { aService, builtOf, project, shopServices } from '../support/world.ts';

function problemsOf(...services: readonly Service[]): readonly Diagnostic[] {
  return validateFacts(defineCatalog(services), project);
}

/** Facts that the type checker would refuse; tsx runs them all the same. */
function untyped(facts: object): Service {
  return aService(facts as Partial<ServiceFacts>);
}

describe('facts', () => {
  test('of the project’s own services have no problem', () => {
    expect(problemsOf(...shopServices)).toEqual([]);
  });

  test.each<[string, string, Service[], string]>([
    ['F001', 'a misspelt fact', [untyped({ threshold: {} })], 'Unrecognized key: "threshold"'],
    ['F001', 'a tier that does not exist', [untyped({ tier: 'outer' })], 'at tier'],
    [
      'F001',
      'a pool without a maximum',
      [untyped({ pools: [{ kind: 'database', name: 'x' }] })],
      'at pools.0.maxConnections',
    ],
    [
      'F001',
      'a pool of size 0',
      [untyped({ pools: [{ kind: 'database', name: 'x', maxConnections: 0 }] })],
      'at pools.0.maxConnections',
    ],
    [
      'F001',
      'a threshold that does not exist',
      [untyped({ thresholds: { errorRate: { above: percent(5) } } })],
      'has a threshold "errorRate", which does not exist',
    ],
    [
      'F001',
      'the wrong side of a threshold',
      [untyped({ thresholds: { errorRatio: { below: percent(5) } } })],
      'thresholds.errorRatio.below',
    ],
    ['F001', 'a title of two lines', [aService({ title: 'Pay\nments' })], 'at title: holds a line break'],
    ['F001', 'a team with a template in it', [aService({ team: '{{ $labels.team }}' })], 'at team: holds {{'],
    ['F001', 'a job without a name', [aService({ metrics: otel({ job: '' }) })], 'at metrics.server.matchers.0'],
    ['F001', 'no metrics at all', [untyped({ metrics: undefined })], 'at metrics'],
    [
      'F001',
      'metrics without pools',
      [untyped({ metrics: { ...otel({ job: 'x' }), databasePool: undefined } })],
      'at metrics.databasePool',
    ],
    [
      'F009',
      'two http pools that see the same calls',
      [
        aService({
          pools: [
            { kind: 'http', name: 'a', maxConnections: 5 },
            { kind: 'http', name: 'b', maxConnections: 5, address: 'b' },
          ],
        }),
      ],
      'has two http pools that can not be told apart: "a" and "b"',
    ],
    [
      'F009',
      'two http pools of one address',
      [
        aService({
          pools: [
            { kind: 'http', name: 'a', maxConnections: 5, address: 'b' },
            { kind: 'http', name: 'b', maxConnections: 5, address: 'b' },
          ],
        }),
      ],
      'has two http pools that can not be told apart: "a" and "b"',
    ],
    [
      'F006',
      'a limit that everything reaches',
      [aService({ thresholds: { poolUtilisation: { atLeast: percent(0) } } })],
      'poolUtilisation.atLeast = 0',
    ],
    [
      'F006',
      'a limit that nothing is below',
      [aService({ thresholds: { trafficRatio: { below: percent(0) } } })],
      'trafficRatio.below = 0',
    ],
    [
      'F006',
      'more signs than there are',
      [aService({ thresholds: { degradation: { atLeast: count(4) } } })],
      'degradation.atLeast = 4',
    ],
    [
      'F006',
      'half a sign',
      [aService({ thresholds: { degradation: { atLeast: count(1.5) } } })],
      'degradation.atLeast = 1.5',
    ],
    [
      'F006',
      'a regression that is none',
      [aService({ thresholds: { latencyRegression: { above: times(1) } } })],
      'latencyRegression.above = 1',
    ],
    [
      'F001',
      'a number that is none',
      [aService({ thresholds: { errorRatio: { above: percent(Number.NaN) } } })],
      'at thresholds.errorRatio.above',
    ],
    ['F002', 'an id with capitals', [aService({ id: 'Payments' })], 'not lower-case letters'],
    [
      'F002',
      'an id that would make UIDs too long',
      [aService({ id: 'a-very-long-name-of-a-service' })],
      'longer than 40',
    ],
    [
      'F002',
      'an id that means the project itself',
      [aService({ id: 'project' })],
      'names something of the project itself',
    ],
    ['F003', 'two services with one id', [aService(), aService()], 'has the same id as the service in'],
    [
      'F004',
      'a dependency that no service defines',
      [aService({ dependencies: [{ service: 'user-servise' }] })],
      'depends on "user-servise", which no service defines',
    ],
    [
      'F005',
      'a threshold of the wrong unit',
      [untyped({ thresholds: { latencyP95: { above: percent(5) } } })],
      'in ratio, and it is measured in seconds',
    ],
    [
      'F005',
      'a threshold as a bare text',
      [untyped({ thresholds: { latencyP95: { above: '2s' } } })],
      '= "2s" without a unit, and it is measured in seconds',
    ],
    [
      'F005',
      'a threshold as a bare number',
      [untyped({ thresholds: { poolUtilisation: { atLeast: 75 } } })],
      '= 75 without a unit, and it is measured in ratio',
    ],
    [
      'F014',
      'a dependency on itself',
      [aService({ dependencies: [{ service: aService({}).id }] })],
      'depends on itself',
    ],
    [
      'F014',
      'a dependency stated twice',
      [aService({ dependencies: [{ external: 'bank' }, { external: 'bank' }] })],
      'depends on "bank" twice',
    ],
    [
      'F006',
      'a share above 100 %',
      [aService({ thresholds: { errorRatio: { above: percent(500) } } })],
      'can never be right',
    ],
    [
      'F006',
      'a `for` that is no duration',
      [untyped({ thresholds: { errorRatio: { for: 'five minutes' } } })],
      'which is no duration',
    ],
    [
      'F007',
      'a latency threshold between two bucket boundaries',
      [aService({ thresholds: { latencyP95: { above: seconds(3) } } })],
      'no boundary of the server histogram',
    ],
    [
      'F007',
      'a query threshold between two bucket boundaries',
      [aService({ thresholds: { queryP95: { above: milliseconds(300) } } })],
      'no boundary of the database histogram',
    ],
    [
      'F008',
      'a `for` under two evaluations',
      [aService({ thresholds: { poolWaiting: { above: count(0), for: '1m' } } })],
      'under two evaluations',
    ],
    [
      'F009',
      'two pools of one name',
      [aService({ pools: [1, 2].map(() => ({ kind: 'database', name: 'primary', maxConnections: 5 }) as const) })],
      'two pools named',
    ],
  ])('%s: %s', (code, _, services, message) => {
    const problems = problemsOf(...services);
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(problems.find((problem) => problem.code === code)?.message).toContain(message);
  });

  test.each<[string, Partial<typeof project>]>([
    ['F010', { owner: 'my-shop', folder: { uid: 'my-shop-services', title: 'Shop' } }],
    ['F011', { folder: { uid: 'services', title: 'Shop' } }],
    ['F012', { evaluationInterval: '15s' }],
    ['F013', { folder: { uid: 'shop-services', title: '' } }],
    ['F013', { dataSource: { uid: '', name: 'Prometheus' } }],
    ['F013', { repository: { url: 'nope', branch: 'main' } }],
    ['F013', { repository: { url: 'https://github.com/example/x/', branch: 'main' } }],
  ])('%s: facts of the project that Grafana would not take', (code, facts) => {
    expect(validateFacts(defineCatalog([]), { ...project, ...facts }).map((problem) => problem.code)).toEqual([code]);
  });

  test('name the file to open, and the likely word for a misspelt one', () => {
    const [problem] = problemsOf(...shopServices, aService({ dependencies: [{ service: 'user-servise' }] }));
    expect(problem?.file).toBe('test/support/world.ts');
    expect(problem?.remedy).toContain('Did you mean "user-service"?');
  });

  test('are all reported together, not one at a time', () => {
    const codes = problemsOf(
      aService({ id: 'Bad', dependencies: [{ service: 'x' }], thresholds: { errorRatio: { above: percent(200) } } }),
    ).map(({ code }) => code);
    expect(codes).toEqual(['F002', 'F006', 'F004']);
  });

  test('of services that are well are looked at though those of another have the wrong shape', () => {
    const codes = problemsOf(
      untyped({ id: 'one', tier: 'middle' }),
      aService({ id: 'two', dependencies: [{ service: 'x' }] }),
    );
    expect(codes.map(({ code }) => code)).toEqual(['F001', 'F004']);
  });

  test('a hole in the list of services is told, with the file', () => {
    const hole = undefined as unknown as Parameters<typeof problemsOf>[0];
    expect(problemsOf(...shopServices, hole)).toMatchObject([{ code: 'F001', file: 'services/index.ts' }]);
  });

  test('that are wrong stop everything before anything is built', () => {
    const built = builtOf([untyped({ metrics: undefined })]);
    expect(built.ok).toBe(false);
  });
});
