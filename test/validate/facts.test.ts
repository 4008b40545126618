import { describe, expect, test } from 'vitest';
import { otel, promClient } from '../../src/metrics/index.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { count, milliseconds, percent, seconds, times } from '../../src/model/quantity.ts';
import { defineCatalog, type Service, type ServiceFacts } from '../../src/model/service.ts';
import { validateFacts } from '../../src/validate/index.ts';
import { aService, bankServices, builtOf, foundBy, project } from '../support/world.ts';

function problemsOf(...services: readonly Service[]): readonly Diagnostic[] {
  return validateFacts(defineCatalog(services), project);
}

/** Facts that the type checker would refuse; tsx runs them all the same. */
function untyped(facts: object): Service {
  return aService(facts as Partial<ServiceFacts>);
}

const bankMetrics = otel({ job: 'bank/payments' });
const declared = promClient({ job: 'payments', cpuLimitCores: 1, memoryLimitBytes: 2 ** 29 });
const withMetrics = (metrics: object) => untyped({ metrics: { ...bankMetrics, ...metrics } });
const pool = (facts: object) => untyped({ pools: [{ kind: 'database', name: 'x', maxConnections: 5, ...facts }] });

/** Facts that used to be valid and to alert wrongly, or never. */
const WRONG: [string, string, Service[], string][] = [
  ['F001', 'a pool of half a connection', [pool({ maxConnections: 0.5 })], 'at pools.0.maxConnections'],
  ['F001', 'a pool without end', [pool({ maxConnections: Number.POSITIVE_INFINITY })], 'at pools.0.maxConnections'],
  ['F001', 'a name that ends with a blank', [pool({ name: 'x ' })], 'begins or ends with a blank'],
  [
    'F001',
    'a memory limit of 0',
    [untyped({ metrics: { ...declared, memory: { ...declared.memory, limitBytes: 0 } } })],
    'at metrics.memory.limitBytes',
  ],
  [
    'F001',
    'a CPU limit that is no number',
    [untyped({ metrics: { ...declared, cpu: { ...declared.cpu, limitCores: Number.NaN } } })],
    'at metrics.cpu.limitCores',
  ],
  ['F001', 'a namespace without a name', [aService({ metrics: otel({ job: '/payments' }) })], 'at metrics.cpu.usage'],
  [
    'F001',
    'a matcher without quotation marks',
    [
      withMetrics({
        server: { ...bankMetrics.server, latency: { ...bankMetrics.server.latency, matchers: ['job=bank'] } },
      }),
    ],
    'is not a matcher',
  ],
  [
    'F001',
    'failures that no matcher tells',
    [withMetrics({ server: { ...bankMetrics.server, failures: { where: undefined } } })],
    'at metrics.server.failures',
  ],
  ['F001', 'a misspelt family', [withMetrics({ databasepool: bankMetrics.databasePool })], 'databasepool'],
  [
    'F006',
    'a share that nothing is above',
    [aService({ thresholds: { errorRatio: { above: percent(100) } } })],
    'errorRatio.above = 1',
  ],
  [
    'F006',
    'a share that everything is below',
    [aService({ thresholds: { trafficRatio: { below: percent(100) } } })],
    'trafficRatio.below = 1',
  ],
  [
    'F006',
    'more families than one series can miss',
    [aService({ thresholds: { telemetryAbsent: { above: count(1) } } })],
    'telemetryAbsent.above = 1',
  ],
  [
    'F006',
    'more signs than the service has',
    [aService({ databases: [], thresholds: { degradation: { atLeast: count(3) } } })],
    'degradation.atLeast = 3',
  ],
  ['F008', 'no waiting at all', [aService({ thresholds: { errorRatio: { for: '0s' } } })], 'errorRatio.for = 0s'],
  [
    'F009',
    'two databases of one name',
    [aService({ databases: [1, 2].map(() => ({ name: 'ledger', system: 'postgresql' })) })],
    'two databases named',
  ],
  [
    'F017',
    'a latency limit at the last boundary',
    [aService({ thresholds: { latencyP95: { above: seconds(10) } } })],
    'reads above its last boundary, 10 s',
  ],
  [
    'F017',
    'a floor above the last boundary',
    [aService({ thresholds: { latencyRegression: { floor: seconds(15) } } })],
    'latencyRegression.floor',
  ],
  ['F018', 'a job that is a pattern', [aService({ metrics: otel({ job: 'bank/.*' }) })], 'compares letter by letter'],
  [
    'F018',
    'a matcher that finds nothing',
    [
      withMetrics({
        server: { ...bankMetrics.server, latency: { ...bankMetrics.server.latency, matchers: ['job!~".*"'] } },
      }),
    ],
    'finds no series',
  ],
  [
    'F018',
    'a matcher that finds everything',
    [
      withMetrics({
        server: { ...bankMetrics.server, latency: { ...bankMetrics.server.latency, matchers: ['job=~".+"'] } },
      }),
    ],
    'finds every series',
  ],
  [
    'F018',
    'failures that are none',
    [withMetrics({ server: { ...bankMetrics.server, failures: { where: 'status!~".*"' } } })],
    'at metrics.server.failures.where that finds no series',
  ],
  [
    'F018',
    'two values of one label',
    [
      withMetrics({
        client: { ...bankMetrics.client, latency: { ...bankMetrics.client.latency, matchers: ['job="a"', 'job="b"'] } },
      }),
    ],
    'can never hold together',
  ],
  [
    'F019',
    'two services of one job',
    [aService(), aService({ id: 'staging', metrics: bankMetrics })],
    'so does payments',
  ],
];

/** Right in form, and most likely meant otherwise. */
const SLIPS: [string, Partial<ServiceFacts>, string][] = [
  ['a share that is never passed', { thresholds: { errorRatio: { above: percent(99.9) } } }, 'percent(5)'],
  ['traffic below what is usual', { thresholds: { trafficRatio: { below: percent(99) } } }, 'percent(20)'],
  ['a regression that is noise', { thresholds: { latencyRegression: { above: times(1.01) } } }, 'times(2.01)'],
  ['a queue that never is so long', { thresholds: { poolWaiting: { above: count(1e9) } } }, 'count(0)'],
  [
    'a maximum that says no limit',
    { pools: [{ kind: 'database', name: 'primary', maxConnections: 2 ** 31 - 1 }] },
    'the most that it can open',
  ],
  ['percent(0.75) for 75 %', { thresholds: { poolUtilisation: { atLeast: percent(0.75) } } }, 'percent(75)'],
  ['percent(0.9) for 90 %', { thresholds: { memoryUtilisation: { above: percent(0.9) } } }, 'percent(90)'],
  ['percent(0.8) for 80 %', { thresholds: { cpuUtilisation: { above: percent(0.8) } } }, 'percent(80)'],
  ['percent(0.05) for 5 %', { thresholds: { errorRatio: { above: percent(0.05) } } }, 'percent(5)'],
  ['percent(0.1) for 10 %', { thresholds: { dependencyErrorRatio: { above: percent(0.1) } } }, 'percent(10)'],
  ['percent(0.2) for 20 %', { thresholds: { instanceErrorRatio: { above: percent(0.2) } } }, 'percent(20)'],
  ['percent(0.2) of the traffic', { thresholds: { trafficRatio: { below: percent(0.2) } } }, 'percent(20)'],
  ['milliseconds for seconds', { thresholds: { latencyRegression: { floor: milliseconds(0.15) } } }, 'seconds(0.15)'],
  ['300 % as times(300)', { thresholds: { latencyRegression: { above: times(300) } } }, 'times(3)'],
  ['hours for minutes', { thresholds: { errorRatio: { for: '3h' } } }, '"3m"'],
  [
    'millicores',
    { metrics: promClient({ job: 'payments', cpuLimitCores: 500, memoryLimitBytes: 2 ** 29 }) },
    'Did you mean 0.5?',
  ],
  ['megabytes', { metrics: promClient({ job: 'payments', cpuLimitCores: 1, memoryLimitBytes: 512 }) }, '512 * 1024'],
  ['an address with a scheme', { dependencies: [{ external: 'https://bank.example.com/v1' }] }, '"bank.example.com"'],
  [
    'a pool for what is no dependency',
    {
      dependencies: [{ external: 'bank.example.com' }],
      pools: [{ kind: 'http', name: 'bank', maxConnections: 5, address: 'bank.exmaple.com' }],
    },
    'Did you mean "bank.example.com"?',
  ],
];

describe('facts', () => {
  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['all of an environment', ['job="a"'], ['job="a"', 'env="prod"'], ['aa']],
    ['a pattern of names', ['job=~"a|b"'], ['job="a"'], ['aa']],
    ['all but one', ['job!="c"'], ['job="a"'], ['aa']],
    ['the same in other words', ['job = "a"'], ['job="a"'], ['aa', 'bb']],
    ['others', ['job="a"', 'env="test"'], ['job="a"', 'env="prod"'], []],
    ['a part that may be common', ['env="prod"'], ['job="a"'], []],
  ])('F019: a service whose matchers find %s is asked about', (_, wide, narrow, warned) => {
    const services = [wide, narrow].map((matchers, index) => {
      const id = ['aa', 'bb'][index] ?? '';
      return foundBy(aService({ id, title: id }), matchers);
    });
    const found = problemsOf(...services).filter(({ code }) => code === 'F019');
    expect(found.map(({ level, subject }) => `${level} ${subject}`)).toEqual(
      warned.map((id) => `warning service ${id}`),
    );
  });

  test.each(SLIPS)('F016: %s is asked about, and stops nothing', (_, facts, meant) => {
    const problems = problemsOf(...bankServices, aService(facts));
    expect(problems.map(({ code, level }) => `${code} ${level}`)).toEqual(['F016 warning']);
    expect(problems[0]?.remedy).toContain(meant);
  });

  test('that are strict on purpose are not asked about', () => {
    const strict = aService({
      thresholds: {
        errorRatio: { above: percent(0.5), for: '10m' },
        poolUtilisation: { atLeast: percent(50) },
        latencyRegression: { above: times(10), floor: milliseconds(20) },
        queryP95: { above: milliseconds(10) },
      },
    });
    expect(problemsOf(...bankServices, strict)).toEqual([]);
  });

  test('that name a service by its old name are not sent to another one', () => {
    const [problem] = problemsOf(...bankServices, aService({ dependencies: [{ service: 'cart-service' }] }));
    expect(problem?.code).toBe('F004');
    expect(problem?.remedy).not.toContain('Did you mean');
  });

  test.each([
    [{ threshold: {} }, 'Did you mean "thresholds"?'],
    [{ metrics: { ...bankMetrics, databasepool: bankMetrics.databasePool } }, 'Did you mean "databasePool"?'],
    [
      { metrics: { ...bankMetrics, server: { ...bankMetrics.server, falures: { where: 'a="b"' } } } },
      'Did you mean "failures"?',
    ],
    [{ pools: [{ kind: 'http', name: 'x', maxConnections: 1, adress: 'y' }] }, 'Did you mean "address"?'],
    [{ thresholds: { latencyRegression: { flooor: seconds(1) } } }, 'Did you mean "floor"?'],
  ])('with a misspelt key %j name the right one', (facts, remedy) => {
    expect(problemsOf(untyped(facts)).map((problem) => problem.remedy)[0]).toContain(remedy);
  });

  test('of the project’s own services have no problem', () => {
    expect(problemsOf(...bankServices)).toEqual([]);
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
    [
      'F001',
      'a job without a name',
      [aService({ metrics: otel({ job: '' }) })],
      'at metrics.server.latency.matchers.0',
    ],
    ['F001', 'no metrics at all', [untyped({ metrics: undefined })], 'at metrics'],
    [
      'F023',
      'a pool that its metrics do not bind',
      [untyped({ metrics: { ...otel({ job: 'x' }), databasePool: undefined } })],
      'of which its metrics record nothing',
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
      'has two http pools that cannot be distinguished: "a" and "b"',
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
      'has two http pools that cannot be distinguished: "a" and "b"',
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
    ['F002', 'an id that is longer than the name of a host', [aService({ id: 'a'.repeat(64) })], 'at most 63'],
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
      [aService({ dependencies: [{ service: 'user-acconut' }] })],
      'depends on "user-acconut", which no service defines',
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
      'a `for` that is not a duration',
      [untyped({ thresholds: { errorRatio: { for: 'five minutes' } } })],
      'which is not a duration',
    ],
    [
      'F007',
      'a latency threshold between two bucket boundaries',
      [aService({ thresholds: { latencyP95: { above: seconds(3) } } })],
      'not a boundary of the server histogram',
    ],
    [
      'F007',
      'a query threshold between two bucket boundaries',
      [aService({ thresholds: { queryP95: { above: milliseconds(300) } } })],
      'not a boundary of the database histogram',
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
    ...WRONG,
  ])('%s: %s', (code, _, services, message) => {
    const problems = problemsOf(...services);
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(problems.find((problem) => problem.code === code)?.message).toContain(message);
  });

  test.each<[string, Partial<typeof project>]>([
    ['F010', { owner: 'my-bank' }],
    ['F011', { folder: { uid: 'services', title: 'Bank' } }],
    ['F012', { evaluationInterval: '15s' }],
    ['F013', { folder: { uid: 'bank-services', title: '' } }],
    ['F013', { folder: { uid: 'bank-services', title: 'Bank ' } }],
    ['F013', { folder: { uid: 'bank-services', title: ' Bank' } }],
    ['F013', { scrapeInterval: '0s' }],
    ['F012', { evaluationInterval: '0s' }],
    ['F013', { notifications: { ...project.notifications, repeatInterval: '0s' } }],
    ['F013', { dataSource: { uid: '', name: 'Prometheus' } }],
    ['F013', { repository: { url: 'nope', branch: 'main' } }],
    ['F013', { repository: { url: 'https://github.com/example/x/', branch: 'main' } }],
  ])('%s: facts of the project that Grafana would not take', (code, facts) => {
    expect(validateFacts(defineCatalog([]), { ...project, ...facts }).map((problem) => problem.code)).toEqual([code]);
  });

  test('name the file to open, and the likely word for a misspelt one', () => {
    const [problem] = problemsOf(...bankServices, aService({ dependencies: [{ service: 'user-acconut' }] }));
    expect(problem?.file).toMatch(/test\/support\/world\.ts$/);
    expect(problem?.remedy).toContain('Did you mean "user-account"?');
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
    expect(problemsOf(...bankServices, hole)).toMatchObject([{ code: 'F001', file: 'services/' }]);
  });

  test('that are wrong stop everything before anything is built', () => {
    const built = builtOf([untyped({ metrics: undefined })]);
    expect(built.ok).toBe(false);
  });
});
