/** The project's own way into Grafana, for the preview: no secret leaves this machine, all notifications go to the pager. */
import { ownerTag } from '../../../src/build/index.ts';
import { project } from '../../../src/project.ts';
import { renderDiagnostics, renderOutcome, renderPlanText } from '../../../src/report/index.ts';
import { apply, plan, withPreviewReceivers } from '../../../src/sync/index.ts';
import type { ConnectionOptions } from '../../../src/targets/grafana/client.ts';
import { openGrafana } from '../../../src/targets/grafana/index.ts';
import { writeBackup } from '../backup.ts';
import { commitOf } from '../commit.ts';
import { buildProject } from '../desired.ts';
import { ROOT } from '../root.ts';
import { paintFor } from '../terminal.ts';

/** What a sync did: `invalid` code is not synced, and a plan may be `partial` because of edits in Grafana. */
export interface SyncedPreview {
  readonly outcome: 'synced' | 'unchanged' | 'partial' | 'invalid';
  /** For people. */
  readonly text: string;
}

/**
 * Builds the project and syncs it.
 *
 * @param webhook the pager, as that Grafana reaches it.
 * @throws TargetError if Grafana can not be used.
 */
export async function syncPreview(connection: ConnectionOptions, webhook: string): Promise<SyncedPreview> {
  const started = performance.now();
  const paint = paintFor(process.stderr);
  const built = await buildProject();
  if (!built.ok) {
    return { outcome: 'invalid', text: renderDiagnostics(built.problems, { paint, closing: 'Nothing was synced.' }) };
  }
  const noSecret = () => undefined;
  const target = openGrafana({
    ...connection,
    owner: project.owner,
    ownerTag: ownerTag(project.owner),
    commit: commitOf(ROOT),
    secret: noSecret,
  });
  const { desired } = withPreviewReceivers(built.desired, () => false, webhook);
  const wanted = target.prepare?.(desired) ?? desired;
  const made = plan(wanted, await target.read(wanted, {}), target.identity, { scope: {} });
  const seconds = () => (performance.now() - started) / 1000;
  const writes = made.changes.filter(({ action }) => action !== 'unchanged' && action !== 'blocked');
  const blocked = made.changes.some(({ action }) => action === 'blocked');
  if (writes.length === 0 && made.repairs.length === 0) {
    const text = blocked ? renderPlanText(made, paint) : `Nothing to sync, ${seconds().toFixed(1)} s`;
    return { outcome: blocked ? 'partial' : 'unchanged', text };
  }
  const outcome = await apply(made, target, { backUp: (resources) => writeBackup(resources, target.identity) });
  const summary = renderOutcome(made, outcome, seconds(), paint);
  // The first sync creates everything: its list is the project's own.
  const first = writes.every(({ action }) => action === 'create');
  const whole = outcome.failed.length + outcome.skipped.length === 0 && !blocked;
  return {
    outcome: whole ? 'synced' : 'partial',
    text: first && whole ? summary : `${renderPlanText(made, paint)}\n${summary}`,
  };
}
