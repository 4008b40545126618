import type { DiffReport, ResourceDiff } from '../model/diff-report.ts';
import { type Json, jsonEqual } from '../model/json.ts';
import type { Meaning } from '../model/plan.ts';
import type { DashboardResource, RuleResource } from '../model/resource.ts';
import { resourceKey } from '../model/resource.ts';
import { diffJson } from './diff.ts';
import { meaningsOf } from './meaning.ts';
import { renamedServices, withFormerName } from './rename.ts';

/** What a diff compares. */
export type Compared = DashboardResource | RuleResource;

/**
 * What differs between two versions of what is built: exact edits, and what they mean. Pure: the same input gives
 * the same report.
 *
 * @param base what is compared with, for the report's heading
 */
export function buildDiff(
  before: readonly Compared[],
  after: readonly Compared[],
  base: DiffReport['base'],
): DiffReport {
  const old = new Map(before.map((resource) => [resourceKey(resource), resource]));
  const renamed = renamedServices(before, after);
  const changes: ResourceDiff[] = [];
  let unchanged = 0;
  for (const resource of sorted(after)) {
    const key = resourceKey(resource);
    const former = old.get(key) ?? formerOf(resource, old, renamed);
    if (former !== undefined) old.delete(resourceKey(former));
    const change = former === undefined ? added(resource) : changed(former, resource, renamed);
    if (change === undefined) unchanged += 1;
    else changes.push(change);
  }
  changes.push(...sorted([...old.values()]).map(removed));
  return { format: 'grafana-as-code/diff', version: 1, base, changes, unchanged };
}

/** The value that is compared; where it comes from in the code is not part of it. */
export function comparedValue(resource: Compared): Json {
  return (resource.kind === 'rule' ? { rule: resource.rule } : { spec: resource.spec }) as unknown as Json;
}

function formerOf(
  resource: Compared,
  old: ReadonlyMap<string, Compared>,
  renamed: ReadonlyMap<string, string>,
): Compared | undefined {
  const formerId = resource.service === undefined ? undefined : renamed.get(resource.service);
  if (formerId === undefined || resource.service === undefined) return undefined;
  return old.get(resourceKey({ kind: resource.kind, uid: resource.uid.replace(resource.service, formerId) }));
}

function describe({ kind, uid, title, service }: Compared) {
  return { kind, uid, title, ...(service === undefined ? {} : { service }) };
}

function added(resource: Compared): ResourceDiff {
  return { ...describe(resource), action: 'added', meanings: [], edits: [], after: comparedValue(resource) };
}

function removed(resource: Compared): ResourceDiff {
  return { ...describe(resource), action: 'removed', meanings: [], edits: [], before: comparedValue(resource) };
}

function changed(former: Compared, resource: Compared, renamed: ReadonlyMap<string, string>): ResourceDiff | undefined {
  if (former === resource) return undefined;
  const [before, after] = [comparedValue(former), comparedValue(resource)];
  if (former.uid === resource.uid && jsonEqual(before, after)) return undefined;
  const edits = diffJson(before, after);
  if (former.uid === resource.uid) {
    return {
      ...describe(resource),
      action: 'changed',
      meanings: meaningsOf(resource, before, after, edits),
      edits,
      before,
      after,
    };
  }
  // A renamed service: its new name everywhere is one change, told once; what else differs is told as usual.
  const formerId = renamed.get(resource.service ?? '') ?? '';
  const aligned = withFormerName(before, formerId, resource.service ?? '');
  const rest = meaningsOf(resource, aligned, after, diffJson(aligned, after));
  const renaming: Meaning = { kind: 'renamed', subject: '', text: `renamed from ${former.uid}`, paging: false };
  return {
    ...describe(resource),
    action: 'renamed',
    formerUid: former.uid,
    meanings: [renaming, ...rest],
    edits,
    before,
    after,
  };
}

function sorted(resources: readonly Compared[]): Compared[] {
  return [...resources].sort((left, right) => (resourceKey(left) < resourceKey(right) ? -1 : 1));
}
