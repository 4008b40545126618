/** What text and Markdown reports of a plan have in common: changes folded into what a person wants to know. */
import { groupBy } from '../../model/group-by.ts';
import type { Meaning } from '../../model/meaning.ts';
import { visible } from '../../model/outside-text.ts';
import type { ActiveAlert, BlockedChange, Change, DeleteChange, Plan, UpdateChange } from '../../model/plan.ts';
import { countActions } from '../../model/plan.ts';
import type { Kind } from '../../model/resource.ts';
import { type Line, linesOf } from '../common/lines.ts';
import { clock, kindName } from '../common/names.ts';
import { someOf } from '../common/some-of.ts';

/** The same change of one or more resources. */
export interface UpdateSummary {
  readonly kind: Kind;
  /** `ServiceErrorRateHigh, payments`, `API Gateway, Order Service`. */
  readonly names: string;
  readonly lines: readonly Line[];
  readonly paging: boolean;
  readonly repair?: string;
  /** What it does to alerts that are active now. */
  readonly restarts: readonly string[];
}

/** Updates, those with the same meaning together: a change of the defaults touches every service and is one. */
export function summarizeUpdates(plan: Plan): readonly UpdateSummary[] {
  const updates = plan.changes.filter((change): change is UpdateChange => change.action === 'update');
  const alike = groupBy(updates, (change) =>
    JSON.stringify([change.kind, change.kind === 'rule' ? change.title : '', change.meanings, change.repair ?? '']),
  );
  return [...alike.values()].map((members) => {
    const [first] = members as [UpdateChange, ...UpdateChange[]];
    return {
      kind: first.kind,
      names: namesOf(members),
      lines: linesOf(first.meanings),
      paging:
        first.meanings.some(({ paging }) => paging) ||
        members.some(({ restarts, restartsIn }) => restarts !== undefined || restartsIn !== undefined),
      restarts: [...members.flatMap(restartText), ...members.flatMap(restartsInText)],
      ...(first.repair === undefined ? {} : { repair: first.repair }),
    };
  });
}

/** What an update does to an active alert. */
function restartText({ restarts, service, desired }: UpdateChange): string[] {
  if (restarts === undefined) return [];
  const again = desired.kind === 'rule' ? ` (for ${visible(desired.rule.for)})` : '';
  const end = restarts.state === 'firing' ? 'resolves and restarts it' : 'starts its waiting anew';
  return [`${service === undefined ? '' : `${service} `}${stateText(restarts)}: this update ${end}${again}`];
}

/** @example 'firing since 2026-01-14 14:52 UTC' */
function stateText({ state, since }: { readonly state: string; readonly since?: string }): string {
  return `${state}${since === undefined ? '' : ` since ${clock(since)}`}`;
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

/** What a delete does to an active alert; undefined where it is not active. */
export function resolvesText({ title, resolves }: DeleteChange): string | undefined {
  return resolves === undefined ? undefined : `${title} ${stateText(resolves)}: this delete resolves it`;
}

/** A hand edit. */
export interface DriftSummary {
  readonly head: string;
  /** What it changed; empty where that is not known. */
  readonly lines: readonly Line[];
  /** What the code changes in the same object, and is withheld. */
  readonly withheld: readonly Line[];
  readonly kept: boolean;
  readonly remedy: string;
}

export const UNKNOWN_EDIT = 'what changed is not known: our last version is not in the history';

/** Hand edits as people read them. */
export function summarizeDrift({ drift, changes }: Plan): readonly DriftSummary[] {
  const withheld = new Map(
    changes.map((change): [string, readonly Meaning[]] => [
      `${change.kind}/${change.uid}`,
      change.action === 'blocked' ? (change.withheld ?? []) : [],
    ]),
  );
  return drift.map(({ kind, uid, title, service, by, at, message, meanings, kept, source, sources }) => ({
    head: `${kindName(kind)} ${title}${kind === 'rule' && service !== undefined ? `, ${service}` : ''}: by ${by}${at === '' ? '' : `, ${clock(at)}`}${message === '' ? '' : ` ("${message}")`}`,
    lines: linesOf(meanings),
    withheld: linesOf(withheld.get(`${kind}/${uid}`) ?? []),
    kept,
    remedy: `keep: bring the edit into ${sources?.join(', ') || source || 'the code'}    discard: npm run sync -- --overwrite-drift`,
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

/** Left as it is because of a hand edit, which is not the same as what cannot be done. */
export function isKept({ diagnostic }: BlockedChange): boolean {
  return diagnostic.code === 'S005';
}
