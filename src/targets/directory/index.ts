import { dirname, join, resolve } from 'node:path';
import {
  checkPlaces,
  checkWritable,
  nearestDirectory,
  readText,
  removeFile,
  sha256,
  writeText,
} from '../../adapters/directory-files.ts';
import { isLocked, type Lock, type LockTaker, takeLock } from '../../adapters/lock.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import { jsonEqual } from '../../model/json.ts';
import { type Change, isNoOp, type Live, type LiveObject, type Plan, type Scope } from '../../model/plan.ts';
import { type Desired, KINDS, type Resource, resourceKey, specOf } from '../../model/resource.ts';
import { comparable, type Step, type Target } from '../../sync/index.ts';
import type { RenderedFile } from './kind.ts';
import { DIRECTORY_KINDS, kindAt } from './kinds.ts';
import { MANIFEST, type Manifest, type ManifestFiles, renderManifest } from './manifest.ts';
import { readSnapshot, resultOf, type Snapshot } from './read.ts';
import { renderFiles } from './render.ts';

/** Where a directory target writes, and for whom. */
export interface DirectoryOptions {
  /** Holds `grafana/` (mount it as Grafana's provisioning folder), `prometheus/` and the manifest. */
  readonly root: string;
  /** What the root is relative to, where that is not the directory of the process. */
  readonly cwd?: string;
  readonly owner: string;
  /** The tag that marks dashboards. */
  readonly ownerTag: string;
  /** Who writes, for the lock. */
  readonly self: LockTaker;
  /** How long to wait for another sync into the directory, in milliseconds. Default: 10 s. */
  readonly patience?: number;
}

/** Says who is writing into the directory. */
const LOCK = '.sync.lock';

/**
 * A directory in the layout of Grafana's file provisioning, and the same rules for Prometheus. Files that we did not
 * write stay. Ours are written as a whole or not at all, and repaired where they were changed or half-written; what
 * was in a changed file is kept under `backups/`. One sync writes at a time: another waits for it.
 *
 * @example const target = openDirectory({ root: 'dist', owner: 'acme', ownerTag: 'as-code:acme', self: io.self })
 */
export function openDirectory(options: DirectoryOptions): Target {
  const { owner, ownerTag, self, patience } = options;
  const root = resolve(options.cwd ?? '', options.root);
  const lockFile = join(root, LOCK);
  let lock: Lock | undefined;
  const read = async (desired: Desired): Promise<Snapshot> =>
    readSnapshot(root, owner, ownerTag, desired, lock === undefined && (await isLocked(lockFile)));
  const work = async (plan: Plan): Promise<readonly Step[]> => {
    const snapshot = await read({
      resources: plan.changes.flatMap((change) => ('desired' in change ? [change.desired] : [])),
    });
    checkPins(plan, snapshot.live);
    const { steps, folders, places } = stepsOf(plan, snapshot, { root, owner });
    await checkPlaces(root, places);
    for (const folder of new Set([root, ...folders])) await checkWritable(folder);
    return steps;
  };
  const release = async (): Promise<void> => {
    await lock?.release();
    lock = undefined;
  };
  return {
    identity: { kind: 'directory', name: `${options.root}/grafana` },
    async read(desired: Desired, scope: Scope): Promise<Live> {
      await nearestDirectory(root);
      const { live } = await read(desired);
      return { ...live, notes: [...live.notes, ...keptByGrafana(live, desired, scope)] };
    },
    async steps(plan: Plan): Promise<readonly Step[]> {
      // A lock is a write: none where there is nothing to write, or where nothing can be.
      if (isNoOp(plan) && (await work(plan)).length === 0) return [];
      await checkWritable(root);
      lock ??= await takeLock(lockFile, root, self, patience);
      try {
        return await work(plan);
      } catch (error) {
        await release();
        throw error;
      }
    },
    release,
  };
}

/** Of what Grafana is never asked to delete, because it does not start if anything there uses it. */
function keptByGrafana(live: Live, { resources }: Desired, { only, service }: Scope): readonly Diagnostic[] {
  if (only === 'dashboards' || service !== undefined) return [];
  const wanted = new Set(resources.map(resourceKey));
  return live.objects.flatMap((object): Diagnostic[] => {
    const { kind, title, owned } = object;
    const { deletedBy } = DIRECTORY_KINDS[kind];
    if (deletedBy === undefined || !owned || wanted.has(resourceKey(object))) return [];
    return [
      {
        code: 'D012',
        level: 'warning',
        subject: `${specOf(kind).name} ${title}`,
        message: 'left the code, but a Grafana that had it keeps it: asked to delete one in use, it does not start',
        remedy: `When nothing there uses it any more, delete it: put a file of your own beside ours whose ${deletedBy}, until Grafana has read it.`,
      },
    ];
  });
}

/** What the plan saw has to be so still, or be as the plan wants it: another sync of the same code may have been here. */
function checkPins(plan: Plan, live: Live): void {
  const now = new Map(live.objects.map((object) => [resourceKey(object), object]));
  for (const change of plan.changes) {
    const there = now.get(resourceKey(change));
    const seen = change.action === 'create' ? undefined : 'pin' in change ? change.pin : there?.pin;
    if (there?.pin === seen || isDone(change, there)) continue;
    throw new ExplainedError({
      code: 'S004',
      message: `${change.kind} ${change.title} changed after the plan was made`,
      remedy: 'Make a new plan: npm run plan. Nothing was written.',
    });
  }
}

function isDone(change: Change, there: LiveObject | undefined): boolean {
  if (change.action === 'delete') return there === undefined;
  if (!('desired' in change) || there?.resource === undefined || !there.owned || there.damage !== undefined)
    return false;
  return jsonEqual(comparable(there.resource, there.unmodelled), comparable(change.desired));
}

function stepsOf(
  plan: Plan,
  { manifest, files: seen, leftOver, live, titles }: Snapshot,
  { root, owner }: Pick<DirectoryOptions, 'root' | 'owner'>,
): { readonly steps: readonly Step[]; readonly folders: readonly string[]; readonly places: readonly string[] } {
  const result = resultOf(live, plan.changes);
  const deleted = tombstones(manifest, live, result);
  const files = renderFiles(result, deleted, owner, titles);
  const writes = files.filter(({ path, content }) => seen.get(path)?.content !== content);
  const kept = new Set(files.map(({ path }) => path));
  const removals = [...seen.values()].filter(({ path, ours }) => ours && !kept.has(path));
  const next: Manifest = { format: manifest.format, version: 1, owner, files: recorded(files), deleted };
  if (
    writes.length + removals.length + leftOver.length === 0 &&
    manifest.pending === undefined &&
    sameManifest(manifest, next)
  )
    return { steps: [], folders: [], places: [] };
  const byKey = new Map(plan.changes.map((change) => [resourceKey(change), change]));
  const carriedOut = (keys: readonly string[]) =>
    keys.flatMap((key) => byKey.get(key) ?? []).filter(({ action }) => action === 'create' || action === 'update');
  const deletes = plan.changes.filter((change) => change.action === 'delete');
  const steps = [
    manifestStep(root, 'what will be written', { ...next, files: manifest.files, pending: recorded(files) }),
    ...writes
      .sort((left, right) => rank(left.path, owner) - rank(right.path, owner))
      .map(
        ({ path, content, resources }): Step => ({
          label: path,
          changes: [...carriedOut(resources), ...deletesIn(path, deletes, manifest, kept)],
          run: async () => {
            await keepDamaged(root, path, seen);
            await writeText(root, path, content);
          },
        }),
      ),
    ...removals.map(
      ({ path }): Step => ({
        label: path,
        changes: deletesIn(path, deletes, manifest, new Set([path])),
        run: async () => {
          await keepDamaged(root, path, seen);
          await removeFile(root, path);
        },
      }),
    ),
    ...leftOver.map((path): Step => ({ label: path, changes: [], run: () => removeFile(root, path) })),
    manifestStep(root, 'manifest', next),
  ];
  const folders = [...writes, ...removals].map(({ path }) => dirname(join(root, path)));
  return { steps, folders, places: files.map(({ path }) => path) };
}

/** The deletes that writing or removing a file carries out. */
function deletesIn(
  path: string,
  deletes: readonly Change[],
  manifest: Manifest,
  touched: ReadonlySet<string>,
): Change[] {
  if (!touched.has(path)) return [];
  const held = new Set((manifest.files[path] ?? manifest.pending?.[path])?.resources ?? []);
  return deletes.filter((change) => held.has(resourceKey(change)));
}

/** The order of writing: that of the kinds, then what serves them all. */
function rank(path: string, owner: string): number {
  const kind = kindAt(path, owner);
  return kind === undefined ? KINDS.length : KINDS.indexOf(kind);
}

function manifestStep(root: string, label: string, manifest: Manifest): Step {
  return { label, changes: [], run: () => writeText(root, MANIFEST, renderManifest(manifest)) };
}

function recorded(files: readonly RenderedFile[]): ManifestFiles {
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ path, content, resources }) => [path, { sha256: sha256(content), resources: [...resources] }]),
  );
}

function sameManifest(left: Manifest, right: Manifest): boolean {
  return JSON.stringify([left.files, left.deleted]) === JSON.stringify([right.files, right.deleted]);
}

/** What Grafana has to be asked to delete: every rule that was ever provisioned from here and is no longer. */
function tombstones(manifest: Manifest, live: Live, result: readonly Resource[]): Manifest['deleted'] {
  const rules = result.flatMap((resource) => (resource.kind === 'rule' ? [resource.uid] : []));
  const recordedRules = Object.values(manifest.files).flatMap(({ resources }) =>
    resources.filter((key) => key.startsWith('rule/')).map((key) => key.slice('rule/'.length)),
  );
  const before = live.objects.flatMap(({ owned, kind, uid, resource }) =>
    owned && kind === 'rule' && resource !== undefined ? [uid] : [],
  );
  const notInCode = new Set([...manifest.deleted.rules, ...recordedRules, ...before]);
  for (const uid of rules) notInCode.delete(uid);
  return { rules: [...notInCode].sort(), contactPoints: [] };
}

/** A changed file is replaced, but what somebody wrote into it is not lost. */
async function keepDamaged(root: string, path: string, seen: Snapshot['files']): Promise<void> {
  const file = seen.get(path);
  if (file === undefined || (file.damage === undefined && !file.unlisted)) return;
  const content = readText(root, path);
  if (content !== undefined) await writeText(root, `backups/${path}.${sha256(content).slice(0, 8)}`, content);
}
