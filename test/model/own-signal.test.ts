/** What of a project's own signals the compiler holds: each line that must not compile says so. */
import { describe, expect, it } from 'vitest';
import { otel } from '../../src/metrics/index.ts';
import { defineSignal, limit } from '../../src/model/own-signal.ts';
import { count, percent, seconds } from '../../src/model/quantity.ts';
import { defaultThresholds, defineService } from '../../src/model/service.ts';

const queueLag = defineSignal({
  id: 'queue-lag',
  title: 'Messages that wait',
  unit: 'count',
  limit: { above: count(1000), for: '5m' },
  expression: ({ identity }) => `max by (${identity.join(', ')})(queue_messages)`,
});

const facts = {
  id: 'mailer',
  title: 'Mailer',
  team: 'post',
  tier: 'internal',
  metrics: otel({ job: 'mailer' }),
} as const;

describe("a service's limit of a project's own signal", () => {
  it('is in its unit and direction', () => {
    const service = defineService({ ...facts, limits: [limit(queueLag, { above: count(10) })] });
    expect(service.limits).toMatchObject([{ signal: { id: 'queue-lag' }, limit: { above: { value: 10 } } }]);
  });

  it('does not compile in another unit, in another direction or misspelt', () => {
    const wrong = [
      // @ts-expect-error it is counted
      limit(queueLag, { above: seconds(10) }),
      // @ts-expect-error it fires above its limit
      limit(queueLag, { below: count(10) }),
      // @ts-expect-error there is no such key
      limit(queueLag, { abvoe: count(10) }),
    ];
    expect(wrong).toHaveLength(3);
  });

  it('is not stated among the thresholds, where a misspelt name stays an error', () => {
    // @ts-expect-error the engine has no such threshold
    expect(defineService({ ...facts, thresholds: { queueLag: { above: count(10) } } })).toBeDefined();
    // @ts-expect-error misspelt
    expect(defineService({ ...facts, thresholds: { errorRation: { above: percent(3) } } })).toBeDefined();
    expect(Object.keys(defaultThresholds)).not.toContain('queueLag');
  });
});

describe('a signal', () => {
  it('does not compile with a limit in another unit', () => {
    const facts = { id: 'queue-lag', title: 'Messages', unit: 'count', expression: () => 'vector(1)' } as const;
    // @ts-expect-error it is counted, not timed
    const wrong = () => defineSignal({ ...facts, limit: { above: seconds(1), for: '5m' } });
    expect(wrong).toBeTypeOf('function');
  });
});
