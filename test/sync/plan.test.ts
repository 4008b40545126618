import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change, Live, LiveObject, Scope } from '../../src/model/plan.ts';
import { percent } from '../../src/model/quantity.ts';
import { type Desired, type Resource, resourceKey } from '../../src/model/resource.ts';
import { changeText, subjectText } from '../../src/report/common/words.ts';
import { plan } from '../../src/sync/index.ts';
import { aService, bankServices, desiredOf, edited } from '../support/world.ts';

const TARGET = { kind: 'directory', name: 'test' } as const;

/** A target that holds exactly what some code describes, as far as not said otherwise. */
function holding(desired: Desired, change: (object: LiveObject) => LiveObject | undefined = (object) => object): Live {
  const objects = desired.resources.flatMap((resource) => {
    const { kind, uid, title } = resource;
    return change({ kind, uid, title, owned: true, pin: `pin of ${uid}`, resource }) ?? [];
  });
  return { complete: true, objects, repairs: [], notes: [] };
}

const NOTHING: Live = { complete: true, objects: [], repairs: [], notes: [] };

function planned(desired: Desired, live: Live, policy: { scope?: Scope; maxDeletes?: number } = {}): readonly Change[] {
  return plan(desired, live, TARGET, { scope: {}, ...policy }).changes;
}

function told(changes: readonly Change[]): string[] {
  return changes
    .filter(({ action }) => action !== 'unchanged')
    .map(({ action, kind, uid }) => `${action} ${kind} ${uid}`);
}

const desired = desiredOf();

describe('plan', () => {
  test('creates everything in an empty target: folders, contact points, rules, dashboards', () => {
    const kinds = planned(desired, NOTHING).map(({ action, kind }) => `${action} ${kind}`);
    expect([...new Set(kinds)]).toEqual(['create folder', 'create contact-point', 'create rule', 'create dashboard']);
    expect(kinds).toHaveLength(desired.resources.length);
  });

  test('changes nothing where the target is as in the code', () => {
    expect(told(planned(desired, holding(desired)))).toEqual([]);
  });

  test('is the same for the same input, byte for byte, in whatever order the target answers', () => {
    const other = desiredOf(bankServices.slice(1));
    const text = (live: Live) => JSON.stringify(planned(other, live));
    const live = holding(desired);
    fc.assert(
      fc.property(fc.shuffledSubarray([...live.objects], { minLength: live.objects.length }), (objects) => {
        expect(text({ ...live, objects })).toBe(text(live));
      }),
      { numRuns: 20 },
    );
  });

  test('a changed threshold of one service changes its rules and its panels, in words', () => {
    const changed = desiredOf(
      edited('user-account', ({ thresholds }) => ({
        thresholds: { ...thresholds, errorRatio: { above: percent(3), for: '3m' } },
      })),
    );
    const updates = planned(changed, holding(desired)).filter((change) => change.action === 'update');
    expect(
      updates.map(({ title, service, meanings }) => [
        title,
        service,
        meanings.map((meaning) => `${subjectText(meaning)} ${changeText(meaning)}`.trim()),
      ]),
    ).toEqual([
      ['ServiceErrorRateHigh', 'user-account', ['threshold 5 % → 3 %']],
      ['System overview', undefined, ['panel "errors" threshold line 5 % → 3 %']],
      [
        'User Account',
        'user-account',
        ['panel "Errors" threshold line 5 % → 3 %', 'panel "Error rate" threshold line 5 % → 3 %'],
      ],
    ]);
    expect(updates[0]?.meanings[0]?.paging).toBe(true);
  });

  test('an update carries what was seen, so that applying can refuse if it changed', () => {
    const changed = desiredOf(edited('user-account', () => ({ title: 'Users' })));
    const update = planned(changed, holding(desired)).find(
      ({ action, kind }) => action === 'update' && kind === 'dashboard',
    );
    expect(update).toMatchObject({ pin: 'pin of bank-overview' });
  });

  test('never touches what is not ours: the same UID blocks that resource only', () => {
    const live = holding(desired, (object) =>
      object.uid === 'bank-app-gateway' ? { ...object, owned: false } : object,
    );
    const changes = planned(desiredOf(edited('app-gateway', () => ({ title: 'Gateway' }))), live);
    const blocked = changes.filter((change) => change.action === 'blocked');
    expect(blocked.map(({ uid, diagnostic }) => `${uid} ${diagnostic.code}`)).toEqual(['bank-app-gateway S001']);
    expect(changes.some(({ action, kind }) => action === 'update' && kind === 'rule')).toBe(true);
  });

  test('something of somebody else that the code does not know is left alone', () => {
    const foreign: LiveObject = {
      kind: 'dashboard',
      uid: 'bank-hand-made',
      title: 'Hand made',
      owned: false,
      pin: '1',
    };
    const live = holding(desired);
    expect(told(planned(desired, { ...live, objects: [...live.objects, foreign] }))).toEqual([]);
  });

  test('deletes what left the code after all writes, in reverse order', () => {
    const left = desiredOf(bankServices.filter(({ id }) => id !== 'offer-service'));
    const changes = planned(left, holding(desired));
    const deletes = told(changes).filter((line) => line.startsWith('delete'));
    expect(deletes[0]).toBe('delete dashboard bank-offer-service');
    expect(deletes.slice(1).every((line) => line.startsWith('delete rule bank-offer-service-'))).toBe(true);
    expect(deletes).toHaveLength(16);
    const first = changes.findIndex(({ action }) => action === 'delete');
    expect(changes.slice(first).every(({ action }) => action === 'delete')).toBe(true);
  });

  test('deletes nothing when the target could not be read completely', () => {
    const left = desiredOf(bankServices.slice(1));
    const changes = planned(left, { ...holding(desired), complete: false });
    expect(changes.filter(({ action }) => action === 'delete')).toEqual([]);
    expect(changes.filter((change) => change.action === 'blocked').map(({ diagnostic }) => diagnostic.code)).toContain(
      'S002',
    );
  });

  test('stops at the ceiling: a wrong branch cannot empty Grafana', () => {
    const many = Array.from({ length: 12 }, (_, index) => aService({ id: `extra-${index}` }));
    const changes = planned(desired, holding(desiredOf([...bankServices, ...many])));
    expect(changes.filter(({ action }) => action === 'delete')).toEqual([]);
    const [blocked] = changes.filter((change) => change.action === 'blocked');
    // 12 dashboards and 12 groups; a quarter of 16 dashboards and 16 groups is 8.
    expect(blocked?.diagnostic.message).toContain(
      '24 dashboards and rule groups would be deleted and at most 8 may be at once',
    );
    expect(blocked?.diagnostic.remedy).toContain('--max-deletes 24');
  });

  test('deletes beyond the ceiling when told so', () => {
    const many = Array.from({ length: 12 }, (_, index) => aService({ id: `extra-${index}` }));
    const changes = planned(desired, holding(desiredOf([...bankServices, ...many])), { maxDeletes: 24 });
    expect(changes.filter(({ action, kind }) => action === 'delete' && kind === 'dashboard')).toHaveLength(12);
  });

  test('a damaged object is written again and says why, even if the code did not change', () => {
    const live = holding(desired, (object) =>
      object.uid === 'bank-overview' ? { ...object, damage: 'was cut off' } : object,
    );
    expect(planned(desired, live).filter((change) => change.action === 'update')).toMatchObject([
      { uid: 'bank-overview', repair: 'was cut off' },
    ]);
  });

  test('settings that our model cannot say are a difference, never ignored', () => {
    const live = holding(desired, (object) =>
      object.uid === 'bank-user-account-errors' ? { ...object, unmodelled: { mute: 'weekends' } } : object,
    );
    const [update] = planned(desired, live).filter((change) => change.action === 'update');
    expect(update?.meanings.map(changeText)).toEqual(['has settings that the code does not state']);
  });

  test('an error rate reworded without a new meaning does not affect paging', () => {
    const spaced = (resource: Resource): Resource =>
      resource.kind === 'rule'
        ? { ...resource, rule: { ...resource.rule, expr: resource.rule.expr.replace(/\s+/g, ' ') } }
        : resource;
    const live = holding({ resources: desired.resources.map(spaced) });
    const [update] = planned(desired, live).filter((change) => change.action === 'update');
    expect(update?.meanings.map(changeText)).toEqual(['condition whitespace only, the same in meaning']);
    expect(update?.meanings).toMatchObject([{ paging: false }]);
  });
});

describe('a scope', () => {
  const changed = desiredOf(bankServices.slice(1).map((service) => ({ ...service, team: 'other' })));

  test('of dashboards leaves rules alone, in writing and in deleting', () => {
    const kinds = planned(changed, holding(desired), { scope: { only: 'dashboards' } }).filter(
      ({ action }) => action !== 'unchanged',
    );
    expect([...new Set(kinds.map(({ kind }) => kind))]).toEqual(['dashboard']);
    expect(told(kinds)).toContain('delete dashboard bank-app-gateway');
  });

  test('of alerts leaves dashboards alone', () => {
    const kinds = planned(changed, holding(desired), { scope: { only: 'alerts' } }).filter(
      ({ action }) => action !== 'unchanged',
    );
    expect([...new Set(kinds.map(({ kind }) => kind))]).toEqual(['rule']);
  });

  test('of one service leaves all others alone, and deletes none of them', () => {
    const changes = planned(changed, holding(desired), { scope: { service: 'user-account' } });
    expect(new Set(changes.flatMap(({ service }) => service ?? []))).toEqual(new Set(['user-account']));
    expect(changes.filter(({ action }) => action === 'delete')).toEqual([]);
  });

  test('covers each resource at most once', () => {
    const keys = planned(changed, holding(desired)).map(resourceKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
