import type { LiveObject, Repair } from '../../model/plan.ts';
import { type Desired, resourceKey } from '../../model/resource.ts';
import type { Manifest } from './manifest.ts';
import { renderFiles } from './render.ts';
import type { SeenFile } from './seen.ts';

/** What a sync puts right besides resources: files of ours without a resource, an interrupted run, an old form. */
export function repairsOf(
  manifest: Manifest,
  files: ReadonlyMap<string, SeenFile>,
  objects: readonly LiveObject[],
  desired: Desired,
  owner: string,
  titles: ReadonlyMap<string, string>,
): Repair[] {
  const found: Repair[] = [];
  if (manifest.pending !== undefined)
    found.push({ subject: 'the last sync', problem: 'was interrupted; this one finishes it' });
  const whole = objects.every(
    ({ owned, resource, unmodelled, damage }) =>
      !owned || (resource !== undefined && unmodelled === undefined && damage === undefined),
  );
  const held = objects.flatMap(({ owned, resource }) => (owned && resource !== undefined ? [resource] : []));
  for (const { path, content, resources } of renderFiles(held, manifest.deleted, owner, titles)) {
    const file = files.get(path);
    if (file === undefined) {
      if (resources.length === 0 && manifest.files[path] !== undefined)
        found.push({ subject: path, problem: 'is missing' });
    } else if (file.damage !== undefined) {
      if (resources.length === 0) found.push({ subject: path, problem: file.damage });
    } else if (whole && file.content !== content) found.push({ subject: path, problem: 'has an older form' });
  }
  const wanted = new Set(desired.resources.map(resourceKey));
  for (const [path, { resources }] of Object.entries(manifest.files)) {
    const unreadable = objects.filter(
      (object) => object.resource === undefined && resources.includes(resourceKey(object)),
    );
    if (unreadable.length > 0 && unreadable.every((object) => !wanted.has(resourceKey(object)))) {
      found.push({
        subject: path,
        problem: `${files.has(path) ? 'is damaged' : 'is missing'}, and the code no longer has it`,
      });
    }
  }
  return found;
}
