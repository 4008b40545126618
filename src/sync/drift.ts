/** Edits made in Grafana: what they are, and whether the code may overwrite them. */
import { diffJson, meaningsOf } from '../diff/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Change, Drift, LiveObject } from '../model/plan.ts';
import { type Resource, resourceKey } from '../model/resource.ts';
import { comparable } from './comparable.ts';
import { contentHash } from './content-hash.ts';

/**
 * Whether a difference is the target's own doing: our last save sent exactly this, nobody saved since, and it reads
 * differently all the same. Sending it again would change nothing, for ever.
 */
export function isServersDoing(resource: Resource, { sentHash, edited }: LiveObject): boolean {
  return edited === undefined && sentHash !== undefined && sentHash === contentHash(resource);
}

/** The hand edit behind a change, if there is one. */
export function driftOf(
  change: Change,
  held: ReadonlyMap<string, LiveObject>,
  policy: { readonly overwriteDrift?: boolean },
): readonly Drift[] {
  const object = held.get(resourceKey(change));
  // An edit that is in the code by now is none.
  if (object === undefined || change.action === 'unchanged') return [];
  return driftIn(object, policy, change.source);
}

/** The hand edit of a live object. */
export function driftIn(
  object: LiveObject,
  policy: { readonly overwriteDrift?: boolean },
  source?: string,
): readonly Drift[] {
  const { kind, uid, title, edited, resource, owned } = object;
  if (edited === undefined || !owned) return [];
  const before = edited.ours === undefined ? undefined : comparable(edited.ours);
  const after = resource === undefined ? undefined : comparable(resource, object.rest);
  const known = before !== undefined && after !== undefined && resource !== undefined;
  return [
    {
      kind,
      uid,
      title,
      ...((resource?.kind === 'rule' || resource?.kind === 'dashboard') && resource.service !== undefined
        ? { service: resource.service }
        : {}),
      ...(source === undefined ? {} : { source }),
      by: edited.by,
      at: edited.at,
      message: edited.message,
      meanings: known ? meaningsOf(resource, before, after, diffJson(before, after)) : [],
      kept: policy.overwriteDrift !== true,
    },
  ];
}

/** Why an object is kept as it is. */
export function handEdited({ kind, title, edited }: LiveObject, file?: string): Diagnostic {
  return {
    code: 'S005',
    level: 'error',
    ...(file ? { file } : {}),
    subject: `${kind} ${title}`,
    message: `was edited in Grafana by ${edited?.by ?? 'somebody'}, and is kept as it is`,
    remedy: `keep: bring the edit into ${file || 'the code'}    discard: npm run sync -- --overwrite-drift`,
  };
}
