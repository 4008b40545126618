/** Requests as the metrics of a binding tell of them: in one histogram, or in counters and a histogram beside them. */
import { bindingOf, requestsOf } from '../metrics/requests.ts';
import type { HistogramBinding, Matcher, RequestBinding, SeriesBinding } from '../model/metrics.ts';
import type { Instance } from './instances.ts';
import { type Labels, labelsFor, type Outcome, outcomeLabels } from './labels.ts';
import { matcherParts } from './matchers.ts';
import type { Place, Recorder, Spread, Values } from './recorder.ts';
import type { SeriesFamily } from './scenario.ts';

/** How requests end, and how many a second do. */
export type Happened = readonly [outcome: Outcome, perSecond: Values];

/** Whose requests. */
interface Whose {
  readonly family: SeriesFamily;
  readonly instance: Instance;
  /** Labels beside those that the matchers demand. */
  readonly own: Labels;
}

/** Records requests, their failures and their latency, each where the binding says that it is found. */
export function recordRequests(
  recorder: Recorder,
  binding: RequestBinding,
  { own, ...whose }: Whose,
  outcomes: readonly Happened[],
  { boundaries, ...spread }: Spread & { readonly boundaries: readonly number[] | 'native' | 'none' },
): void {
  const counted = requestsOf(binding);
  const where = binding.failures !== undefined && 'where' in binding.failures ? binding.failures.where : undefined;
  for (const [outcome, perSecond] of where === undefined ? [['well', total(outcomes)] as const] : outcomes) {
    const labels = requestLabels(bindingOf(counted).matchers, where, outcome, own);
    const place = { ...placeOf(bindingOf(counted)), labels, ...whose };
    if ('counter' in counted.in) recorder.counter(place, perSecond, true);
    else recorder.histogram({ ...place, ...unitOf(counted.in.histogram) }, perSecond, spread, boundaries);
  }
  if ('counter' in counted.in && binding.latency !== undefined) {
    const place = { ...placeOf(binding.latency, own), ...whose, ...unitOf(binding.latency) };
    recorder.histogram(place, total(outcomes), spread, boundaries);
  }
  if (binding.failures !== undefined && 'counter' in binding.failures) {
    const failed = outcomes.filter(([outcome]) => outcome !== 'well');
    recorder.counter({ ...placeOf(binding.failures.counter, own), ...whose }, total(failed), true);
  }
}

/** Where the series of a binding stand, with labels beside those that its matchers demand. */
export function placeOf(
  { name, matchers, lacks }: SeriesBinding,
  own: Labels = {},
): Pick<Place, 'name' | 'labels' | 'lacks'> {
  return { name, labels: { ...labelsFor(matchers), ...own }, ...(lacks === undefined ? {} : { lacks }) };
}

function unitOf({ unit }: HistogramBinding): Pick<Place, 'unit'> {
  return unit === undefined ? {} : { unit };
}

function total(outcomes: readonly Happened[]): Values {
  const [first, ...others] = outcomes.map(([, perSecond]) => perSecond);
  return (first ?? new Float64Array()).map((value, sample) =>
    others.reduce((sum, other) => sum + (other[sample] ?? 0), value),
  );
}

/** The label that tells a failed request from a good one is the last: the order is part of what seeds its arrivals. */
function requestLabels(
  matchers: readonly Matcher[],
  failed: Matcher | undefined,
  outcome: Outcome,
  own: Labels,
): Labels {
  if (failed === undefined) return { ...labelsFor(matchers), ...own };
  const label = matcherParts(failed)?.label ?? '';
  const { [label]: status, ...selected } = outcomeLabels(matchers, failed, outcome);
  return { ...selected, ...own, ...(status === undefined ? {} : { [label]: status }) };
}
