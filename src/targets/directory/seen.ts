/** Files of a target directory: whose they are, and in what state. */

import { sha256 } from '../../adapters/directory-files.ts';
import { type JsonObject, parseJson } from '../../model/json.ts';
import { hasOwnerPrefix } from '../../sync/index.ts';
import type { Manifest } from './manifest.ts';
import { foreignUids } from './parse.ts';
import { mark } from './yaml.ts';

/** A file on disk and what we know of it. */
export interface SeenFile {
  readonly path: string;
  readonly content: string;
  readonly hash: string;
  readonly ours: boolean;
  /** Why it is not as we left it. */
  readonly damage?: string;
  /** Ours by its mark alone: the manifest, which may be lost, does not list it. */
  readonly unlisted: boolean;
}

/** Whether a file is ours, by the manifest or by its own mark, and whether it is as we left it. */
export function see(
  path: string,
  content: string,
  manifest: Manifest,
  owner: string,
  ownerTag: string,
  expected: boolean,
): SeenFile {
  const hash = sha256(content);
  const written = manifest.files[path]?.sha256;
  const pending = manifest.pending?.[path]?.sha256;
  const known = written !== undefined || pending !== undefined;
  // Without a manifest, what stands in our place and is nothing at all was ours, cut off.
  const broken = !known && expected && isBroken(path, content);
  const ours = known || broken || carriesMark(path, content, owner, ownerTag);
  const intact = hash === written || hash === pending;
  const damage = broken ? 'is cut off or empty' : known && !intact ? 'was changed since the last sync' : undefined;
  return { path, content, hash, ours, unlisted: ours && !known, ...(damage === undefined ? {} : { damage }) };
}

function isBroken(path: string, content: string): boolean {
  if (content.trim() === '') return true;
  return path.endsWith('.json') && parseJson(content) === undefined;
}

function carriesMark(path: string, content: string, owner: string, ownerTag: string): boolean {
  if (!path.endsWith('.json')) return content.startsWith(mark(owner)) && !holdsUidsOfOthers(path, content, owner);
  try {
    const { uid, tags } = JSON.parse(content) as JsonObject;
    return typeof uid === 'string' && hasOwnerPrefix(owner, uid) && Array.isArray(tags) && tags.includes(ownerTag);
  } catch {
    return false;
  }
}

/** A copy of a file of ours in which somebody wrote rules of theirs. */
function holdsUidsOfOthers(path: string, content: string, owner: string): boolean {
  return foreignUids(path, content).some(({ uid }) => !hasOwnerPrefix(owner, uid));
}
