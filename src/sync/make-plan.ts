import type { Diagnostic } from '../model/diagnostic.ts';
import { usageError } from '../model/explained-error.ts';
import type { Live, LiveObject, Plan } from '../model/plan.ts';
import type { Desired } from '../model/resource.ts';
import { type PlanPolicy, plan } from './plan.ts';
import { withPreviewReceivers } from './preview-receivers.ts';
import { contactPointsIn, secretNames, secretProblems } from './secret-values.ts';
import type { Target } from './target.ts';

/** What a plan is made with. */
export interface PlanOptions extends PlanPolicy {
  /** Whether the value of a secret is known here. */
  readonly isSet: (secret: string) => boolean;
  /** The value of a secret that is known here, for a look at whether it can be what it is for. */
  readonly reveal?: (secret: string) => string | undefined;
  /** What is worth a look about the variables of secrets. */
  readonly secretNotices?: (secrets: readonly string[]) => readonly Diagnostic[];
  /** Where notifications of contact points without their secrets go. */
  readonly previewWebhook: string;
  /** What is looked at, so that nothing else counts as not in the code. Default: all that is there. */
  readonly among?: (object: LiveObject) => boolean;
}

/**
 * Reads a target and plans what makes it equal to the code.
 *
 * @example await makePlan(target, desired, { scope: {}, isSet: (name) => name in process.env, previewWebhook })
 * @throws ExplainedError if the target cannot be used, or a secret cannot be what it is for.
 */
export async function makePlan(target: Target, wanted: Desired, options: PlanOptions): Promise<Plan> {
  // Dashboards alone notify nobody.
  const points = options.scope.only === 'dashboards' ? [] : contactPointsIn(wanted.resources);
  const problems = secretProblems(points, options.reveal ?? (() => undefined), target.identity.kind);
  if (problems.length > 0) throw usageError(problems);
  const notices = options.secretNotices?.(secretNames(points)) ?? [];
  const prepare = (desired: Desired): Desired => target.prepare?.(desired) ?? desired;
  const prepared = prepare(wanted);
  const all = await target.read(prepared, options.scope);
  const live = options.among === undefined ? all : part(all, options.among);
  const { desired, notes } = withPreviewReceivers(prepared, options.isSet, options.previewWebhook, live.objects);
  // Once more, for what leads to the preview instead.
  const made = plan(prepare(desired), live, target.identity, options);
  return { ...made, notes: [...notices, ...(options.scope.only === 'dashboards' ? [] : notes), ...made.notes] };
}

/** Folders that stay although the code left them. */
const FOLDER_STAYS = 'G015';

/** Some of what is there: of the rest nothing is wanted, so that nothing of it has left the code. */
function part(live: Live, among: (object: LiveObject) => boolean): Live {
  return {
    ...live,
    objects: live.objects.filter(among),
    repairs: [],
    notes: live.notes.filter(({ code }) => code !== FOLDER_STAYS),
  };
}
