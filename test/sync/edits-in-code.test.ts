/** What a plan makes of edits that the code has, of what others manage, and of contact points in use. */
import { describe, expect, test } from 'vitest';
import type { Live, LiveObject, Use } from '../../src/model/plan.ts';
import type { Desired, Resource } from '../../src/model/resource.ts';
import { plan } from '../../src/sync/index.ts';
import { changed, withThreshold } from '../support/estate.ts';
import { bankServices, desiredOf } from '../support/world.ts';

const TARGET = { kind: 'grafana', name: 'test' } as const;
const RULE = 'bank-user-account-errors';
const desired = desiredOf(bankServices.filter(({ id }) => id === 'user-account'));

function resourceOf(from: Desired, uid: string): Resource {
  const found = from.resources.find((resource) => resource.uid === uid);
  if (found === undefined) throw new Error(`no resource ${uid}`);
  return found;
}

function holding(from: Desired, change: (object: LiveObject) => Partial<LiveObject> = () => ({})): Live {
  const objects = from.resources.map((resource): LiveObject => {
    const { kind, uid, title } = resource;
    const object: LiveObject = { kind, uid, title, owned: true, pin: `pin of ${uid}`, resource };
    return { ...object, ...change(object) };
  });
  return { complete: true, objects, repairs: [], notes: [] };
}

const withFor = (from: Desired, period: '9m' | '10m') =>
  changed(from, RULE, (resource) =>
    resource.kind === 'rule' ? { ...resource, rule: { ...resource.rule, for: period } } : resource,
  );

const byMira = { by: 'mira', at: '2026-01-05T10:00:00Z', message: '' };

/** The rule as somebody made it, when ours was as in `desired`. */
function edited(from: Desired): (object: LiveObject) => Partial<LiveObject> {
  return ({ uid }) =>
    uid === RULE ? { resource: resourceOf(from, RULE), edited: { ...byMira, ours: resourceOf(desired, RULE) } } : {};
}

describe('an edit in Grafana', () => {
  const byHand = withThreshold(desired, RULE, 0.2);

  test('that the code has is marked as ours once more, and is not drift', () => {
    const made = plan(byHand, holding(byHand, edited(byHand)), TARGET, { scope: {} });
    expect(made.changes.every(({ action }) => action === 'unchanged')).toBe(true);
    expect(made.drift).toEqual([]);
    expect(made.repairs).toMatchObject([{ subject: 'rule ServiceErrorRateHigh' }]);
  });

  test('that the code has, and more, is written', () => {
    const made = plan(withFor(byHand, '9m'), holding(byHand, edited(byHand)), TARGET, { scope: {} });
    expect(made.changes.filter(({ action }) => action !== 'unchanged')).toMatchObject([
      { action: 'update', uid: RULE, meanings: [{ kind: 'for', change: { from: '3m', to: '9m' } }] },
    ]);
    expect(made.drift).toEqual([]);
  });

  test('that the code does not have is kept, also where the code changes something else', () => {
    for (const code of [withFor(desired, '9m'), withThreshold(desired, RULE, 0.1)]) {
      const made = plan(code, holding(byHand, edited(byHand)), TARGET, { scope: {} });
      expect(made.changes.filter(({ action }) => action !== 'unchanged')).toMatchObject([
        { action: 'blocked', uid: RULE, diagnostic: { code: 'S005' } },
      ]);
      expect(made.drift).toHaveLength(1);
    }
  });
});

describe('an object that something else manages', () => {
  const managed = (kind: string) => (object: LiveObject) =>
    object.uid === 'bank-user-account' ? { manager: { kind, id: 'gcx' }, edited: byMira } : {};

  test.each(['kubectl', 'terraform', 'repo', 'plugin', 'classic-file-provisioning', 'something-new'])(
    '%s: is held up alone, with a way out of its own',
    (kind) => {
      const made = plan(withThreshold(desired, RULE, 0.2), holding(desired, managed(kind)), TARGET, { scope: {} });
      const [rule, board, ...others] = made.changes.filter(({ action }) => action !== 'unchanged');
      expect(rule).toMatchObject({ action: 'update', uid: RULE });
      expect(board).toMatchObject({ action: 'blocked', uid: 'bank-user-account', diagnostic: { code: 'G010' } });
      expect(others).toEqual([]);
      expect(made.drift).toEqual([]);
    },
  );

  test('gives way to --overwrite-drift where that tool lets others write, and nowhere else', () => {
    const code = changed(desired, 'bank-user-account', (resource) => ({ ...resource, title: 'Users' }));
    const spec = (resource: Resource): Resource =>
      resource.kind === 'dashboard' ? { ...resource, spec: { ...resource.spec, title: 'Users' } } : resource;
    const action = (kind: string) =>
      plan(changed(code, 'bank-user-account', spec), holding(desired, managed(kind)), TARGET, {
        scope: {},
        overwriteDrift: true,
      }).changes.find(({ uid }) => uid === 'bank-user-account')?.action;
    expect(['kubectl', 'terraform', 'repo', 'plugin'].map(action)).toEqual(['update', 'update', 'blocked', 'blocked']);
  });
});

describe('a contact point that left the code', () => {
  const withoutChat: Desired = { resources: desired.resources.filter(({ uid }) => uid !== 'bank-chat') };
  const toOnCall: Desired = {
    resources: withoutChat.resources.map((resource) =>
      resource.kind === 'rule'
        ? {
            ...resource,
            rule: { ...resource.rule, notification: { ...resource.rule.notification, receiver: 'bank-on-call' } },
          }
        : resource,
    ),
  };
  const ours: Use[] = desired.resources.flatMap((resource) =>
    resource.kind === 'rule' && resource.rule.notification.receiver === 'bank-chat'
      ? [{ what: `alert rule ${resource.title}`, rule: resource.uid }]
      : [],
  );
  const chat = (
    code: Desired,
    usedBy: readonly Use[],
    more: (object: LiveObject) => Partial<LiveObject> = () => ({}),
  ) =>
    plan(
      code,
      holding(desired, (object) => (object.uid === 'bank-chat' ? { usedBy } : more(object))),
      TARGET,
      { scope: {}, maxDeletes: 100 },
    ).changes.find(({ uid }) => uid === 'bank-chat');

  test('goes where only rules of ours used it that use another one now, or leave as well', () => {
    expect(ours.length).toBeGreaterThan(0);
    expect(chat(toOnCall, ours)).toMatchObject({ action: 'delete' });
    const nothing: Desired = { resources: [] };
    expect(chat(nothing, ours)).toMatchObject({ action: 'delete' });
  });

  test('stays while a rule of ours that is kept, a rule of others or a policy uses it, and they are named', () => {
    const [kept] = ours;
    const keep = (object: LiveObject) => (object.uid === kept?.rule ? { edited: byMira } : {});
    expect(chat(toOnCall, ours, keep)).toMatchObject({
      action: 'blocked',
      diagnostic: { code: 'S008', message: expect.stringContaining(`still used by ${kept?.what}`) },
    });
    const others = [{ what: 'the default notification policy' }, { what: 'alert rule Disk full', rule: 'theirs' }];
    expect(chat(toOnCall, [...ours, ...others])).toMatchObject({
      diagnostic: {
        message: 'left the code and is still used by the default notification policy, alert rule Disk full',
      },
    });
  });
});
