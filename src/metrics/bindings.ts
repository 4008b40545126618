/** Every binding of a profile, wherever it stands in it. */
import type { Matcher, MetricProfile } from '../model/metrics.ts';

/** What names series. */
export interface AnyBinding {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  readonly lacks?: readonly string[];
}

/** @example bindingsOf(otel({ job: 'acme/payments' })).map(({ name }) => name) */
export function bindingsOf(profile: MetricProfile): readonly AnyBinding[] {
  return found(profile);
}

function found(value: unknown): readonly AnyBinding[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(found);
  const { name, matchers } = value as { name?: unknown; matchers?: unknown };
  return typeof name === 'string' && Array.isArray(matchers) ? [value as AnyBinding, ...inner] : inner;
}

/**
 * A profile that finds its series among those of one environment only: its matchers stand beside those of every
 * binding, but for labels that a binding lacks.
 *
 * @example withMatchers(otel({ job: 'acme/payments' }), ['env="production"'])
 */
export function withMatchers(profile: MetricProfile, matchers: readonly Matcher[]): MetricProfile {
  if (matchers.length === 0) return profile;
  return selected(profile, matchers) as MetricProfile;
}

function selected(value: unknown, matchers: readonly Matcher[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, selected(one, matchers)]));
  const { matchers: own, lacks = [] } = value as Partial<AnyBinding>;
  if (!Array.isArray(own)) return inner;
  const theirs = matchers.filter((matcher) => !lacks.includes(/^"?([^"=!~\s]+)/.exec(matcher)?.[1] ?? ''));
  return { ...inner, matchers: [...own, ...theirs] };
}
