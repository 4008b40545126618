import type { Matcher } from '../model/metrics.ts';
import { type MatcherParts, matcherParts } from './matchers.ts';
import { valuesLike } from './values-like.ts';

/** The labels of a series, without its name. */
export type Labels = Readonly<Record<string, string>>;

/** What a series is: any, one of a failed or a good request, or one of a call that timed out and has no status. */
export type Outcome = 'well' | 'failed' | 'no status';

/** No labels fit: the matchers contradict each other, or are written in a way that no value can be made from. */
export class NoLabels extends Error {
  override readonly name = 'NoLabels';
}

/**
 * The labels that a binding's matchers demand: series with them are found by it.
 *
 * @throws NoLabels where there are none; `seriesProblems` finds this before anything is built.
 */
export function labelsFor(matchers: readonly Matcher[]): Labels {
  return labelsThat(matchers.map((text) => demand(text, true)));
}

/**
 * The same, and what tells a failed series from a good one by the matcher of failures. Values are made from the
 * matchers themselves, in the usual words of a convention where those fit.
 *
 * @example outcomeLabels([], 'status!~"[1-4].."', 'failed') // { status: '503' }
 * @example outcomeLabels([], 'status="5xx"', 'failed') // { status: '5xx' }
 * @example outcomeLabels([], 'status!~"[1-4].."', 'no status') // {}: a timeout has none
 * @throws NoLabels as {@link labelsFor}.
 */
export function outcomeLabels(matchers: readonly Matcher[], failed: Matcher, outcome: Outcome): Labels {
  const demands = matchers.map((text) => demand(text, true));
  switch (outcome) {
    case 'well':
      return labelsThat([...demands, demand(failed, false)], WELL);
    case 'failed':
      return labelsThat([...demands, demand(failed, true)], FAILED);
    case 'no status': {
      const { label } = demand(failed, true);
      return labelsThat(demands.filter((one) => one.label !== label));
    }
    default:
      return outcome satisfies never;
  }
}

interface Demand {
  readonly text: Matcher;
  readonly label: string;
  /** Whether the matcher has to accept the value, or to refuse it. */
  readonly wanted: boolean;
  readonly accepts: (value: string) => boolean;
  /** Values that its own text suggests. */
  readonly suggested: readonly string[];
}

/** Values of status and error labels that mean failure, and such that mean all is well, in any convention. */
const FAILED = ['503', 'timeout', 'true', 'error', '5xx', 'Unavailable', 'INTERNAL', '1', 'false'];
const WELL = ['200', 'none', 'success', 'OK', '2xx', 'false', '0', 'true', ''];

/** @param usual values that are tried before what the matchers themselves suggest. */
function labelsThat(demands: readonly Demand[], usual: readonly string[] = ['default']): Labels {
  const labels: Record<string, string> = {};
  for (const label of new Set(demands.map((one) => one.label))) {
    const own = demands.filter((one) => one.label === label);
    const candidates = [...only(own), ...usual, ...own.flatMap(({ suggested }) => suggested), ...FAILED, ...WELL];
    const value = candidates.find((one) => own.every(({ accepts, wanted }) => accepts(one) === wanted));
    if (value === undefined) throw new NoLabels(`no value of the label "${label}" is known ${toldOf(own)}`);
    // Prometheus knows no difference between an empty label and none.
    if (value !== '') labels[label] = value;
  }
  return labels;
}

/** The values that equalities name. */
function only(demands: readonly Demand[]): readonly string[] {
  return demands.flatMap(({ wanted, text, suggested }) => (wanted && operatorOf(text) === '=' ? suggested : []));
}

function operatorOf(text: Matcher): MatcherParts['operator'] | undefined {
  return matcherParts(text)?.operator;
}

function toldOf(demands: readonly Demand[]): string {
  return demands.map(({ text, wanted }) => `that ${text} ${wanted ? 'selects' : 'does not select'}`).join(' and ');
}

function demand(text: Matcher, wanted: boolean): Demand {
  const parts = matcherParts(text);
  if (parts === undefined) throw new NoLabels(`${text} is not a matcher such as job="a"`);
  const { label, operator, value } = parts;
  switch (operator) {
    case '=':
      return { text, label, wanted, accepts: (other) => other === value, suggested: [value] };
    case '!=':
      return { text, label, wanted, accepts: (other) => other !== value, suggested: [value] };
    case '=~':
    case '!~': {
      const pattern = patternOf(text, value);
      const accepts = (other: string) => pattern.test(other) === (operator === '=~');
      return { text, label, wanted, accepts, suggested: valuesLike(value.replace(/^\(\?[is]+\)/, '')) };
    }
    default:
      return operator satisfies never;
  }
}

/** Prometheus' patterns are RE2's, anchored. What JavaScript would read otherwise is refused. */
function patternOf(text: Matcher, pattern: string): RegExp {
  const [flags = '', letters = ''] = /^\(\?([is]+)\)/.exec(pattern) ?? [];
  try {
    if (/\\[pPzACQE]|\[:|\(\?[^:P<]/.test(pattern.slice(flags.length))) throw new SyntaxError('only RE2 knows it');
    return new RegExp(
      `^(?:${pattern.slice(flags.length).replaceAll('(?P<', '(?<')})$`,
      letters.includes('i') ? 'is' : 's',
    );
  } catch (cause) {
    throw new NoLabels(`the pattern of ${text} cannot be read`, { cause });
  }
}
