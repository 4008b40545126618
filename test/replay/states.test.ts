import { describe, expect, it } from 'vitest';
import { type Evaluation, grafanaSpans } from '../../src/replay/grafana-states.ts';

const rule = {
  comparison: 'gt',
  threshold: 5,
  for: '2m',
  keepFiringFor: '5m',
  evaluationInterval: '1m',
  noDataState: 'KeepLast',
  execErrState: 'KeepLast',
  missingSeriesEvalsToResolve: 5,
} as const;

/** One value a minute; `-` is an evaluation without any series, `!` one that failed. */
function minutes(text: string, key = 'a'): Evaluation[] {
  return text.split(' ').map((value, index) => ({
    at: index * 60,
    values: value === '-' || value === '!' ? new Map() : new Map([[key, Number(value)]]),
    ...(value === '!' ? { failed: true as const } : {}),
  }));
}

function spans(text: string, change: Partial<Parameters<typeof grafanaSpans>[0]> = {}) {
  return grafanaSpans({ ...rule, ...change }, minutes(text)).get('a');
}

describe("Grafana's states", () => {
  it('fire when the condition has held for `for`, and resolve `keep_firing_for` after it ended', () => {
    expect(spans('1 9 9 9 1 1 1 1 1 1 1')).toEqual([{ pending: 60, firing: 180, resolved: 540 }]);
  });

  it('never fire when the condition ends before', () => {
    expect(spans('1 9 9 1 1')).toEqual([{ pending: 60, resolved: 180 }]);
  });

  it('fire at once without `for`, and resolve at once without `keep_firing_for`', () => {
    expect(spans('1 9 1', { for: '0s', keepFiringFor: '0s' })).toEqual([{ pending: 60, firing: 60, resolved: 120 }]);
  });

  it('go on firing when the condition comes back while they recover', () => {
    expect(spans('9 9 9 1 1 9 1 1 1 1 1 1')).toEqual([{ pending: 0, firing: 120, resolved: 660 }]);
  });

  it('stay open at the end', () => {
    expect(spans('9 9 9 9')).toEqual([{ pending: 0, firing: 120 }]);
    expect(spans('1 9')).toEqual([{ pending: 60 }]);
  });

  it.each([
    ['gte', '4 5 5 5'],
    ['lt', '6 4 4 4'],
  ] as const)('compare with %s as the rule says', (comparison, values) => {
    expect(spans(values, { comparison })).toEqual([{ pending: 60, firing: 180 }]);
  });

  it('keep firing without data under KeepLast, and a pending one comes to fire', () => {
    expect(spans('9 9 9 - - - - - - - 9 1 1 1 1 1 1')).toEqual([{ pending: 0, firing: 120, resolved: 960 }]);
    expect(spans('1 9 - -')).toEqual([{ pending: 60, firing: 180 }]);
  });

  it('stay normal without data under KeepLast, and go on recovering', () => {
    expect(spans('1 - - - 1')).toEqual([]);
    expect(spans('9 9 9 1 - - - - -')).toEqual([{ pending: 0, firing: 120, resolved: 480 }]);
  });

  it('resolve at once without data under NoData: the lie that KeepLast prevents', () => {
    expect(spans('9 9 9 - - 9', { noDataState: 'NoData' })).toEqual([
      { pending: 0, firing: 120, resolved: 180 },
      { pending: 300 },
    ]);
  });

  it('fire without data under Alerting, even where there never was a series', () => {
    const seen = grafanaSpans({ ...rule, noDataState: 'Alerting' }, minutes('- - - -'));
    expect([...seen]).toEqual([['', [{ pending: 0, firing: 120 }]]]);
  });

  it('keep their last state while the query fails, or fire, as the rule says', () => {
    expect(spans('9 9 9 ! ! 9 1 1 1 1 1 1')).toEqual([{ pending: 0, firing: 120, resolved: 660 }]);
    expect(spans('1 ! ! ! 1 1 1 1 1 1', { execErrState: 'Alerting' })).toEqual([
      { pending: 60, firing: 180, resolved: 540 },
    ]);
    expect(spans('9 9 9 ! 9', { execErrState: 'Error' })).toEqual([
      { pending: 0, firing: 120, resolved: 180 },
      { pending: 240 },
    ]);
  });

  it('resolve a series that is missing for five evaluations while others are there', () => {
    const evaluations = Array.from({ length: 10 }, (_unused, index) => ({
      at: index * 60,
      values: new Map(
        index < 3
          ? ([
              ['a', 9],
              ['b', 1],
            ] as const)
          : ([['b', 1]] as const),
      ),
    }));
    expect(grafanaSpans(rule, evaluations).get('a')).toEqual([{ pending: 0, firing: 120, resolved: 420 }]);
  });
});
