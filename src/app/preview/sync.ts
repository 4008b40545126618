/** The project's own way into Grafana, for the preview: no secret leaves this machine, all notifications go to the pager. */
import { commitOf } from '../../adapters/git.ts';
import { ownerTag } from '../../build/index.ts';
import type { Paint } from '../../report/index.ts';
import { renderOutcome, renderPlanText } from '../../report/index.ts';
import { plan, withPreviewReceivers } from '../../sync/index.ts';
import type { ConnectionOptions } from '../../targets/grafana/client.ts';
import { openGrafana } from '../../targets/grafana/index.ts';
import { applyPlan } from '../apply-plan.ts';
import type { Built } from '../build-project.ts';
import type { Io } from '../io.ts';

/** What a sync did: a plan may be `partial` because of edits in Grafana, or because Ctrl-C ended it. */
export interface SyncedPreview {
  readonly outcome: 'synced' | 'unchanged' | 'partial';
  /** For people. */
  readonly text: string;
}

/** What to sync, and where to. */
export interface PreviewSync {
  readonly built: Pick<Extract<Built, { ok: true }>, 'desired' | 'project'>;
  readonly connection: ConnectionOptions;
  /** The pager, as that Grafana reaches it. */
  readonly webhook: string;
  readonly paint: Paint;
}

/** Syncs the project. @throws ExplainedError if Grafana cannot be used */
export async function syncPreview(
  { built, connection, webhook, paint }: PreviewSync,
  io: Pick<Io, 'root' | 'clock' | 'interrupted' | 'random' | 'http'>,
): Promise<SyncedPreview> {
  const started = io.clock.elapsed();
  const seconds = () => (io.clock.elapsed() - started) / 1000;
  const { mark } = built.project;
  const noSecret = () => undefined;
  const target = openGrafana({
    ...connection,
    owner: mark,
    ownerTag: ownerTag(mark),
    commit: commitOf(io.root),
    secret: noSecret,
  });
  const { desired } = withPreviewReceivers(built.desired, () => false, webhook);
  const wanted = target.prepare?.(desired) ?? desired;
  const made = plan(wanted, await target.read(wanted, {}), target.identity, { scope: {} });
  const writes = made.changes.filter(({ action }) => action !== 'unchanged' && action !== 'blocked');
  const blocked = made.changes.some(({ action }) => action === 'blocked');
  if (writes.length === 0 && made.repairs.length === 0) {
    const text = blocked ? renderPlanText(made, paint) : `Nothing to sync, ${seconds().toFixed(1)} s`;
    return { outcome: blocked ? 'partial' : 'unchanged', text };
  }
  const outcome = await applyPlan({ plan: made, target, onEvent: () => undefined }, io);
  const summary = renderOutcome(made, outcome, seconds(), paint);
  // The first sync creates everything: its list is the project's own.
  const first = writes.every(({ action }) => action === 'create');
  const whole = outcome.failed.length + outcome.skipped.length === 0 && !outcome.interrupted && !blocked;
  return {
    outcome: whole ? 'synced' : 'partial',
    text: first && whole ? summary : `${renderPlanText(made, paint)}\n${summary}`,
  };
}
