import { expect, test } from 'vitest';
import type { Change, Plan } from '../../src/model/plan.ts';
import { apply, type Step, type Target } from '../../src/sync/index.ts';

const nothing: Plan = {
  format: 'grafana-as-code/plan',
  version: 1,
  target: { kind: 'grafana', name: 'test' },
  scope: {},
  changes: [],
  drift: [],
  repairs: [],
  notes: [],
};

function folder(uid: string): Change {
  return {
    action: 'create',
    kind: 'folder',
    uid,
    title: uid,
    desired: { kind: 'folder', uid, title: uid, source: '' },
  };
}

/** Steps of stages, and what ran when. */
function staged(stages: readonly (number | undefined)[], concurrency: number, run?: (name: string) => void) {
  const log: string[] = [];
  let running = 0;
  let most = 0;
  const steps = stages.map((stage, index): Step => {
    const name = `${stage ?? 'alone'}.${index}`;
    return {
      label: name,
      changes: [folder(name)],
      ...(stage === undefined ? {} : { stage }),
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        log.push(`+${name}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running -= 1;
        log.push(`-${name}`);
        run?.(name);
      },
    };
  });
  const target: Target = {
    identity: nothing.target,
    read: () => Promise.reject(new Error('not read')),
    steps: async () => steps,
    concurrency: () => concurrency,
  };
  return { target, log, most: () => most };
}

test('steps of a stage run at once, as many as the target allows; stages one after the other', async () => {
  const { target, log, most } = staged([1, 1, 1, 1, 2, 2], 2);
  const { applied } = await apply(nothing, target);
  expect(applied).toHaveLength(6);
  expect(most()).toBe(2);
  expect(log.lastIndexOf('-1.3')).toBeLessThan(log.indexOf('+2.4'));
});

test('steps without a stage run one by one', async () => {
  const { target, most } = staged([undefined, undefined, undefined], 9);
  await apply(nothing, target);
  expect(most()).toBe(1);
});

test('Ctrl-C lets what is under way end and starts nothing more, in no stage', async () => {
  const stop = new AbortController();
  const { target, log } = staged([1, 1, 1, 1, 2], 2, () => stop.abort());
  const { applied, interrupted } = await apply(nothing, target, { signal: stop.signal });
  expect(interrupted).toBe(true);
  expect(applied.map(({ uid }) => uid)).toEqual(['1.0', '1.1']);
  expect(log.filter((line) => line.startsWith('+'))).toHaveLength(2);
});

test('a failed step does not stop the others of its stage', async () => {
  const { target } = staged([1, 1, 1], 2, (name) => {
    if (name === '1.0') throw new Error('no');
  });
  const { applied, failed } = await apply(nothing, target);
  expect(failed.map(({ label }) => label)).toEqual(['1.0']);
  expect(applied.map(({ uid }) => uid).sort()).toEqual(['1.1', '1.2']);
});
