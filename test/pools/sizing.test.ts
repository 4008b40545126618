import { describe, expect, test } from 'vitest';
import { type PoolSeries, sizePool } from '../../src/pools/sizing.ts';

const service = { id: 'user-account', title: 'User Account' };
/** An instance by the connections in use and those taken a second, minute by minute. */
function series(
  instances: readonly { readonly demand: readonly number[]; readonly taken: readonly number[] }[],
  facts: Partial<PoolSeries> = {},
): PoolSeries {
  const points = (values: readonly number[]) => values.map((value, index) => ({ at: index * 60, value }));
  return {
    service,
    pool: 'primary',
    kind: 'database',
    maximum: 20,
    slowFrom: 0.5,
    demand: instances.map(({ demand }) => points(demand)),
    taken: instances.map(({ taken }) => points(taken)),
    reported: undefined,
    waiting: undefined,
    ...facts,
  };
}

describe('a pool', () => {
  test('needs its peak at three quarters, and is told what slower work would ask for', () => {
    const { demand, instances, verdict } = sizePool(
      series([
        { demand: [1, 1, 6], taken: [20, 20, 120] },
        { demand: [1, 2, 2], taken: [20, 40, 40] },
      ]),
    );
    expect(demand).toEqual({
      usual: 2,
      busiest: 120,
      peak: 6,
      peakAt: 120,
      heldUsually: 0.05,
      heldAtPeak: 0.05,
      reported: undefined,
      waiting: undefined,
      size: 8,
      headroom: 0.7,
      slower: [
        { factor: 3, connections: 18 },
        { factor: 60, connections: 360 },
      ],
    });
    expect({ instances, verdict }).toEqual({ instances: 2, verdict: 'fits' });
  });

  test('that traffic alone fills is too small', () => {
    const { verdict, recommendation } = sizePool(series([{ demand: [2, 2, 16], taken: [40, 40, 320] }]));
    expect(verdict).toBe('small');
    expect(recommendation).toContain('Enlarge it to 22, 22 connections to the database in all');
  });

  test('that fills because each connection is held longer is not to be enlarged', () => {
    const slow = { demand: [1, 1, 40], taken: [20, 20, 20] };
    const { verdict, recommendation, demand } = sizePool(series([slow, slow], { waiting: 30 }));
    expect(verdict).toBe('slow');
    expect(recommendation).toContain('held 2 s instead of 50 ms');
    expect(recommendation).toContain('54, 108 connections to the database in all');
    expect(demand?.headroom).toBe(-1);
  });

  test('that is slow all the time, as in the middle of an incident, is not to be enlarged either', () => {
    const slow = { demand: [40, 40, 40], taken: [20, 20, 20] };
    const { verdict, recommendation } = sizePool(series([slow]));
    expect(verdict).toBe('slow');
    expect(recommendation).toContain('held 2 s and 500 ms is slow');
  });

  test('that was full though the work needed little holds connections without work', () => {
    expect(sizePool(series([{ demand: [1], taken: [20] }], { reported: 20 })).verdict).toBe('held');
    expect(sizePool(series([{ demand: [1], taken: [20] }], { waiting: 2 })).verdict).toBe('held');
  });

  test('without any series is unknown, and not free', () => {
    const { verdict, demand, recommendation } = sizePool(series([]));
    expect({ verdict, demand }).toEqual({ verdict: 'unknown', demand: undefined });
    expect(recommendation).toContain('Check the metrics');
  });

  test('that sleeps at night is told what slower work would ask for at its busiest', () => {
    // 40 a second for 50 ms at noon, one in ten of that at night.
    const day = { demand: [0.2, 0.2, 0.2, 2], taken: [4, 4, 4, 40] };
    const { demand, recommendation, verdict } = sizePool(series([day]));
    expect(verdict).toBe('fits');
    expect(demand).toMatchObject({ usual: 0.2, busiest: 40, heldUsually: 0.05 });
    expect(demand?.slower).toEqual([
      { factor: 3, connections: 6 },
      { factor: 60, connections: 120 },
    ]);
    expect(recommendation).toContain('If everything took 60 times as long, it would need 120 connections of 20');
  });

  test('that would hold even sixty times slower work is left alone', () => {
    const { recommendation } = sizePool(series([{ demand: [0.1], taken: [2] }]));
    expect(recommendation).toBe('Leave it: it would hold even if everything took sixty times as long.');
  });
});
