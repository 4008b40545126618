import { describe, expect, test } from 'vitest';
import { parseBaseline, parseSavedBaseline, renderBaseline } from '../../src/gate/index.ts';
import { allowedBy, firesAt, halfOf, readingsOf, worstOf } from '../../src/gate/judge.ts';
import { worstOutcome } from '../../src/model/gate.ts';
import { seconds } from '../../src/model/quantity.ts';
import type { Limit } from '../../src/model/signal.ts';

const limit: Limit = { comparison: 'gt', value: seconds(2), for: '2m' };
const grid = [0, 60, 120, 180, 240, 300];
const points = (...values: readonly (number | undefined)[]) =>
  values.flatMap((value, index) => (value === undefined ? [] : [{ at: index * 60, value }]));

describe('an alert would fire', () => {
  test('when its limit has been passed for as long as it asks, and not before', () => {
    expect(firesAt(points(1, 3, 3, 3), grid, limit)).toBe(180);
    expect(firesAt(points(1, 3, 3, 1, 3, 3), grid, limit)).toBeUndefined();
  });

  test('not at its limit, where it has to be above', () => {
    expect(firesAt(points(2, 2, 2, 2), grid, limit)).toBeUndefined();
    expect(firesAt(points(2, 2, 2, 2), grid, { ...limit, comparison: 'gte' })).toBe(120);
  });

  test('over evaluations without a value: the rules keep their state', () => {
    expect(firesAt(points(3, undefined, undefined, undefined), grid, limit)).toBe(120);
    expect(firesAt(points(undefined, undefined), grid, limit)).toBeUndefined();
  });

  test('not by way of an evaluation that says nothing: a closed guard reads 0', () => {
    const silent = [{ at: 120, value: undefined }];
    const seen = [...points(3, 3), ...silent, ...points(undefined, undefined, undefined, undefined, 3, 3)];
    expect(firesAt(seen, grid, limit)).toBeUndefined();
  });

  test('nearly, at half of its limit', () => {
    expect(firesAt(points(1.5, 1.5, 1.5), grid, limit)).toBeUndefined();
    expect(firesAt(points(1.5, 1.5, 1.5), grid, halfOf(limit))).toBe(120);
  });
});

test('an evaluation says nothing where its guard was closed, or where it looks back to before the change', () => {
  const lookBack = (at: number) => (at === 60 ? undefined : at < 240 ? 300 : 60);
  const seen = readingsOf(points(0, 0, 0, 1, 2, 3), lookBack, -100);
  expect(seen).toEqual({
    readings: [0, 60, 120, 180, 240, 300].map((at) => ({ at, value: at < 240 ? undefined : at / 60 - 2 })),
    quiet: 1,
    early: 3,
  });
  expect(worstOf(seen.readings)).toBe(3);
  expect(worstOf(seen.readings.slice(0, 3))).toBeUndefined();
});

describe('a baseline allows', () => {
  test.each([
    ['latency-p95', 0.05, 0.075],
    ['latency-p95', 1, 1.2],
    ['query-p95', 0.125, 0.15],
    ['pool-utilisation', 0.2, 0.3],
    ['error-ratio', 0.001, 0.011],
    ['error-ratio', 0.1, 0.12],
  ] as const)('of %s, where it was %d, %d', (signal, baseline, allowed) => {
    expect(allowedBy(signal, baseline, { now: 70_000, before: 70_000 })).toBeCloseTo(allowed, 10);
  });

  test('a larger share of failures where there are few requests: that much is chance', () => {
    // 6 of 200, where none failed before; 14 of 900, where 3 failed.
    expect(allowedBy('error-ratio', 0, { now: 200, before: 200 })).toBeCloseTo(0.028, 3);
    expect(allowedBy('error-ratio', 3 / 900, { now: 900, before: 900 })).toBeCloseTo(0.0158, 3);
  });
});

test('a breach is one whatever else is unknown, and nothing at all is no pass', () => {
  expect(worstOutcome(['pass', 'inconclusive', 'breach'])).toBe('breach');
  expect(worstOutcome(['pass', 'inconclusive', 'warning'])).toBe('inconclusive');
  expect(worstOutcome(['pass', 'warning'])).toBe('warning');
  expect(worstOutcome(['pass'])).toBe('pass');
  expect(worstOutcome([])).toBe('inconclusive');
});

describe('--baseline', () => {
  test.each([
    ['none', { kind: 'none' }],
    ['offset:1d', { kind: 'offset', offset: '1d' }],
    ['version:v1.2.2', { kind: 'version', version: 'v1.2.2', label: undefined }],
    ['version:track=stable', { kind: 'version', version: 'stable', label: 'track' }],
    ['file:out/base.json', { kind: 'file', file: 'out/base.json' }],
  ])('%s is understood', (text, choice) => {
    expect(parseBaseline(text)).toEqual(choice);
  });

  test.each([
    '',
    'offset:',
    'offset:0s',
    'offset:yesterday',
    'offset',
    'branch:main',
    'version:bad-label=x',
    'version:track=',
  ])('"%s" is none', (text) => {
    expect(parseBaseline(text)).toBeUndefined();
  });
});

describe('a saved baseline', () => {
  const saved = {
    service: 'user-account',
    from: 1_765_807_200,
    until: 1_765_809_000,
    values: [
      { signal: 'query-p95' as const, series: {}, value: 0.0485821, observations: 72_000.4 },
      { signal: 'latency-p95' as const, series: {}, value: 0.05, observations: 72_000 },
    ],
  };

  test('is read as it was written, sorted', () => {
    const read = parseSavedBaseline(renderBaseline(saved));
    expect(read).toMatchObject({ service: 'user-account', from: saved.from, until: saved.until });
    expect('values' in read ? read.values.map(({ signal, observations }) => [signal, observations]) : []).toEqual([
      ['latency-p95', 72_000],
      ['query-p95', 72_000],
    ]);
  });

  test.each([
    ['no JSON', '{', 'is not JSON'],
    ['another file', '{"format":"grafana-as-code/plan","version":1}', 'is not a baseline'],
    ['a value below nothing', renderBaseline(saved).replace('0.05,', '-0.05,'), 'is not a baseline'],
  ])('that is %s is refused', (_, text, problem) => {
    const read = parseSavedBaseline(text);
    expect('problem' in read ? read.problem : '').toContain(problem);
  });
});
