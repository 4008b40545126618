import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanOf, shareUpTo } from '../../src/scenario/durations.ts';
import { bursts, daily, product, secondsOf, sum, through, timeOf, valueAt } from '../../src/scenario/index.ts';
import { poisson, randomFor } from '../../src/scenario/random.ts';

describe('times of day', () => {
  it('are seconds since midnight, and past 24:00 those of the next day', () => {
    expect(secondsOf('14:15')).toBe(51_300);
    expect(secondsOf('14:15:30')).toBe(51_330);
    expect(secondsOf('26:30')).toBe(95_400);
    expect(timeOf(51_300)).toBe('14:15');
    expect(timeOf(51_330)).toBe('14:15:30');
  });

  it('refuse what is none', () => {
    expect(() => secondsOf('14:75')).toThrow('"14:75" is not a time of day such as 14:15');
  });
});

describe('curves', () => {
  const at = (time: Parameters<typeof secondsOf>[0]) => secondsOf(time);

  it('go through their points, straight unless told otherwise, and stay at the ends', () => {
    const climb = through(['14:00', 10], ['14:10', 20], ['14:20', 5, 'step'], ['14:30', 5]);
    const values = ['13:00', '14:00', '14:05', '14:10', '14:19', '14:20', '18:00'] as const;
    expect(values.map((time) => valueAt(climb, at(time)))).toEqual([10, 10, 15, 20, 20, 5, 5]);
  });

  it('grow by a constant factor where they are exponential', () => {
    const growth = through(['14:15', 0.05], ['14:45', 3, 'exponential']);
    const middle = valueAt(growth, at('14:30'));
    expect(middle).toBeCloseTo(Math.sqrt(0.05 * 3), 10);
    expect(valueAt(growth, at('14:45'))).toBe(3);
  });

  it('stay within their points, whatever those are', () => {
    const value = fc.double({ min: 0.001, max: 1000, noNaN: true });
    fc.assert(
      fc.property(
        value,
        value,
        fc.constantFrom('linear', 'exponential', 'step'),
        fc.nat(7200),
        (low, high, way, second) => {
          const seen = valueAt(through(['14:00', low], ['15:00', high, way]), at('13:30') + second);
          expect(seen).toBeGreaterThanOrEqual(Math.min(low, high) * (1 - 1e-9));
          expect(seen).toBeLessThanOrEqual(Math.max(low, high) * (1 + 1e-9));
        },
      ),
    );
  });

  it('burst in a rhythm, follow the day, and compose', () => {
    const pattern = bursts({ from: '14:00', until: '15:00', every: '8m', lasting: '5m', low: 1, high: 9 });
    expect(['13:59', '14:04', '14:06', '14:08', '15:00'].map((time) => valueAt(pattern, at(time as '14:00')))).toEqual([
      1, 9, 1, 9, 1,
    ]);
    const rhythm = daily({ low: 10, high: 30, peak: '14:00' });
    expect(valueAt(rhythm, at('14:00'))).toBe(30);
    expect(valueAt(rhythm, at('02:00'))).toBeCloseTo(10, 10);
    expect(valueAt(product(rhythm, 2, sum(1, 0.5)), at('14:00'))).toBe(90);
  });
});

describe('durations', () => {
  it('have the 95th percentile that is asked for', () => {
    expect(shareUpTo(0.25, 0.25)).toBeCloseTo(0.95, 6);
    expect(shareUpTo(Number.POSITIVE_INFINITY, 0.25)).toBe(1);
  });

  it('have a mean below it, in proportion', () => {
    expect(meanOf(3) / meanOf(1)).toBeCloseTo(3, 10);
    expect(meanOf(1)).toBeGreaterThan(0.6);
    expect(meanOf(1)).toBeLessThan(0.8);
  });
});

describe('random arrivals', () => {
  it('are the same for the same name, and others for another', () => {
    const draw = (name: string) => Array.from({ length: 5 }, randomFor('seed', name));
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it.each([0.02, 3, 59, 500])('have mean and variance %d, as Poisson says', (mean) => {
    const random = randomFor('poisson', String(mean));
    const drawn = Array.from({ length: 20_000 }, () => poisson(mean, random));
    const average = drawn.reduce((all, one) => all + one, 0) / drawn.length;
    const variance = drawn.reduce((all, one) => all + (one - average) ** 2, 0) / drawn.length;
    expect(Math.abs(average / mean - 1)).toBeLessThan(0.1);
    expect(Math.abs(variance / mean - 1)).toBeLessThan(0.1);
  });
});
