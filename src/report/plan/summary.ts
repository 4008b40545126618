/** What text and Markdown reports have in common: changes folded into what a person wants to know. */
import { groupBy } from '../../model/group-by.ts';
import type { ActiveAlert, BlockedChange, Change, Meaning, Plan, UpdateChange } from '../../model/plan.ts';
import { countActions } from '../../model/plan.ts';
import type { Kind } from '../../model/resource.ts';
import { someOf } from '../common/some-of.ts';

/** How a kind is called. */
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  folder: 'folder',
  'contact-point': 'contact point',
  rule: 'alert',
  dashboard: 'dashboard',
};

/** The same change of one or more resources, told once. */
export interface ToldUpdate {
  readonly kind: Kind;
  /** `ServiceErrorRateHigh, user-service`, `API Gateway, Order Service`. */
  readonly names: string;
  readonly meanings: readonly Meaning[];
  readonly paging: boolean;
  readonly repair?: string;
  /** What it does to alerts that are active now. */
  readonly restarts: readonly string[];
}

/** Updates, those with the same meaning together: a change in the kit touches every service and is told once. */
export function toldUpdates(plan: Plan): readonly ToldUpdate[] {
  const updates = plan.changes.filter((change): change is UpdateChange => change.action === 'update');
  const alike = groupBy(updates, (change) =>
    JSON.stringify([change.kind, change.kind === 'rule' ? change.title : '', change.meanings, change.repair ?? '']),
  );
  return [...alike.values()].map((members) => {
    const [first] = members as [UpdateChange, ...UpdateChange[]];
    return {
      kind: first.kind,
      names: namesOf(members),
      meanings: once(first.meanings),
      paging:
        first.meanings.some(({ paging }) => paging) ||
        members.some(({ restarts, restartsIn }) => restarts !== undefined || restartsIn !== undefined),
      restarts: [...members.flatMap(restartText), ...members.flatMap(restartsInText)],
      ...(first.repair === undefined ? {} : { repair: first.repair }),
    };
  });
}

/** As many rows as are named. */
const MOST_ROWS = 3;

/** What holds for panels of one title in several rows, as those of an overview, once; the subject names the rows. */
export function once(meanings: readonly Meaning[]): readonly Meaning[] {
  const alike = groupBy(meanings, ({ subject, text }) => JSON.stringify([subject, text]));
  return [...alike.values()].map((members) => {
    const [{ row: _, ...first }] = members as [Meaning, ...Meaning[]];
    const rows = members.flatMap(({ row }) => row ?? []);
    if (rows.length === 0)
      return members.length === 1 ? first : { ...first, text: `${first.text} (${members.length} times)` };
    const where = rows.length > MOST_ROWS ? `${rows.length} rows` : `row ${rows.map((row) => `"${row}"`).join(', ')}`;
    return { ...first, subject: `${first.subject} in ${where}` };
  });
}

/** What an update does to an active alert. */
function restartText({ restarts, service, desired }: UpdateChange): string[] {
  if (restarts === undefined) return [];
  const since = restarts.since === undefined ? '' : ` since ${clock(restarts.since)}`;
  const again = desired.kind === 'rule' ? ` (for ${desired.rule.for})` : '';
  const end = restarts.state === 'firing' ? 'resolves and restarts it' : 'starts its waiting anew';
  return [`${service === undefined ? '' : `${service} `}${restarts.state}${since}: this update ${end}${again}`];
}

/** What a new title of a folder does to the active alerts in it, those of one name and state together. */
function restartsInText({ restartsIn = [] }: UpdateChange): string[] {
  const alike = groupBy(restartsIn, ({ title, state }) => JSON.stringify([title, state]));
  return [...alike.values()].map((members) => {
    const [{ title, state }] = members as [ActiveAlert, ...ActiveAlert[]];
    const services = someOf(members.flatMap(({ service }) => service ?? []));
    const end = state === 'firing' ? 'resolves and restarts' : 'restarts the waiting of';
    const it = members.length === 1 ? 'it' : 'them';
    return `${[title, services].filter((part) => part !== '').join(', ')} ${state}: the folder's title is a label of alerts, so that this ${end} ${it}`;
  });
}

/** Date and minute of a point in time, in UTC. @example '2025-12-15 14:52 UTC' */
export function clock(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Hand edits as people read them. */
export function toldDrift({ drift, changes }: Plan): readonly {
  readonly head: string;
  readonly texts: readonly string[];
  readonly kept: boolean;
  readonly remedy: string;
}[] {
  const withheld = new Map(
    changes.map((change) => [
      `${change.kind}/${change.uid}`,
      change.action === 'blocked' ? change.withheld : undefined,
    ]),
  );
  const lines = (meanings: readonly Meaning[]) =>
    once(meanings).map(({ subject, text }) => (subject === '' ? text : `${subject}  ${text}`));
  return drift.map(({ kind, uid, title, service, by, at, message, meanings, kept, source }) => ({
    head: `${KIND_NAMES[kind]} ${title}${kind === 'rule' && service !== undefined ? `, ${service}` : ''}: by ${by}${at === '' ? '' : `, ${clock(at)}`}${message === '' ? '' : ` ("${message}")`}`,
    texts: [
      ...(meanings.length === 0
        ? ['what changed is not known: our last version is not in the history']
        : lines(meanings)),
      ...lines(withheld.get(`${kind}/${uid}`) ?? []).map((text) => `the code would change: ${text}`),
    ],
    kept,
    remedy: `keep: bring the edit into ${source || 'the code'}    discard: npm run sync -- --overwrite-drift`,
  }));
}

/** Names of changes of one kind: alerts with their services, everything else by title. */
function namesOf(changes: readonly Change[]): string {
  const [first] = changes;
  if (first?.kind !== 'rule') return someOf(changes.map(({ title }) => title));
  const byTitle = groupBy(changes, ({ title }) => title);
  return [...byTitle]
    .map(([title, members]) =>
      [title, someOf(members.flatMap(({ service }) => service ?? []))].filter((part) => part !== '').join(', '),
    )
    .join('; ');
}

/** Created or deleted things of one kind: rules are counted by service, the rest is named. */
export function listed(changes: readonly Change[]): readonly string[] {
  if (changes[0]?.kind !== 'rule') return changes.map(({ title }) => title);
  const byService = groupBy(changes, ({ service }) => service ?? 'the project');
  return [...byService].map(([service, members]) => `${members.length} for ${service}`);
}

/** `1 rule and 2 dashboards to change, 3 to create, 39 unchanged`. */
export function countedPlan(plan: Plan): string {
  const { create, update, delete: deletes, blocked, unchanged } = countActions(plan);
  const kept = plan.changes.filter((change) => change.action === 'blocked' && isKept(change)).length;
  const parts = [
    [create, 'to create'],
    [update, 'to change'],
    [deletes, 'to delete'],
    [plan.repairs.length, plan.repairs.length === 1 ? 'repair' : 'repairs'],
    [kept, 'kept'],
    [blocked - kept, 'blocked'],
    [unchanged, 'unchanged'],
  ] as const;
  return `${parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ')}.`;
}

/** Left as it is because of a hand edit; told apart from what can not be done. */
export function isKept({ diagnostic }: BlockedChange): boolean {
  return diagnostic.code === 'S005';
}
