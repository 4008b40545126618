import { describe, expect, test } from 'vitest';
import { isDuration, toDuration, toSeconds } from '../../src/model/duration.ts';
import { count, formatQuantity, milliseconds, percent, seconds, times } from '../../src/model/quantity.ts';

describe('quantities', () => {
  test.each([
    [percent(5), 0.05, '5 %'],
    [percent(75), 0.75, '75 %'],
    [percent(0.1), 0.001, '0.1 %'],
    [milliseconds(500), 0.5, '500 ms'],
    [seconds(2), 2, '2 s'],
    [seconds(1.5), 1.5, '1.5 s'],
    [count(2), 2, '2'],
    [times(3), 3, '3 ×'],
  ])('%o keeps its base value and reads well', (quantity, value, text) => {
    expect(quantity.value).toBe(value);
    expect(formatQuantity(quantity)).toBe(text);
  });
});

describe('durations', () => {
  test.each([
    ['30s', 30],
    ['2m', 120],
    ['1h', 3600],
    ['7d', 604_800],
  ] as const)('%s is %d seconds, and back', (duration, number) => {
    expect(toSeconds(duration)).toBe(number);
    expect(toDuration(number)).toBe(duration);
  });

  test.each(['five minutes', '5', '-5m', '1h30m', '', 'm'])('%j is not a duration', (text) => {
    expect(isDuration(text)).toBe(false);
  });

  test('a text that is not a duration is refused with the text in the message', () => {
    expect(() => toSeconds('5 minutes' as '5m')).toThrow('"5 minutes" is not a duration');
  });
});
