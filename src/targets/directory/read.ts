import { checkPlaces, filesOfRoot, listFiles, readText, sizeOf } from '../../adapters/directory-files.ts';
import { TEMPORARY } from '../../adapters/files.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import { visible } from '../../model/outside-text.ts';
import type { Change, Live, LiveObject } from '../../model/plan.ts';
import { type Desired, type Kind, type Resource, resourceKey } from '../../model/resource.ts';
import { hasOwnerPrefix } from '../../sync/index.ts';
import { providersPath } from './folder.ts';
import type { RenderedFile } from './kind.ts';
import { emptyManifest, MANIFEST, type Manifest, type ManifestFiles, parseManifest } from './manifest.ts';
import { foreignUids, parseDeleted, parseFile } from './parse.ts';
import { deletedPath, FOLDERS, isOurPlace, renderFiles } from './render.ts';
import { repairsOf } from './repairs.ts';
import { type SeenFile, see } from './seen.ts';

/** A directory as it is: the manifest, the files, and what they hold. */
export interface Snapshot {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, SeenFile>;
  /** Half-written files of a sync that was killed. */
  readonly leftOver: readonly string[];
  readonly live: Live;
  /** Titles of folders by UID, those of the code and those that are there. */
  readonly titles: ReadonlyMap<string, string>;
}

/** Larger than any dashboard: Grafana refuses those of some megabytes. In bytes. */
const LARGEST = 5 * 1024 ** 2;

/**
 * Reads a target directory. What cannot be understood is damage to repair, not an error.
 *
 * @param writing another sync is: its unfinished files are not left over.
 */
export async function readSnapshot(
  root: string,
  owner: string,
  ownerTag: string,
  desired: Desired,
  writing: boolean,
): Promise<Snapshot> {
  checkTitles(desired);
  await checkPlaces(root, [MANIFEST, deletedPath(owner)]);
  const text = readText(root, MANIFEST);
  const manifest =
    text === undefined
      ? { ...emptyManifest(owner), deleted: parseDeleted(readText(root, deletedPath(owner)) ?? '', owner) }
      : onlyOurs(parseManifest(text, owner, `${root}/${MANIFEST}`));
  const expected = renderFiles(desired.resources, manifest.deleted, owner, new Map());
  const places = new Set([
    ...expected.map(({ path }) => path),
    ...Object.keys({ ...manifest.files, ...manifest.pending }),
  ]);
  await checkPlaces(root, [MANIFEST, ...places]);
  const listed = await listFiles(root, FOLDERS);
  const files = new Map<string, SeenFile>();
  for (const path of new Set([...listed, ...places])) {
    if (!places.has(path) && !(await worthReading(root, path))) continue;
    const content = readText(root, path);
    if (content !== undefined) files.set(path, see(path, content, manifest, owner, ownerTag, places.has(path)));
  }
  const unfinished = [...listed, ...(await filesOfRoot(root))].filter((path) => path.endsWith(TEMPORARY));
  const leftOver = writing ? [] : unfinished;
  const titles = folderTitles(files, desired, owner);
  const live = interpret(manifest, files, expected, desired, owner, titles);
  const cleared = leftOver.map((subject) => ({ subject, problem: 'was left over by a sync that was killed' }));
  return { manifest, files, leftOver, titles, live: { ...live, repairs: [...live.repairs, ...cleared] } };
}

/** Grafana drops blanks at the ends of a folder's title, and then makes another folder at each reload. */
function checkTitles({ resources }: Desired): void {
  for (const { kind, title } of resources) {
    if (kind !== 'folder' || (title !== '' && title === title.trim() && !/\p{Cc}/u.test(title))) continue;
    throw new ExplainedError({
      code: 'D014',
      message: `the folder's title ${JSON.stringify(visible(title))} is empty, begins or ends with a blank, or has a control character in it`,
      remedy: 'Nothing was written. Correct folder.title in grafana.config.ts.',
    });
  }
}

/** What is there counts before the code: a rule file that is left alone keeps its folder. */
function folderTitles(
  files: ReadonlyMap<string, SeenFile>,
  { resources }: Desired,
  owner: string,
): ReadonlyMap<string, string> {
  const path = providersPath(owner);
  const file = files.get(path);
  const there = file?.ours === true ? parseFile(path, file.content, owner, new Map()) : [];
  const folders = [...resources, ...there.map(({ resource }) => resource)].filter(({ kind }) => kind === 'folder');
  return new Map(folders.map(({ uid, title }) => [uid, title]));
}

/** A file of somebody else is looked into only if Grafana would read it, and if it is no larger than it may be. */
async function worthReading(root: string, path: string): Promise<boolean> {
  return /\.(json|ya?ml)$/.test(path) && ((await sizeOf(root, path)) ?? 0) <= LARGEST;
}

/** A manifest is a file that anybody can edit: what it says of things that cannot be ours does not count. */
function onlyOurs(manifest: Manifest): Manifest {
  const { owner, deleted, pending } = manifest;
  const uids = (all: readonly string[]) => all.filter((uid) => hasOwnerPrefix(owner, uid));
  const files = (all: ManifestFiles): ManifestFiles =>
    Object.fromEntries(
      Object.entries(all)
        .filter(([path]) => isOurPlace(path, owner))
        .map(([path, { sha256: hash, resources }]) => [
          path,
          {
            sha256: hash,
            resources: resources.filter((key) => hasOwnerPrefix(owner, key.slice(key.indexOf('/') + 1))),
          },
        ]),
    );
  return {
    ...manifest,
    files: files(manifest.files),
    ...(pending === undefined ? {} : { pending: files(pending) }),
    deleted: { rules: uids(deleted.rules), contactPoints: [] },
  };
}

function interpret(
  manifest: Manifest,
  files: ReadonlyMap<string, SeenFile>,
  expected: readonly RenderedFile[],
  desired: Desired,
  owner: string,
  titles: ReadonlyMap<string, string>,
): Live {
  const inCode = desired.resources.filter(({ kind }) => kind === 'folder');
  const folderUids = new Map([
    ...inCode.map(({ title, uid }) => [title, uid] as const),
    ...[...titles].map(([uid, title]) => [title, uid] as const),
  ]);
  const objects = new Map<string, LiveObject>();
  const keep = (object: LiveObject) => objects.set(resourceKey(object), object);
  const ours = [...files.values()].filter((file) => file.ours);
  const known = new Set([...expected.map(({ path }) => path), ...Object.keys(manifest.files)]);
  // Of two files that hold the same, the one in its place counts: what is kept last wins.
  const inPlace = ({ path, damage, unlisted }: SeenFile) =>
    Number(known.has(path)) + Number(damage === undefined) + Number(!unlisted);
  const holders = new Map<string, string>();
  for (const file of ours.sort((left, right) => inPlace(left) - inPlace(right))) {
    for (const object of heldBy(file, manifest, owner, folderUids)) {
      keep(object);
      holders.set(resourceKey(object), file.path);
    }
  }
  const holding = new Set(holders.values());
  const copies = ours.filter((file) => !known.has(file.path) && !holding.has(file.path));
  for (const object of missingFiles(manifest, files)) if (!objects.has(resourceKey(object))) keep(object);
  for (const object of foreignObjects(files, expected)) keep(object);
  const sorted = [...objects.values()].sort((left, right) => (resourceKey(left) < resourceKey(right) ? -1 : 1));
  const unlisted = ours.filter((file) => file.unlisted && !copies.includes(file)).length;
  const found = [
    ...(unlisted === 0 ? [] : [{ subject: MANIFEST, problem: `does not list ${unlisted} of our files` }]),
    ...repairsOf(manifest, files, sorted, desired, owner, titles),
    ...copies.map(({ path }) => ({ subject: path, problem: 'holds what another file of ours holds; it goes' })),
  ];
  return { complete: true, objects: sorted, repairs: found, notes: [] };
}

function heldBy(
  file: SeenFile,
  manifest: Manifest,
  owner: string,
  folderUids: ReadonlyMap<string, string>,
): LiveObject[] {
  const parsed = parseFile(file.path, file.content, owner, folderUids);
  const damage = file.damage === undefined ? {} : { damage: `${file.path} ${file.damage}` };
  const objects = parsed.map(
    ({ resource, unmodelled }): LiveObject => ({
      kind: resource.kind,
      uid: resource.uid,
      title: resource.title,
      owned: true,
      pin: file.hash,
      resource,
      ...(unmodelled === undefined ? {} : { unmodelled }),
      ...damage,
    }),
  );
  const found = new Set(objects.map(resourceKey));
  const recorded = (manifest.files[file.path] ?? manifest.pending?.[file.path])?.resources ?? [];
  // What the manifest says was in the file and can no longer be read there.
  return [
    ...objects,
    ...recorded.filter((key) => !found.has(key)).map((key) => unreadable(key, file.hash, `${file.path} is damaged`)),
  ];
}

function missingFiles(manifest: Manifest, files: ReadonlyMap<string, SeenFile>): LiveObject[] {
  return Object.entries(manifest.files)
    .filter(([path]) => !files.has(path))
    .flatMap(([path, { resources }]) => resources.map((key) => unreadable(key, '', `${path} is missing`)));
}

function unreadable(key: string, pin: string, damage: string): LiveObject {
  const kind = key.slice(0, key.indexOf('/')) as Kind;
  const uid = key.slice(key.indexOf('/') + 1);
  return { kind, uid, title: uid, owned: true, pin, damage };
}

/** Objects that are not ours and stand in our way: a file at our path, or our UID in a file of somebody else. */
function foreignObjects(files: ReadonlyMap<string, SeenFile>, expected: readonly RenderedFile[]): LiveObject[] {
  const foreign = [...files.values()].filter(({ ours }) => !ours);
  const blocked: LiveObject[] = [];
  for (const file of foreign) {
    const atOurPath = expected.find(({ path }) => path === file.path);
    if (atOurPath !== undefined && atOurPath.resources.length === 0) {
      throw new ExplainedError({
        code: 'D007',
        message: `${visible(file.path)} exists and is not ours`,
        remedy: 'Move it away, or choose another directory: npm run sync -- --dir DIR',
      });
    }
    for (const key of atOurPath?.resources ?? [])
      blocked.push({ ...unreadable(key, file.hash, ''), owned: false, obstacle: file.path });
    for (const { kind, uid } of foreignUids(file.path, file.content)) {
      blocked.push({ kind, uid, title: uid, owned: false, pin: file.hash });
    }
  }
  return blocked;
}

/** What exists after a plan was applied: all that was read, overlaid by the plan's changes. */
export function resultOf(live: Live, changes: readonly Change[]): readonly Resource[] {
  const result = new Map<string, Resource>();
  for (const object of live.objects)
    if (object.owned && object.resource !== undefined) result.set(resourceKey(object), object.resource);
  for (const change of changes) {
    if (change.action === 'delete') result.delete(resourceKey(change));
    else if (change.action === 'blocked') {
      if (change.live !== undefined) result.set(resourceKey(change), change.live);
    } else result.set(resourceKey(change), change.desired);
  }
  return [...result.values()];
}
