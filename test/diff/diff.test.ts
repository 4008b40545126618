import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits, diffJson, meaningsOf, undoEdits } from '../../src/diff/index.ts';
import { type Json, jsonEqual } from '../../src/model/json.ts';
import type { Resource, RuleResource } from '../../src/model/resource.ts';
import { changeText } from '../../src/report/common/words.ts';
import { dashboardsOf, desiredOf } from '../support/world.ts';

/** Objects with the keys and lists of dashboards, small enough to collide often. */
const scalar = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b', ''), fc.boolean(), fc.constant(null));
const query = fc.record({ refId: fc.constantFrom('A', 'B', 'C'), expr: scalar }, { requiredKeys: [] });
const step = fc.record({ value: scalar, color: fc.constantFrom('red', 'green') });
const override = fc.record({
  matcher: fc.record({ id: fc.constantFrom('byName', 'byRegexp'), options: fc.constantFrom('x', 'y') }),
  properties: fc.array(fc.record({ id: fc.constantFrom('unit', 'color'), value: scalar }), { maxLength: 3 }),
});
const panel = fc.record(
  {
    id: fc.integer({ min: 1, max: 5 }),
    title: scalar,
    targets: fc.array(query, { maxLength: 3 }),
    steps: fc.array(step, { maxLength: 3 }),
    overrides: fc.array(override, { maxLength: 2 }),
    panels: fc.array(fc.record({ id: fc.integer({ min: 6, max: 8 }), title: scalar }), { maxLength: 2 }),
  },
  { requiredKeys: ['id'] },
);
const board = fc.record(
  {
    title: scalar,
    tags: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }),
    links: fc.array(fc.record({ title: fc.constantFrom('x', 'y', 'z'), url: scalar }), { maxLength: 4 }),
    annotations: fc.record({
      list: fc.array(fc.record({ name: fc.constantFrom('x', 'y', 'z', 'w'), enable: scalar }), { maxLength: 4 }),
    }),
    panels: fc.array(panel, { maxLength: 5 }),
    templating: fc.record({
      list: fc.array(fc.record({ name: fc.constantFrom('x', 'y', 'z'), query: scalar }), { maxLength: 3 }),
    }),
    anything: fc.jsonValue({ maxDepth: 3 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

/** Rule groups in Grafana's form. */
const rule = fc.record(
  {
    uid: fc.constantFrom('a', 'b', 'c', 'd'),
    for: fc.constantFrom('1m', '5m'),
    labels: fc.dictionary(fc.constantFrom('team', 'service', '__proto__'), scalar, { maxKeys: 2 }),
    data: fc.array(fc.record({ refId: fc.constantFrom('A', 'B'), model: fc.jsonValue({ maxDepth: 2 }) }), {
      maxLength: 3,
    }),
    notification_settings: fc.record({
      receiver: scalar,
      group_by: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
    }),
  },
  { requiredKeys: ['uid'] },
);
const group = fc.record({ interval: fc.integer(), rules: fc.array(rule, { maxLength: 4 }) }) as fc.Arbitrary<Json>;

/** Two dashboards, or two rule groups. */
const pair = fc.oneof(fc.tuple(board, board), fc.tuple(group, group));

const byName = (options: string) => ({ matcher: { id: 'byName', options }, properties: [] });
const named = (name: string) => ({ name });
const titled = (title: string) => ({ title });
const numbered = (id: number) => ({ id });
const asked = (refId: string) => ({ refId });

/** The same value with the keys of every object in another order. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner as Json)]),
  );
}

describe('diffJson', () => {
  test('applying the edits to the old value gives the new one, for ten thousand pairs', () => {
    fc.assert(
      fc.property(board, board, (before, after) => {
        const result = applyEdits(before, diffJson(before, after));
        return jsonEqual(result, after);
      }),
      { numRuns: 10_000 },
    );
  });

  test('the same holds for ten thousand pairs of rule groups', () => {
    fc.assert(
      fc.property(group, group, (before, after) => jsonEqual(applyEdits(before, diffJson(before, after)), after)),
      { numRuns: 10_000 },
    );
  });

  test('undoing the edits gives the old value, in its order', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => jsonEqual(undoEdits(after, diffJson(before, after)), before)),
      { numRuns: 2000 },
    );
  });

  test.each<[string, Json, Json]>([
    ['overrides', { overrides: ['x', 'y', 'z'].map(byName) }, { overrides: ['z', 'x'].map(byName) }],
    ['variables', { list: ['x', 'y', 'z'].map(named) }, { list: ['z', 'w', 'y'].map(named) }],
    ['panels', { panels: [1, 2, 3, 4].map(numbered) }, { panels: [4, 2].map(numbered) }],
    ['links', { links: ['x', 'y'].map(titled) }, { links: [titled('y')] }],
    ['annotations', { list: ['x', 'y', 'z'].map(named) }, { list: [] }],
    ['targets', { targets: ['A', 'B', 'C'].map(asked) }, { targets: ['C', 'D', 'A'].map(asked) }],
  ])('%s that were removed or reordered go back to where they stood', (_, before, after) => {
    const edits = diffJson(before, after);
    expect(applyEdits(before, edits)).toEqual(after);
    expect(undoEdits(after, edits)).toEqual(before);
  });

  test('equal values give no edit, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.oneof(board, group), (value) => diffJson(value, shuffled(value)).length === 0),
      { numRuns: 1000 },
    );
  });

  test('no place is edited twice', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const places = diffJson(before, after).map(
          ({ op, path }) => `${op === 'order' ? 'order ' : ''}${JSON.stringify(path)}`,
        );
        return new Set(places).size === places.length;
      }),
      { numRuns: 2000 },
    );
  });

  test('gives the same edits for the same values, whatever the order of their keys', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        expect(diffJson(shuffled(before), shuffled(after)).map(({ op, path }) => [op, path])).toEqual(
          diffJson(before, after).map(({ op, path }) => [op, path]),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('matches panels by id, so that a panel put first is one addition and one new order', () => {
    const before = {
      panels: [
        { id: 1, title: 'a' },
        { id: 2, title: 'b' },
      ],
    };
    const after = {
      panels: [
        { id: 3, title: 'c' },
        { id: 1, title: 'a' },
        { id: 2, title: 'B' },
      ],
    };
    expect(diffJson(before, after)).toEqual([
      { op: 'replace', path: ['panels', { id: '2' }, 'title'], before: 'b', after: 'B' },
      { op: 'add', path: ['panels', { id: '3' }], after: { id: 3, title: 'c' } },
      { op: 'order', path: ['panels'], before: ['1', '2', '3'], after: ['3', '1', '2'] },
    ]);
  });

  test('compares by position where two elements have one name', () => {
    const before = {
      targets: [
        { refId: 'A', expr: 'x' },
        { refId: 'A', expr: 'y' },
      ],
    };
    const after = {
      targets: [
        { refId: 'A', expr: 'x' },
        { refId: 'A', expr: 'z' },
      ],
    };
    expect(diffJson(before, after)).toEqual([{ op: 'replace', path: ['targets', 1, 'expr'], before: 'y', after: 'z' }]);
  });

  test('turns one real dashboard into another', () => {
    const [overview, gateway, user] = dashboardsOf(desiredOf()).map(({ spec }) => spec);
    for (const [before, after] of [
      [overview, gateway],
      [gateway, user],
      [user, overview],
    ] as [Json, Json][]) {
      expect(jsonEqual(applyEdits(before, diffJson(before, after)), after)).toBe(true);
    }
  });

  test('edits made from another value are refused', () => {
    expect(() => applyEdits({ a: 1 }, [{ op: 'replace', path: ['a', 'b'], before: 1, after: 2 }])).toThrow(
      'was made from another value',
    );
  });
});

describe('what differs', () => {
  const resources = desiredOf().resources;
  const dashboard = resources.find(({ kind }) => kind === 'dashboard') as Resource;
  const alert = resources.find(({ kind }) => kind === 'rule') as RuleResource;

  test('of two dashboards is never left untold, and what is equal is never told', () => {
    fc.assert(
      fc.property(board, board, (before, after) => {
        const [old, now] = [{ spec: before }, { spec: after }];
        const edits = diffJson(old, now);
        const texts = meaningsOf(dashboard, old, now, edits).map(changeText);
        return texts.length > 0 === edits.length > 0 && texts.every((text) => text.trim() !== '');
      }),
      { numRuns: 1000 },
    );
  });

  test('of two rules is never left untold, and what is equal is never told', () => {
    const changed = fc.record(
      {
        for: fc.constantFrom('1m', '5m'),
        threshold: fc.integer({ min: 0, max: 3 }),
        comparison: fc.constantFrom('gt', 'gte', 'lt'),
        severity: fc.constantFrom('warning', 'critical'),
        labels: fc.dictionary(fc.constantFrom('team', 'severity', '__proto__'), fc.constantFrom('a', 'b')),
        annotations: fc.dictionary(fc.constantFrom('summary', 'runbook_url'), fc.string()),
        expr: fc.constantFrom('a', 'a ', 'sum(a)', 'broken(('),
        paused: fc.boolean(),
        missingSeriesEvalsToResolve: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changed, changed, (before, after) => {
        const [old, now] = [before, after].map((change) => ({ rule: { ...alert.rule, ...change } })) as unknown as [
          Json,
          Json,
        ];
        const edits = diffJson(old, now);
        const found = meaningsOf(alert, old, now, edits);
        return found.length > 0 === edits.length > 0 && new Set(found.map(changeText)).size === found.length;
      }),
      { numRuns: 1000 },
    );
  });
});
