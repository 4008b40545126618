/** One report of every kind with every field set, for tests that put text from outside into all of them. */

import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { DiffReport } from '../../src/model/diff-report.ts';
import type { GateResult } from '../../src/model/gate.ts';
import type { Json } from '../../src/model/json.ts';
import type { Meaning, MeaningChange, QueryNote } from '../../src/model/meaning.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { PoolReport } from '../../src/model/pool-sizing.ts';
import type { FiringChange, Replay } from '../../src/model/replay.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { ReportedOutcome } from '../../src/report/plan/outcome.ts';

const T = 'text';

const notes: readonly QueryNote[] = [
  { part: 'matcher', verb: 'changed', from: T, to: T },
  { part: 'function', verb: 'added', to: T },
  { part: 'branch', verb: 'removed', from: T },
];

/** Every form of a change. */
const changes: readonly MeaningChange[] = [
  { what: 'added', row: T },
  { what: 'removed' },
  { what: 'new-id' },
  { what: 'moved-within-row' },
  { what: 'moved-to-row', from: T, to: T },
  { what: 'moved-row', above: T },
  { what: 'made-room' },
  { what: 'folded', folded: true },
  { what: 'unstated' },
  { what: 'stored-differently' },
  { what: 'setting', name: T, verb: 'changed', of: { type: T, name: T }, from: T, to: [T, true, 1] },
  { what: 'setting', name: T, verb: 'added', to: T, prose: true },
  { what: 'setting', name: T, verb: 'removed', from: 1, unit: T },
  { what: 'setting', name: T, verb: 'changed', from: `${T} `.repeat(30), to: `${T} `.repeat(31) },
  { what: 'element', element: { type: T, name: T }, verb: 'added' },
  { what: 'order', list: T },
  { what: 'query', name: T, verb: 'changed', notes },
  { what: 'query', name: T, verb: 'changed', cosmetic: 'notation', notes: [] },
  { what: 'window', notes: [{ part: 'range', verb: 'changed', from: T, to: T }] },
  { what: 'watched-queries' },
  { what: 'threshold', from: 1, to: 2, unit: 'seconds' },
  { what: 'comparison', from: 'gt', to: 'lt' },
  { what: 'paused', paused: true },
  { what: 'runbook', from: T, to: T },
  { what: 'linked-panel' },
  { what: 'threshold-line', from: 1, to: 2, fromUnit: T, toUnit: T },
  { what: 'threshold-colour', value: 1, unit: T, from: T, to: T },
  { what: 'threshold-lines' },
  { what: 'secret-rotated', integration: T },
  { what: 'secret-replaced', integration: T, setting: T, from: T, to: T },
  { what: 'no-resolve-message' },
  { what: 'renamed-uid', from: T, to: T, alert: true },
  { what: 'renamed-service', from: T, to: T, uid: T, alert: false },
];

const meanings: readonly Meaning[] = changes.map((change, index): Meaning => {
  const about = { what: index % 4 === 0 ? 'row' : 'panel', title: T } as const;
  return {
    kind: 'query',
    change,
    paging: index % 2 === 0,
    ...(index % 2 === 0 ? {} : { about, row: T }),
    ...(index % 8 === 0
      ? {
          query: {
            before: `${T}
${T}`,
            after: `${T}
${T}
${T} `,
          },
        }
      : {}),
  };
});

const diagnostic: Diagnostic = { code: T, level: 'error', file: T, subject: T, message: T, remedy: T };
const named = { uid: T, title: T, service: T, source: T };
const rule = {
  ...{ uid: T, alert: T, severity: 'critical', comparison: 'gt', threshold: 1, unit: 'count', for: T, paused: true },
  notification: { receiver: T },
};
const board = {
  spec: { panels: [{ id: T, type: 'row', title: T, gridPos: { x: T, y: 1e9, w: -1, h: 3 } }] },
} as unknown as Json;
const live = { kind: 'rule', ...named, folderUid: T, rule } as unknown as Resource;

export const plan: Plan = {
  format: 'grafana-as-code/plan',
  version: 1,
  target: { kind: 'grafana', name: T },
  scope: { service: T },
  changes: [
    { action: 'create', kind: 'dashboard', ...named, desired: live },
    { action: 'create', kind: 'rule', ...named, desired: live },
    {
      ...{ action: 'update', kind: 'rule', ...named, desired: live, pin: T, edits: [], meanings },
      restarts: { state: 'firing', since: T },
      repair: T,
    },
    {
      ...{ action: 'update', kind: 'folder', ...named, desired: live, pin: T, edits: [], meanings: [] },
      restartsIn: [{ state: 'pending', since: T, title: T, service: T }],
    },
    { action: 'delete', kind: 'rule', ...named, pin: T, reason: T, live, resolves: { state: 'firing', since: T } },
    { action: 'delete', kind: 'dashboard', ...named, pin: T, reason: T, live },
    { action: 'unchanged', kind: 'folder', ...named, desired: live, pin: T },
    { action: 'blocked', kind: 'dashboard', ...named, diagnostic },
    { action: 'blocked', kind: 'rule', ...named, diagnostic: { ...diagnostic, code: 'S005' }, withheld: meanings },
  ],
  drift: [
    { kind: 'rule', ...named, by: T, at: T, message: T, meanings, kept: true },
    { kind: 'dashboard', ...named, by: T, at: T, message: T, meanings: [], kept: false },
  ],
  repairs: [{ subject: T, problem: T }],
  notes: [diagnostic],
};

export const outcome: ReportedOutcome = {
  applied: plan.changes,
  failed: [{ label: T, error: Object.assign(new Error(T), { remedy: T }) }],
  skipped: [{ label: T, because: T }],
  interrupted: true,
  links: [T],
  requests: 3,
};

export const diff: DiffReport = {
  format: 'grafana-as-code/diff',
  version: 1,
  base: { ref: T, commit: T },
  changes: [
    {
      kind: 'rule',
      ...named,
      action: 'changed',
      restarts: true,
      meanings,
      edits: [],
      before: { rule },
      after: { rule },
    },
    { kind: 'rule', ...named, action: 'added', meanings: [], edits: [], after: { rule } },
    { kind: 'rule', ...named, action: 'removed', meanings: [], edits: [], before: { rule } },
    {
      kind: 'contact-point',
      ...named,
      action: 'added',
      meanings: [],
      edits: [],
      after: { integrations: [{ type: T }] },
    },
    { kind: 'folder', ...named, action: 'changed', restarts: true, meanings: meanings.slice(0, 8), edits: [] },
    { kind: 'dashboard', ...named, action: 'changed', meanings, edits: [], before: board, after: board },
    { kind: 'dashboard', ...named, action: 'added', meanings: [], edits: [], after: board },
    { kind: 'dashboard', ...named, action: 'removed', meanings: [], edits: [], before: board },
  ] as unknown as DiffReport['changes'],
  unchanged: 3,
  blocked: [diagnostic],
  replay: {
    notes: [{ alert: T, service: T, before: T, after: T }],
    scenarios: 2,
    broken: [{ scenario: T, alert: T, service: T, expected: T, seen: T }],
  },
};

const spans = [{ pending: 100, firing: 200, resolved: 300 }];
export const replay: Replay = {
  scenario: {
    ...{ id: T, title: T, because: T, day: T, from: 0, until: 3600, assumptions: [T] },
    events: [{ at: 100, title: T, source: T, page: true, sign: true }],
  },
  engine: 'promtool',
  rules: 1,
  silent: [T],
  alerts: [
    {
      ...{ uid: T, alert: T, service: T, severity: 'critical', series: { [T]: T }, spans, prometheus: spans },
      ...{ threshold: 1, comparison: 'gt', unit: 'count', signal: [{ at: 100, value: 2 }] },
    },
  ],
  notifications: [
    {
      at: 210,
      receiver: T,
      severity: 'critical',
      alert: T,
      kind: 'first',
      firing: [`${T} (${T} ${T})`],
      resolved: [T],
    },
  ],
  broken: [{ scenario: T, alert: T, service: T, expected: T, seen: T, because: T }],
};

export const firingChanges: readonly FiringChange[] = [
  { scenario: T, alert: T, service: T, series: { [T]: T }, severity: 'critical', before: spans, after: [] },
];

export const gate: GateResult = {
  service: { id: T, title: T },
  ...{ from: 0, until: 3600, step: 15, baseline: T, prometheus: T, verdict: 'breach', requests: 12 },
  checks: (['pass', 'warning', 'breach', 'inconclusive'] as const).map((outcomeOf) => ({
    ...{ signal: T as 'error-ratio', title: T, unit: 'ratio', kind: 'relative', series: { [T]: T } },
    ...{ outcome: outcomeOf, value: 0.2, says: T, problems: [diagnostic] },
  })),
  notes: [diagnostic],
};

export const pools: PoolReport = {
  ...{ from: 0, until: 3600, prometheus: T, warnings: [T] },
  pools: [
    {
      ...{ service: { id: T, title: T }, pool: T, kind: 'database', maximum: 10, instances: 2, demand: undefined },
      ...{ verdict: 'fits', recommendation: T },
    },
  ],
};

export const diagnostics: readonly Diagnostic[] = [diagnostic, { ...diagnostic, level: 'warning' }];

/** What our own code chooses from a closed list; everything else is text that may come from anywhere. */
const CHOSEN: ReadonlySet<string> = new Set([
  ...['action', 'kind', 'what', 'op', 'verb', 'level', 'state', 'severity', 'comparison', 'outcome', 'verdict'],
  ...['engine', 'format', 'cosmetic', 'part', 'formerSeverity'],
]);

/** The same report with other text in every field. */
export function withText<R>(report: R, text: () => string): R {
  return poisoned(report, '', text) as R;
}

function poisoned(value: unknown, key: string, text: () => string): unknown {
  if (typeof value === 'string') {
    if (CHOSEN.has(key) || (key === 'unit' && value !== T)) return value;
    return value.split(T).join('\u0001').replaceAll('\u0001', text);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return Object.assign(new Error(text()), { remedy: text() });
  if (Array.isArray(value)) return value.map((item) => poisoned(item, '', text));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name === T ? text() : name, poisoned(item, name, text)]),
  );
}
