/**
 * A small model of Grafana's alert states, for what promtool does not know: what becomes of a rule whose query
 * returns nothing, or fails. It follows Grafana 12.4 (`ngalert/state`): pending for `for`, recovering for `keep_firing_for`,
 * series that go missing resolve after some evaluations, and a rule without any series does as its `noDataState` says.
 */
import type { AbsenceState, AlertRule } from '../model/alert-rule.ts';
import { toSeconds } from '../model/duration.ts';
import type { AlertSpan, Second } from '../model/replay.ts';
import type { Comparison } from '../model/signal.ts';

/** What a rule's query answered at one evaluation: a value for each series; no series at all is "no data". */
export interface Evaluation {
  readonly at: Second;
  readonly values: ReadonlyMap<string, number>;
  /** The query itself failed: Prometheus did not answer. */
  readonly failed?: true;
}

/** The key of the alert that stands for a rule without data, where its `noDataState` is Alerting. */
export const NO_DATA_SERIES = '';

type RuleOfStates = Pick<
  AlertRule,
  | 'comparison'
  | 'threshold'
  | 'for'
  | 'keepFiringFor'
  | 'evaluationInterval'
  | 'noDataState'
  | 'execErrState'
  | 'missingSeriesEvalsToResolve'
>;

type State =
  | { readonly is: 'normal' }
  | { readonly is: 'pending'; readonly since: Second }
  | { readonly is: 'alerting'; readonly span: Second; readonly firing: Second }
  | { readonly is: 'recovering'; readonly span: Second; readonly firing: Second; readonly since: Second };

/** The spans of every series of a rule, from what its query answered. */
export function grafanaSpans(rule: RuleOfStates, evaluations: readonly Evaluation[]): Map<string, AlertSpan[]> {
  const series = new Map<string, Track>();
  const track = (key: string) => {
    const known = series.get(key) ?? { state: { is: 'normal' }, spans: [], lastSeen: 0 };
    series.set(key, known);
    return known;
  };
  const patience = rule.missingSeriesEvalsToResolve * toSeconds(rule.evaluationInterval);
  for (const { at, values, failed } of evaluations) {
    if (values.size === 0) {
      const as = failed === true ? rule.execErrState : rule.noDataState;
      const known = series.size === 0 && as === 'Alerting' ? [track(NO_DATA_SERIES)] : series.values();
      for (const one of known) {
        step(one, withoutValue(rule, as, one.state, at), at);
        one.lastSeen = at;
      }
      continue;
    }
    for (const [key, value] of values) {
      const one = track(key);
      step(
        one,
        fires(rule.comparison, value, rule.threshold) ? bad(rule, one.state, at) : good(rule, one.state, at),
        at,
      );
      one.lastSeen = at;
    }
    for (const one of series.values()) {
      if (one.lastSeen !== at && at - one.lastSeen >= patience) step(one, { is: 'normal' }, at);
    }
  }
  return new Map([...series].map(([key, one]) => [key, closed(one)]));
}

interface Track {
  state: State;
  spans: AlertSpan[];
  lastSeen: Second;
}

/** Whether a value is on the bad side of a threshold. */
export function fires(comparison: Comparison, value: number, threshold: number): boolean {
  switch (comparison) {
    case 'gt':
      return value > threshold;
    case 'gte':
      return value >= threshold;
    case 'lt':
      return value < threshold;
    default:
      return comparison satisfies never;
  }
}

function bad(rule: RuleOfStates, state: State, at: Second): State {
  const wait = toSeconds(rule.for);
  switch (state.is) {
    case 'normal':
      return wait > 0 ? { is: 'pending', since: at } : { is: 'alerting', span: at, firing: at };
    case 'pending':
      return at - state.since >= wait ? { is: 'alerting', span: state.since, firing: at } : state;
    case 'recovering':
      return { is: 'alerting', span: state.span, firing: state.firing };
    case 'alerting':
      return state;
    default:
      return state satisfies never;
  }
}

function good(rule: RuleOfStates, state: State, at: Second): State {
  const keep = toSeconds(rule.keepFiringFor);
  switch (state.is) {
    case 'alerting':
      return keep > 0 ? { is: 'recovering', span: state.span, firing: state.firing, since: at } : { is: 'normal' };
    case 'recovering':
      return at - state.since >= keep ? { is: 'normal' } : state;
    case 'pending':
    case 'normal':
      return { is: 'normal' };
    default:
      return state satisfies never;
  }
}

function withoutValue(rule: RuleOfStates, as: AbsenceState, state: State, at: Second): State {
  switch (as) {
    case 'KeepLast':
      // A pending alert goes on waiting and then fires; one that recovers goes on recovering.
      return state.is === 'alerting' || state.is === 'pending' ? bad(rule, state, at) : good(rule, state, at);
    case 'Alerting':
      return bad(rule, state, at);
    case 'OK':
      return good(rule, state, at);
    case 'NoData':
    case 'Error':
      // The alert itself resolves at once; Grafana raises another one, named DatasourceNoData or DatasourceError.
      return { is: 'normal' };
    default:
      return as satisfies never;
  }
}

function step(track: Track, next: State, at: Second): void {
  const { state } = track;
  if (state.is !== 'normal' && next.is === 'normal') {
    track.spans.push(
      state.is === 'pending'
        ? { pending: state.since, resolved: at }
        : { pending: state.span, firing: state.firing, resolved: at },
    );
  }
  track.state = next;
}

/** Adds the span that is still open at the end. */
function closed({ state, spans }: Track): AlertSpan[] {
  switch (state.is) {
    case 'normal':
      return spans;
    case 'pending':
      return [...spans, { pending: state.since }];
    case 'alerting':
    case 'recovering':
      return [...spans, { pending: state.span, firing: state.firing }];
    default:
      return state satisfies never;
  }
}
