import type { DiffReport, ResourceDiff } from '../model/diff-report.ts';
import { type Json, jsonEqual } from '../model/json.ts';
import type { Meaning, MeaningKind } from '../model/meaning.ts';
import type { Edit } from '../model/plan.ts';
import { type Resource, resourceKey, serviceOf, specOf } from '../model/resource.ts';
import { diffJson } from './diff.ts';
import { meaningsOf } from './meaning.ts';
import { renamedResources, withNewNames } from './rename.ts';
import { restartsAlert } from './restarts.ts';

/**
 * What differs between two versions of what is built: exact edits, and what they mean. Pure: the same input gives
 * the same report.
 *
 * @param base what is compared with, for the report's heading
 * @param service only what belongs to this service, under this id now or before
 */
export function buildDiff(
  before: readonly Resource[],
  after: readonly Resource[],
  base: DiffReport['base'],
  service?: string,
): DiffReport {
  const old = new Map(before.map((resource) => [resourceKey(resource), resource]));
  const renamed = renamedResources(before, after);
  const names = newNames([...renamed.values()]);
  const about = (resource: Resource) => service === undefined || serviceOf(resource) === service;
  const changes: ResourceDiff[] = [];
  let unchanged = 0;
  for (const resource of sorted(after)) {
    const key = resourceKey(resource);
    const former = old.get(key) ?? renamed.get(key)?.former;
    if (former !== undefined) old.delete(resourceKey(former));
    if (!about(resource) && (former === undefined || !about(former))) continue;
    const change = former === undefined ? added(resource) : changed(former, resource, names);
    if (change === undefined) unchanged += 1;
    else changes.push(change);
  }
  changes.push(...sorted([...old.values()].filter(about)).map(removed));
  return { format: 'grafana-as-code/diff', version: 1, base, changes, unchanged };
}

/** The value that is compared. Rendered files do not say which folder a thing is in. */
export function comparedValue(resource: Resource): Json {
  const { folderUid: _folder, ...content } = specOf(resource.kind).content(resource);
  return content;
}

/** All identifiers that changed, new ones by the former. */
function newNames(
  renamed: readonly { readonly former: Resource; readonly now: Resource }[],
): ReadonlyMap<string, string> {
  return new Map(
    renamed.flatMap(({ former, now }) => {
      const [from, to] = [serviceOf(former), serviceOf(now)];
      const uids = [former.uid, now.uid] as const;
      return from === undefined || to === undefined ? [uids] : [uids, [from, to] as const];
    }),
  );
}

function describe(resource: Resource) {
  const { kind, uid, title } = resource;
  const service = serviceOf(resource);
  return { kind, uid, title, ...(service === undefined ? {} : { service }) };
}

function added(resource: Resource): ResourceDiff {
  return { ...describe(resource), action: 'added', meanings: [], edits: [], after: comparedValue(resource) };
}

function removed(resource: Resource): ResourceDiff {
  return { ...describe(resource), action: 'removed', meanings: [], edits: [], before: comparedValue(resource) };
}

function changed(former: Resource, resource: Resource, names: ReadonlyMap<string, string>): ResourceDiff | undefined {
  if (former === resource) return undefined;
  const [before, after] = [comparedValue(former), comparedValue(resource)];
  const sameUid = former.uid === resource.uid;
  if (sameUid && jsonEqual(before, after)) return undefined;
  const edits = diffJson(before, after);
  if (sameUid) {
    const restarts = restartsActive(resource, edits);
    const meanings = meaningsOf(resource, before, after, edits);
    return {
      ...describe(resource),
      action: 'changed',
      ...(restarts ? { restarts } : {}),
      meanings: restarts ? meanings.map(withRestart) : meanings,
      edits,
      before,
      after,
    };
  }
  // New names everywhere are one change, described once; what else differs is described as usual.
  const aligned = withNewNames(before, names);
  const rest = meaningsOf(resource, aligned, after, diffJson(aligned, after));
  return {
    ...describe(resource),
    action: 'renamed',
    formerUid: former.uid,
    meanings: [renaming(former, resource), ...rest],
    edits,
    before,
    after,
  };
}

/** Grafana keeps state, silences and links by UID and labels. */
function renaming(former: Resource, now: Resource): Meaning {
  const [from, to] = [former, now].map(serviceOf);
  const alert = now.kind === 'rule';
  const about = { kind: 'renamed', paging: alert } as const;
  if (from === to) return { ...about, change: { what: 'renamed-uid', from: former.uid, to: now.uid, alert } };
  const sides = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return { ...about, change: { what: 'renamed-service', ...sides, uid: former.uid, alert } };
}

/** The title of a folder is a label of every alert in it. */
function restartsActive(resource: Resource, edits: readonly Edit[]): true | undefined {
  const restarts = resource.kind === 'folder' || (resource.kind === 'rule' && restartsAlert(edits));
  return restarts ? true : undefined;
}

/** Changes that are harmless but for the restart. */
const IDENTIFYING: ReadonlySet<MeaningKind> = new Set(['labels', 'link', 'retitled', 'moved', 'cosmetic', 'other']);

function withRestart(meaning: Meaning): Meaning {
  return IDENTIFYING.has(meaning.kind) ? { ...meaning, paging: true } : meaning;
}

function sorted(resources: readonly Resource[]): Resource[] {
  return [...resources].sort((left, right) => (resourceKey(left) < resourceKey(right) ? -1 : 1));
}
