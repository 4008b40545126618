/** The organisation's tree of notification policies: who of it uses what we would delete. It is never written. */
import { fieldsOf } from '../../adapters/grafana-answers.ts';
import type { Use } from '../../model/plan.ts';
import { resourceKey } from '../../model/resource.ts';
import type { ReadContext } from './context.ts';
import type { Uses } from './kind.ts';

const POLICIES = '/api/v1/provisioning/policies';
const DEFAULT = 'the default notification policy';

/** Which notification policies use contact points and time intervals, by the key of what they use. */
export async function readPolicyUses({ client }: ReadContext): Promise<Uses> {
  const { status, body } = await client.request('GET', POLICIES, { accept: [403, 404] });
  const uses = new Map<string, Use[]>();
  const walk = (policy: unknown, isDefault: boolean): void => {
    const { object_matchers: matchers, routes } = fieldsOf(policy);
    const use = { what: isDefault ? DEFAULT : policyName(matchers) };
    for (const key of namesIn(policy)) uses.set(key, [...(uses.get(key) ?? []), use]);
    if (Array.isArray(routes)) for (const route of routes) walk(route, false);
  };
  if (status < 400) walk(body, true);
  return uses;
}

/** Keys of what a notification policy, or the notification settings of a rule, name. */
export function namesIn(settings: unknown): readonly string[] {
  const { receiver, mute_time_intervals: muted, active_time_intervals: active } = fieldsOf(settings);
  const intervals = [muted, active].flatMap((names) => (Array.isArray(names) ? (names as unknown[]) : []));
  return [
    ...(typeof receiver === 'string' ? [resourceKey({ kind: 'contact-point', uid: receiver })] : []),
    ...[...new Set(intervals)].map((name) => resourceKey({ kind: 'time-interval', uid: String(name) })),
  ];
}

/** @example 'notification policy team=payments' */
function policyName(matchers: unknown): string {
  const texts = (Array.isArray(matchers) ? matchers : []).map((matcher) =>
    (Array.isArray(matcher) ? matcher : []).filter((part) => typeof part === 'string').join(''),
  );
  return `notification policy ${texts.length === 0 ? 'without matchers' : texts.join(', ')}`;
}
