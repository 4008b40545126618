import {
  type AlertSpan,
  firstFiring,
  formatSecond,
  formatSubject,
  type Replay,
  type ReplayedAlert,
  type Second,
} from '../model/replay.ts';
import type { BacktestedSeries } from './grafana-backtest.ts';

/** A series on which the two engines do not say the same. */
export interface EngineDifference {
  readonly alert: string;
  readonly subject: string;
  readonly promtool: string;
  readonly grafana: string;
  /** Minutes in which one of them fires and the other does not. */
  readonly minutes: number;
}

/** How far the engines agree. */
export interface EngineComparison {
  readonly series: number;
  /** Evaluations of all series that were compared. */
  readonly evaluations: number;
  readonly differences: readonly EngineDifference[];
  /** They differ nowhere, and there was something to differ in. */
  readonly agrees: boolean;
}

/** Compares a replay with what Grafana's engine said of the same rules, minute by minute, over a span of time. */
export function compareWithGrafana(
  replay: Replay,
  backtested: ReadonlyMap<string, readonly BacktestedSeries[]>,
  [from, until]: readonly [Second, Second],
): EngineComparison {
  const differences: EngineDifference[] = [];
  let series = 0;
  let evaluations = 0;
  const matched = new Set<BacktestedSeries>();
  const compare = (alert: string, subject: string, ours: readonly AlertSpan[], theirs: readonly AlertSpan[]) => {
    series += 1;
    let minutes = 0;
    for (let at = from; at <= until; at += 60) {
      evaluations += 1;
      if (stateAt(ours, at) !== stateAt(theirs, at)) minutes += 1;
    }
    if (minutes > 0)
      differences.push({ alert, subject, promtool: spansText(ours), grafana: spansText(theirs), minutes });
  };
  for (const alert of replay.alerts) {
    const theirs = (backtested.get(alert.uid) ?? []).find((one) => sameSeries(alert, one));
    if (theirs !== undefined) matched.add(theirs);
    compare(alert.alert, formatSubject(alert.service, alert.series), alert.spans, theirs?.spans ?? []);
  }
  for (const [uid, all] of backtested) {
    for (const one of all)
      if (!matched.has(one) && one.spans.length > 0) compare(uid, JSON.stringify(one.labels), [], one.spans);
  }
  return { series, evaluations, differences, agrees: differences.length === 0 && series > 0 };
}

function sameSeries({ series }: ReplayedAlert, { labels }: BacktestedSeries): boolean {
  return Object.entries(series).every(([name, value]) => labels[name] === value);
}

function stateAt(spans: readonly AlertSpan[], at: Second): 'normal' | 'pending' | 'firing' {
  const span = spans.find(({ pending, resolved }) => pending <= at && at < (resolved ?? Number.POSITIVE_INFINITY));
  if (span === undefined) return 'normal';
  return span.firing !== undefined && span.firing <= at ? 'firing' : 'pending';
}

function spansText(spans: readonly AlertSpan[]): string {
  const first = firstFiring(spans);
  if (first === undefined) return 'never fires';
  const end = spans.findLast(({ firing }) => firing !== undefined)?.resolved;
  return `fires ${formatSecond(first)} to ${end === undefined ? 'the end' : formatSecond(end)}`;
}
