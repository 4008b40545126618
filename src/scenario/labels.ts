import type { Matcher } from '../model/metrics.ts';

/** The labels of a series, without its name. */
export type Labels = Readonly<Record<string, string>>;

interface ReadMatcher {
  readonly label: string;
  readonly accepts: (value: string) => boolean;
  /** The one value it accepts, where there is only one. */
  readonly only: string | undefined;
}

/** The labels that a binding's matchers demand: series with them are found by it. */
export function labelsFor(matchers: readonly Matcher[]): Labels {
  return Object.fromEntries(
    matchers.map(readMatcher).map(({ label, accepts, only }) => [label, only ?? firstThat(accepts, label)]),
  );
}

/** Values of status and error labels that mean all is well, and such that mean failure, in any convention. */
const WELL = ['200', 'none', ''];
const FAILED = ['503', 'timeout', 'true'];

/**
 * The label that tells a failed series from a good one, by the matcher of failures.
 *
 * @example outcomeLabel('status!~"[1-4].."', 'failed') // { status: '503' }
 * @example outcomeLabel('status!~"[1-4].."', 'no status') // {}: a timeout has none
 */
export function outcomeLabel(failed: Matcher, outcome: 'well' | 'failed' | 'no status'): Labels {
  const { label, accepts } = readMatcher(failed);
  switch (outcome) {
    case 'well':
      return withLabel(label, WELL.find((value) => !accepts(value)) ?? '');
    case 'failed':
      return withLabel(label, FAILED.find(accepts) ?? firstThat(accepts, label));
    case 'no status':
      return {};
    default:
      return outcome satisfies never;
  }
}

/** A label, or none where its value is empty: Prometheus knows no difference. */
function withLabel(label: string, value: string): Labels {
  return value === '' ? {} : { [label]: value };
}

function firstThat(accepts: (value: string) => boolean, label: string): string {
  const found = ['default', ...FAILED, ...WELL].find(accepts);
  if (found === undefined) throw new RangeError(`no value is known that the matcher of label "${label}" accepts`);
  return found;
}

function readMatcher(text: Matcher): ReadMatcher {
  const [, label, operator, quoted] = /^([A-Za-z_]\w*)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"$/.exec(text) ?? [];
  if (label === undefined || quoted === undefined) throw new RangeError(`"${text}" is no matcher such as job="a"`);
  const value = quoted.replace(/\\(.)/g, (_whole, character: string) => (character === 'n' ? '\n' : character));
  const pattern = () => new RegExp(`^(?:${value})$`);
  switch (operator) {
    case '=':
      return { label, accepts: (other) => other === value, only: value };
    case '!=':
      return { label, accepts: (other) => other !== value, only: undefined };
    case '=~':
      return { label, accepts: (other) => pattern().test(other), only: undefined };
    default:
      return { label, accepts: (other) => !pattern().test(other), only: undefined };
  }
}
