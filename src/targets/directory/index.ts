import { dirname, join } from 'node:path';
import type { Change, Live, Plan } from '../../model/plan.ts';
import { type Desired, type Resource, resourceKey } from '../../model/resource.ts';
import { type Step, type Target, TargetError } from '../../sync/index.ts';
import { checkWritable, nearestDirectory, readText, removeFile, sha256, writeText } from './files.ts';
import { MANIFEST, type Manifest, type ManifestFiles, renderManifest } from './manifest.ts';
import { readSnapshot, resultOf, type Snapshot } from './read.ts';
import { contactPointsPath, integrationUid, PROMETHEUS_RULES, type RenderedFile, renderFiles } from './render.ts';

/** Where a directory target writes, and for whom. */
export interface DirectoryOptions {
  /** Holds `grafana/` (mount it as Grafana's provisioning folder), `prometheus/` and the manifest. */
  readonly root: string;
  readonly owner: string;
  /** The tag that marks dashboards. */
  readonly ownerTag: string;
}

/**
 * A directory in the layout of Grafana's file provisioning, and the same rules for Prometheus. Files that we did not
 * write stay. Ours are written as a whole or not at all, and repaired where they were changed or half-written; what
 * was in a changed file is kept under `backups/`.
 *
 * @example const target = openDirectory({ root: 'dist', owner: 'shop', ownerTag: 'as-code:shop' })
 */
export function openDirectory(options: DirectoryOptions): Target {
  const { root, owner, ownerTag } = options;
  const read = (desired: Desired): Promise<Snapshot> => readSnapshot(root, owner, ownerTag, desired);
  return {
    identity: { kind: 'directory', name: `${root}/grafana` },
    async read(desired: Desired): Promise<Live> {
      await nearestDirectory(root);
      return (await read(desired)).live;
    },
    async steps(plan: Plan): Promise<readonly Step[]> {
      const snapshot = await read({
        resources: plan.changes.flatMap((change) => ('desired' in change ? [change.desired] : [])),
      });
      checkPins(plan, snapshot.live);
      const { steps, folders } = stepsOf(plan, snapshot, options);
      for (const folder of new Set([root, ...folders])) await checkWritable(folder);
      return steps;
    },
  };
}

function checkPins(plan: Plan, live: Live): void {
  const now = new Map(live.objects.map((object) => [resourceKey(object), object.pin]));
  for (const change of plan.changes) {
    const seen = change.action === 'create' ? undefined : 'pin' in change ? change.pin : now.get(resourceKey(change));
    if (now.get(resourceKey(change)) !== seen) {
      throw new TargetError(
        'S004',
        `${change.kind} ${change.title} changed after the plan was made`,
        'Make a new plan: npm run plan. Nothing was written.',
      );
    }
  }
}

function stepsOf(
  plan: Plan,
  { manifest, files: seen, leftOver, live, titles }: Snapshot,
  { root, owner }: DirectoryOptions,
): { readonly steps: readonly Step[]; readonly folders: readonly string[] } {
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
    return { steps: [], folders: [] };
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
  return { steps, folders };
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

/** The order of writing: folders, contact points, rules, dashboards, then what serves them all. */
function rank(path: string, owner: string): number {
  if (path === PROMETHEUS_RULES) return 4;
  if (path.endsWith('.json')) return 3;
  if (path.startsWith('grafana/dashboards/')) return 0;
  return path === contactPointsPath(owner) ? 1 : 2;
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

/** What Grafana has to be told to delete: all that was ever provisioned from here and is no longer. */
function tombstones(manifest: Manifest, live: Live, result: readonly Resource[]): Manifest['deleted'] {
  const now = new Set(result.flatMap(uidsIn));
  const recordedRules = Object.values(manifest.files).flatMap(({ resources }) =>
    resources.filter((key) => key.startsWith('rule/')).map((key) => key.slice('rule/'.length)),
  );
  const before = live.objects.flatMap(({ owned, resource }) => (owned && resource !== undefined ? [resource] : []));
  const rules = [
    ...manifest.deleted.rules,
    ...recordedRules,
    ...before.filter(({ kind }) => kind === 'rule').flatMap(uidsIn),
  ];
  const points = [
    ...manifest.deleted.contactPoints,
    ...before.filter(({ kind }) => kind === 'contact-point').flatMap(uidsIn),
  ];
  const gone = (uids: readonly string[]) => [...new Set(uids)].filter((uid) => !now.has(uid)).sort();
  return { rules: gone(rules), contactPoints: gone(points) };
}

function uidsIn(resource: Resource): string[] {
  if (resource.kind !== 'contact-point') return [resource.uid];
  return resource.contactPoint.integrations.map((_, index) => integrationUid(resource.contactPoint.name, index));
}

/** A changed file is replaced, but what somebody wrote into it is not lost. */
async function keepDamaged(root: string, path: string, seen: Snapshot['files']): Promise<void> {
  const file = seen.get(path);
  if (file === undefined || (file.damage === undefined && !file.unlisted)) return;
  const content = await readText(root, path);
  if (content !== undefined) await writeText(root, `backups/${path}.${sha256(content).slice(0, 8)}`, content);
}
