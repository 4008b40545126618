import type { LiveObject, Plan } from '../model/plan.ts';
import type { Desired } from '../model/resource.ts';
import { type PlanPolicy, plan } from './plan.ts';
import { withPreviewReceivers } from './preview-receivers.ts';
import type { Target } from './target.ts';

/** What a plan is made with. */
export interface PlanOptions extends PlanPolicy {
  /** Whether the value of a secret is known here. */
  readonly isSet: (secret: string) => boolean;
  /** Where notifications of contact points without their secrets go. */
  readonly previewWebhook: string;
  /** What is looked at, so that nothing else can be taken for gone. Default: all that is there. */
  readonly among?: (object: LiveObject) => boolean;
}

/**
 * Reads a target and plans what makes it equal to the code.
 *
 * @example await makePlan(target, desired, { scope: {}, isSet: (name) => name in process.env, previewWebhook })
 * @throws TargetError if the target can not be used.
 */
export async function makePlan(target: Target, wanted: Desired, options: PlanOptions): Promise<Plan> {
  const prepare = (desired: Desired): Desired => target.prepare?.(desired) ?? desired;
  const prepared = prepare(wanted);
  const all = await target.read(prepared, options.scope);
  const live = options.among === undefined ? all : { ...all, objects: all.objects.filter(options.among), repairs: [] };
  const { desired, notes } = withPreviewReceivers(prepared, options.isSet, options.previewWebhook, live.objects);
  // Once more, for what leads to the preview instead.
  const made = plan(prepare(desired), live, target.identity, options);
  // Dashboards alone tell nobody anything.
  return { ...made, notes: [...(options.scope.only === 'dashboards' ? [] : notes), ...made.notes] };
}
