/** Whether there is enough to judge by. What is missing makes a check inconclusive, never a pass. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { toSeconds } from '../model/duration.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { Signal } from '../model/signal.ts';
import { formatMoment } from '../model/time.ts';
import type { Readings } from './judge.ts';

/** Observations below which nothing is said: ten of them lie above a 95th percentile. */
export const FEW_OBSERVATIONS = 200;
/** Evaluations below which nothing is said: ten minutes, twice what the slowest of these alerts needs to fire. */
export const FEW_POINTS = 10;

/** What was seen of a signal in the window. */
export interface Evidence {
  /** What counts as an observation. @example 'queries' */
  readonly counted: string;
  readonly observations: number | undefined;
  /** What its evaluations say; those of the series that says least. */
  readonly seen: Readings;
  readonly expectedPoints: number;
  /** When the change was made, in seconds since 1970. */
  readonly since: number;
  /** Length of the window, in seconds. */
  readonly span: number;
  /** Families of metrics that were missing. */
  readonly missing: readonly string[];
  /** Upper boundaries of the histogram's buckets; undefined where it is none. */
  readonly boundaries: readonly number[] | undefined;
}

type Say = (code: string, message: string, remedy: string) => Diagnostic;

function speakerOf({ title }: Signal): Say {
  return (code, message, remedy) => ({ code, level: 'warning', subject: title, message, remedy });
}

/** Evaluations without which nothing is said. */
function enoughOf(expected: number): number {
  return Math.max(FEW_POINTS, Math.ceil(expected / 2));
}

/** Too few requests or queries to say anything. */
export function fewObserved(
  signal: Signal,
  counted: string,
  observations: number,
  where: 'in the window' | 'to compare' = 'in the window',
): Diagnostic {
  return speakerOf(signal)(
    'K021',
    `has ${Math.round(observations)} ${counted} ${where}, and ${FEW_OBSERVATIONS} are needed`,
    'Send load, as a load test does, or look at a longer window: --duration 2h',
  );
}

/** All that is missing to say whether an alert would have fired. */
export function evidenceOfAlert(signal: Signal, evidence: Evidence): readonly Diagnostic[] {
  const problems = [...evidenceOfWindow(signal, evidence)];
  const { seen, expectedPoints } = evidence;
  const problem = speakerOf(signal);
  const { for: lasting } = signal.limit;
  if (problems.some(({ code }) => code === 'K020')) return problems;
  if (evidence.span < toSeconds(lasting)) {
    problems.push(
      problem(
        'K024',
        `fires after ${lasting}, which is longer than the window`,
        `Look at a longer window: --duration ${lasting} at least`,
      ),
    );
  }
  const judged = seen.readings.filter(({ value }) => value !== undefined).length;
  const enough = enoughOf(expectedPoints);
  // Where values are missing as well, that is said already.
  if (judged < enough && seen.readings.length >= enough)
    problems.push(silentProblem(evidence, judged, enough, problem));
  return problems;
}

function silentProblem(
  { seen, expectedPoints, since }: Evidence,
  judged: number,
  enough: number,
  say: Say,
): Diagnostic {
  const { quiet, early } = seen;
  const why = [
    ...(quiet > 0 ? [`at ${quiet} there was too little traffic for its alert to say anything`] : []),
    ...(early > 0 ? [`${early} look back to before ${formatMoment(since, since)} UTC`] : []),
  ].join(', ');
  return say(
    'K022',
    `could be judged at ${judged} of ${expectedPoints} evaluations, and ${enough} are needed: ${why}`,
    early > quiet
      ? 'A quiet service is judged over 30m, which have to lie after --since: --duration 1h, or send more load'
      : 'Send more load, as a load test does: 200 requests or queries in five minutes, and 400 requests in two for the error rate',
  );
}

/** All that is missing to say anything about the window as a whole. */
export function evidenceOfWindow(signal: Signal, evidence: Evidence): readonly Diagnostic[] {
  const { counted, observations, seen, expectedPoints, missing, boundaries } = evidence;
  const points = seen.readings.length;
  const limit = signal.limit.value;
  const problem = speakerOf(signal);
  if (points === 0 || missing.length > 0) {
    const what = missing.length > 0 ? `: ${missing.join(', ')}` : '';
    return [
      problem(
        'K020',
        `has no telemetry${what}`,
        'Is the service scraped, is the window right, and is this the Prometheus that scrapes it? alerts/runbooks/ServiceTelemetryAbsent.md finds out.',
      ),
    ];
  }
  const problems: Diagnostic[] = [];
  if (boundaries !== undefined && !boundaries.includes(limit.value)) {
    const there = boundaries.map((boundary) => String(boundary)).join(', ');
    problems.push(
      problem(
        'K023',
        `cannot be held against ${formatQuantity(limit)}: that is not a boundary of its histogram (${there})`,
        'Add the boundary where the service records its histogram, and to histogramBoundaries. Until then the value is a guess between its neighbours.',
      ),
    );
  }
  if (observations === undefined || observations < FEW_OBSERVATIONS) {
    problems.push(fewObserved(signal, counted, observations ?? 0));
  }
  const enough = enoughOf(expectedPoints);
  if (points < enough) {
    problems.push(
      problem(
        'K022',
        `has values at ${points} of ${expectedPoints} evaluations, and ${enough} are needed`,
        expectedPoints < FEW_POINTS
          ? 'Look at a longer window: --duration 30m'
          : 'Telemetry has holes: look at the scrapes of that time.',
      ),
    );
  }
  return problems;
}
