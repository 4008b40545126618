/** The way back from files to resources, to see what a directory holds. */
import { parse } from 'yaml';
import { z } from 'zod';
import { KINDS, type Kind } from '../../model/resource.ts';
import { hasOwnerPrefix } from '../../sync/index.ts';
import type { ParsedResource } from './kind.ts';
import { DIRECTORY_KINDS, kindAt } from './kinds.ts';
import type { Manifest } from './manifest.ts';
import { mark } from './yaml.ts';

/** What a file says it holds, as far as it can be read; nothing for a file that is no longer well-formed. */
export function parseFile(
  path: string,
  content: string,
  owner: string,
  folderUids: ReadonlyMap<string, string>,
): readonly ParsedResource[] {
  const kind = kindAt(path, owner);
  if (kind === undefined) return [];
  try {
    return DIRECTORY_KINDS[kind].parse(documentIn(path, content), path, folderUids);
  } catch {
    // A damaged file: the caller knows by its hash, and rewrites it from the desired state.
    return [];
  }
}

/** @throws where the text is neither */
function documentIn(path: string, content: string): unknown {
  return path.endsWith('.json') ? JSON.parse(content) : parse(content);
}

const deletedFile = z.looseObject({ deleteRules: z.array(z.looseObject({ uid: z.string() })).default([]) });

/** What a file of ours tells Grafana to delete; nothing for one that is not ours, or damaged. */
export function parseDeleted(content: string, owner: string): Manifest['deleted'] {
  const nothing = { rules: [], contactPoints: [] };
  if (!content.startsWith(mark(owner))) return nothing;
  try {
    const { deleteRules } = deletedFile.parse(parse(content));
    return { ...nothing, rules: deleteRules.flatMap(({ uid }) => (hasOwnerPrefix(owner, uid) ? [uid] : [])) };
  } catch {
    return nothing;
  }
}

/** The UIDs in a file that is not ours: ours must not be the same. */
export function foreignUids(path: string, content: string): readonly { readonly kind: Kind; readonly uid: string }[] {
  try {
    const document = documentIn(path, content);
    return KINDS.flatMap((kind) =>
      (DIRECTORY_KINDS[kind].foreign?.(document, path) ?? []).map((uid) => ({ kind, uid })),
    );
  } catch {
    return [];
  }
}
