/** Whether there is enough to judge by. What is missing makes a check inconclusive, never a pass. */

import type { Diagnostic } from '../model/diagnostic.ts';
import { toSeconds } from '../model/duration.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { Signal } from '../model/signal.ts';

/** Observations below which nothing is said: ten of them lie above a 95th percentile. */
export const FEW_OBSERVATIONS = 200;
/** Evaluations below which nothing is said: ten minutes, twice what the slowest of these alerts needs to fire. */
export const FEW_POINTS = 10;

/** What was seen of a signal in the window. */
export interface Evidence {
  /** What counts as an observation. @example 'queries' */
  readonly counted: string;
  readonly observations: number | undefined;
  /** Evaluations with a value; the fewest of its series. */
  readonly points: number;
  readonly expectedPoints: number;
  /** Length of the window, in seconds. */
  readonly span: number;
  /** Families of metrics that were missing. */
  readonly missing: readonly string[];
  /** Upper boundaries of the histogram's buckets; undefined where it is none. */
  readonly boundaries: readonly number[] | undefined;
}

/** All that is missing. */
export function evidenceProblems(signal: Signal, evidence: Evidence): readonly Diagnostic[] {
  const { counted, observations, points, expectedPoints, missing, boundaries } = evidence;
  const limit = signal.limit.value;
  const lasting = toSeconds(signal.limit.for);
  const problem = (code: string, message: string, remedy: string): Diagnostic => ({
    code,
    level: 'warning',
    subject: signal.title,
    message,
    remedy,
  });
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
        `can not be held against ${formatQuantity(limit)}: that is no boundary of its histogram (${there})`,
        'Record the boundary: README.md, "Required bucket boundaries". Until then the value is a guess between its neighbours.',
      ),
    );
  }
  if (observations === undefined || observations < FEW_OBSERVATIONS) {
    problems.push(
      problem(
        'K021',
        `has ${Math.round(observations ?? 0)} ${counted} in the window, and ${FEW_OBSERVATIONS} are needed`,
        'Send load, as a load test does, or look at a longer window: --duration 2h',
      ),
    );
  }
  const enough = Math.max(FEW_POINTS, Math.ceil(expectedPoints / 2));
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
  if (evidence.span < lasting) {
    problems.push(
      problem(
        'K024',
        `fires after ${signal.limit.for}, which is longer than the window`,
        `Look at a longer window: --duration ${signal.limit.for} at least`,
      ),
    );
  }
  return problems;
}
