/** Which families of telemetry are missing, and in which region or cluster. */
import type { Dimension } from '../model/dimension.ts';
import type { Matcher } from '../model/metrics.ts';
import { type Divided, dimensionsOf } from './identity.ts';
import { by, firstOf, labelled, matcher, on, sumBy } from './promql.ts';
import { bindingOf, type Counted, countedSeries } from './requests.ts';
import type { Terms } from './timing.ts';

/** Series that have to be there. */
export interface Watched {
  /** As the alert's label `family` names it. */
  readonly family: string;
  /** Selects them, with further matchers. */
  readonly selector: (extra: readonly Matcher[]) => string;
  readonly binding: Divided;
}

/** Requests in the window with which a family counts as missing that only appears with requests. */
const SOME_REQUESTS = 50;
/** How long a value of a dimension is remembered that nobody has named. */
const REMEMBERED = '6h';

/**
 * 1 for a family whose series are missing, else 0: for each named value of the dimensions by a query of its own,
 * because nothing is left of it that could be counted; for values that nobody named, where they were in the last hours.
 *
 * @param whileBusy counts only with requests to serve: a service that nobody calls queries nothing.
 */
export function familyAbsent(terms: Terms, watched: Watched, whileBusy?: Counted): string {
  const window = terms.window(whileBusy === undefined ? '5m' : '10m');
  const divided = dimensionsOf(terms, watched.binding);
  const dimensions = terms.dimensions.filter(({ label }) => divided.includes(label));
  const open = dimensions.filter(({ values }) => values === undefined).map(({ label }) => label);
  const arms = combinations(dimensions).flatMap((values) => {
    const selector = watched.selector(matchersOf(values));
    const busy = whileBusy && busyWith(terms, whileBusy, values, window);
    const absent = `max(absent_over_time(${selector}[${window}]) or vector(0))`;
    const all = labelled(`${absent}${busy === undefined ? '' : ` * ${busy}`}`, { family: watched.family, ...values });
    return open.length === 0 ? [all] : [vanished(terms, watched, values, open, window, whileBusy), all];
  });
  return firstOf(...arms);
}

/** Every choice of one value for each dimension that names its values; one empty choice where none does. */
function combinations(dimensions: readonly Dimension[]): readonly Readonly<Record<string, string>>[] {
  return dimensions.reduce<readonly Readonly<Record<string, string>>[]>(
    (chosen, { label, values }) =>
      values === undefined ? chosen : chosen.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}

function matchersOf(values: Readonly<Record<string, string>>): readonly Matcher[] {
  return Object.entries(values).map(([label, value]) => matcher(label, '=', value));
}

function busyWith(terms: Terms, counted: Counted, values: Readonly<Record<string, string>>, window: string): string {
  const known = dimensionsOf(terms, bindingOf(counted));
  const own = Object.fromEntries(Object.entries(values).filter(([label]) => known.includes(label)));
  return `(${requestsIn(counted, matchersOf(own), window, [])} > bool ${SOME_REQUESTS} or vector(0))`;
}

/** Values of dimensions that nobody named: those with series in the last hours, and none now. */
function vanished(
  terms: Terms,
  { family, selector, binding }: Watched,
  values: Readonly<Record<string, string>>,
  open: readonly string[],
  window: string,
  whileBusy: Counted | undefined,
): string {
  const series = selector(matchersOf(values));
  const remembered = `group ${by(...open)}(present_over_time(${series}[${REMEMBERED}]))`;
  const gone = `(0 * group ${by(...open)}(present_over_time(${series}[${window}])) or ${remembered})`;
  if (whileBusy === undefined) return labelled(gone, { family, ...values });
  const known = dimensionsOf(terms, binding, bindingOf(whileBusy));
  const shared = open.filter((label) => known.includes(label));
  const own = Object.fromEntries(Object.entries(values).filter(([label]) => known.includes(label)));
  const busy = `${requestsIn(whileBusy, matchersOf(own), window, shared)} > bool ${SOME_REQUESTS}`;
  // Where nobody asked for anything there is no traffic to compare with, and nothing is missed.
  return labelled(`(${gone} * ${on(...shared)} group_left () (${busy}) or 0 * ${remembered})`, { family, ...values });
}

function requestsIn(counted: Counted, extra: readonly Matcher[], window: string, keep: readonly string[]): string {
  const increases = `increase(${countedSeries(counted, extra)}[${window}])`;
  const summed = `${sumBy(keep)}(${increases})`;
  return 'histogram' in counted.in && counted.in.histogram.buckets === 'native' ? `histogram_count(${summed})` : summed;
}
