import type { Matcher } from '../model/metrics.ts';

/** A label matcher, taken apart. */
export interface MatcherParts {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  /** Without its quotes and escapes. */
  readonly value: string;
}

/**
 * Takes a matcher of PromQL apart; undefined where it is none.
 *
 * @example matcherParts('job="acme/payments"') // { label: 'job', operator: '=', value: 'acme/payments' }
 */
export function matcherParts(text: Matcher): MatcherParts | undefined {
  const [, plain, quoted, operator, double, single, raw] =
    /^\s*(?:([A-Za-z_]\w*)|"([^"\\]+)")\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`)\s*$/s.exec(
      text,
    ) ?? [];
  const value = raw ?? (double ?? single)?.replace(/\\(.)/gs, (_whole, sign: string) => ESCAPED[sign] ?? sign);
  const label = plain ?? quoted;
  if (label === undefined || value === undefined) return undefined;
  return { label, operator: operator as MatcherParts['operator'], value };
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
