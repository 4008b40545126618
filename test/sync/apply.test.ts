import { describe, expect, test } from 'vitest';
import type { Change, Plan } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import { type ApplyEvent, apply, plan, type Step, type Target } from '../../src/sync/index.ts';
import { bankServices, desiredOf } from '../support/world.ts';

const IDENTITY = { kind: 'directory', name: 'test' } as const;
const desired = desiredOf();

/** A target with one step for each change; `fail` names the UIDs whose write fails. */
function targetThat(
  written: string[],
  fail: readonly string[] = [],
  onStep: (change: Change) => void = () => undefined,
): Target {
  return {
    identity: IDENTITY,
    read: () => Promise.reject(new Error('not read in these tests')),
    steps: (made) =>
      Promise.resolve(
        made.changes
          .filter(({ action }) => action !== 'unchanged')
          .map(
            (change): Step => ({
              label: change.uid,
              changes: [change],
              run: async () => {
                onStep(change);
                if (fail.includes(change.uid)) throw new Error('disk full');
                written.push(`${change.action} ${change.uid}`);
              },
            }),
          ),
      ),
  };
}

function firstPlan(): Plan {
  return plan(desired, { complete: true, objects: [], repairs: [], notes: [] }, IDENTITY, { scope: {} });
}

function deletingPlan(): Plan {
  const objects = desired.resources.map((resource) => ({
    kind: resource.kind,
    uid: resource.uid,
    title: resource.title,
    owned: true,
    pin: '1',
    resource,
  }));
  return plan(desiredOf(bankServices.slice(0, 2)), { complete: true, objects, repairs: [], notes: [] }, IDENTITY, {
    scope: {},
  });
}

describe('apply', () => {
  test('runs every step in the order of the target, and says so', async () => {
    const written: string[] = [];
    const events: ApplyEvent[] = [];
    const outcome = await apply(firstPlan(), targetThat(written), { onEvent: (event) => events.push(event) });
    expect(written).toHaveLength(50);
    expect(written[0]).toBe('create bank-services');
    expect(outcome).toMatchObject({ failed: [], skipped: [], interrupted: false });
    expect(events.filter(({ event }) => event === 'step-done')).toHaveLength(50);
  });

  test('a failed write does not stop independent ones', async () => {
    const written: string[] = [];
    const outcome = await apply(firstPlan(), targetThat(written, ['bank-user-account']));
    expect(outcome.failed.map(({ label, error }) => `${label}: ${error.message}`)).toEqual([
      'bank-user-account: disk full',
    ]);
    expect(written).toHaveLength(49);
  });

  test('what needs a failed write is skipped, and says what it waited for', async () => {
    const written: string[] = [];
    const outcome = await apply(firstPlan(), targetThat(written, ['bank-chat']));
    expect(outcome.skipped.length).toBeGreaterThan(10);
    expect(outcome.skipped[0]?.because).toBe('it needs contact-point bank-chat, which was not written');
    expect(written).toContain('create bank-user-account-errors');
    expect(written).not.toContain('create bank-user-account-pool');
  });

  test('without its folder nothing is written into it', async () => {
    const written: string[] = [];
    await apply(firstPlan(), targetThat(written, ['bank-services']));
    expect(written).toEqual(['create bank-on-call', 'create bank-chat']);
  });

  test('keeps what it deletes before the first write', async () => {
    const order: string[] = [];
    const kept: Resource[] = [];
    const target = targetThat([], [], ({ action }) => order.push(action));
    await apply(deletingPlan(), target, {
      backUp: async (resources) => {
        order.push('backup');
        kept.push(...resources);
        return 'there';
      },
    });
    expect(order[0]).toBe('backup');
    expect(order).toContain('delete');
    expect(kept.map(({ uid }) => uid)).toContain('bank-offer-service');
  });

  test('deletes nothing if that cannot be kept', async () => {
    const written: string[] = [];
    await expect(
      apply(deletingPlan(), targetThat(written), { backUp: () => Promise.reject(new Error('no space')) }),
    ).rejects.toThrow('no space');
    expect(written).toEqual([]);
  });

  test('stopped, it finishes the write under way and starts no other', async () => {
    const stop = new AbortController();
    const written: string[] = [];
    const target = targetThat(written, [], ({ uid }) => {
      if (uid === 'bank-chat') stop.abort();
    });
    const outcome = await apply(firstPlan(), target, { signal: stop.signal });
    expect(outcome.interrupted).toBe(true);
    expect(written).toEqual(['create bank-services', 'create bank-on-call', 'create bank-chat']);
    expect(outcome.applied).toHaveLength(3);
  });
});
