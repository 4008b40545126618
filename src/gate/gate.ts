/** The gate: would the service's alerts have fired in this window, and is it worse than before? */

import { findSignal, signals } from '../metrics/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { toSeconds } from '../model/duration.ts';
import { type GateCheck, type GateResult, worstOutcome } from '../model/gate.ts';
import type { Project } from '../model/project.ts';
import type { Prometheus } from '../model/prometheus.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { Catalog, Service } from '../model/service.ts';
import { COMPARED } from '../model/signal.ts';
import { formatMoment, type Span } from '../model/time.ts';
import type { SavedBaseline, WindowValue } from './baseline.ts';
import { type Against, type Baseline, compareWith, othersThanBaseline } from './compare.ts';
import { evidenceOfAlert, evidenceOfWindow, FEW_OBSERVATIONS, fewObserved } from './evidence.ts';
import { allowedBy, firesAt, halfOf, passes, type Reading, readingsOf, worstOf } from './judge.ts';
import { type Gated, gatedSignals, openWindowReader, type WindowReader } from './measure.ts';

/** What to judge. */
export interface GateQuestion {
  readonly service: Service;
  readonly catalog: Catalog;
  readonly project: Pick<Project, 'evaluationInterval'>;
  /** When the change was made, in seconds since 1970: what lies before it is not held against it. */
  readonly since: number;
  /** What is judged: begins with the change, or after its warm-up. */
  readonly window: Span;
  readonly baseline: Baseline;
}

/** The findings, and the window's own values, which can be the baseline of a later one. */
export interface GateAnswer {
  readonly result: GateResult;
  readonly measured: SavedBaseline;
}

/**
 * Judges a window of a service by the expressions and limits of its alerts.
 *
 * @throws ExplainedError (K001 to K007) if Prometheus cannot be asked; then nothing is known.
 */
export async function runGate(question: GateQuestion, prometheus: Prometheus): Promise<GateAnswer> {
  const { service, catalog, project, window } = question;
  const step = toSeconds(project.evaluationInterval);
  const reader = openWindowReader(prometheus);
  const gated = gatedSignals(service, catalog);
  const missing = await missingFamilies(question, reader, step);
  const seen = await Promise.all(gated.map((one) => lookAt(one, question, reader, step, missing)));
  const against = await compareWith(question, reader, gated);
  const checks = [
    ...seen.flatMap(({ checks: absolute }) => absolute),
    ...(question.baseline.kind === 'none' ? [] : seen.flatMap((one) => relative(one, against))),
  ];
  const notes = reader.warnings().map(
    (warning): Diagnostic => ({
      code: 'K026',
      level: 'warning',
      subject: prometheus.address,
      message: `gave an answer that is not complete: ${warning}`,
      remedy: 'A store or a replica did not answer. Run the gate again when it does.',
    }),
  );
  const outcomes = [...checks.map(({ outcome }) => outcome), ...notes.map(() => 'inconclusive' as const)];
  const values = seen.flatMap(({ whole }) => whole);
  return {
    result: {
      service: { id: service.id, title: service.title },
      ...window,
      step,
      baseline: against.text,
      prometheus: prometheus.address,
      verdict: worstOutcome(outcomes),
      requests: seen.find(({ gated: { counted } }) => counted === 'requests')?.observations,
      checks,
      notes,
    },
    measured: { service: service.id, ...window, values },
  };
}

/** Families that are missing for as long as their alert asks. */
async function missingFamilies(
  { service, catalog, window }: GateQuestion,
  reader: WindowReader,
  step: number,
): Promise<readonly string[]> {
  const signal = findSignal(signals(service, catalog), 'telemetry-absent');
  if (signal === undefined) return [];
  const tracks = await reader.track(signal, window, step);
  return tracks
    .filter(({ points }) => firesAt(points, gridOf(window, step), signal.limit) !== undefined)
    .map(({ series }) => series['family'] ?? '');
}

/** A signal in the window. */
interface Seen {
  readonly gated: Gated;
  readonly checks: readonly GateCheck[];
  readonly whole: readonly WindowValue[];
  readonly observations: number | undefined;
  /** Why nothing can be said of the window as a whole. */
  readonly problems: readonly Diagnostic[];
}

async function lookAt(
  gated: Gated,
  question: GateQuestion,
  reader: WindowReader,
  step: number,
  missing: readonly string[],
): Promise<Seen> {
  const { window, since } = question;
  const [tracks, lookBack, whole, observations, boundaries] = await Promise.all([
    reader.track(gated.signal, window, step),
    reader.lookBack(gated, window, step),
    reader.whole(gated, window, await othersThanBaseline(question, reader)),
    reader.observations(gated, window),
    gated.bucketed.length > 0 ? reader.boundaries(gated, window) : undefined,
  ]);
  const grid = gridOf(window, step);
  const shown = (tracks.length === 0 ? [{ series: {}, points: [] }] : tracks).map(({ series, points }) => ({
    series,
    ...readingsOf(points, lookBack(series), since),
    observations: observations(series),
  }));
  const evidence = {
    counted: gated.counted,
    expectedPoints: grid.length,
    since,
    span: window.until - window.from,
    missing: gated.families.filter((family) => missing.includes(family)),
    boundaries,
  };
  const checks = shown.map(({ series, observations: seenOf, ...seen }) =>
    absolute(gated, {
      series,
      readings: seen.readings,
      grid,
      whole: whole.find((one) => sameSeries(one.series, series)),
      problems: evidenceOfAlert(gated.signal, { ...evidence, observations: seenOf, seen }),
    }),
  );
  // The series that says least speaks for all of them.
  const problems = shown.map(({ observations: seenOf, ...seen }) =>
    evidenceOfWindow(gated.signal, { ...evidence, observations: seenOf, seen }),
  );
  const known = shown.flatMap(({ observations: seenOf }) => seenOf ?? []);
  const total = known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0);
  const most = problems.reduce((longest, some) => (some.length > longest.length ? some : longest), []);
  return { gated, checks, whole, observations: total, problems: most };
}

function gridOf({ from, until }: Span, step: number): readonly number[] {
  return Array.from({ length: Math.floor((until - from) / step) + 1 }, (_unused, index) => from + index * step);
}

/** What was seen of one series of a signal. */
interface SeriesSeen {
  readonly series: Readonly<Record<string, string>>;
  readonly readings: readonly Reading[];
  readonly grid: readonly number[];
  readonly whole: WindowValue | undefined;
  readonly problems: readonly Diagnostic[];
}

/**
 * Would the alert fire? It would even where there is little to go by, if its own guards let it. Where they do not, the
 * window as a whole is held against the limit: enough requests above it are a breach that no alert tells of.
 */
function absolute(gated: Gated, { series, readings, grid, whole, problems: lacking }: SeriesSeen): GateCheck {
  const { id, signal, counted } = gated;
  const { limit, title, unit } = signal;
  const at = firesAt(readings, grid, limit);
  const worst = worstOf(readings);
  const above = whole !== undefined && passes(whole.value, limit) ? whole : undefined;
  const few = above !== undefined && above.observations < FEW_OBSERVATIONS;
  const problems = few && lacking.length === 0 ? [fewObserved(signal, counted, above.observations)] : lacking;
  // A quantile without the boundary is a guess, so that not even a breach can be believed.
  const unsure = problems.some(({ code }) => code === 'K023' || code === 'K020');
  const outcome =
    (at !== undefined || (above !== undefined && !few)) && !unsure
      ? 'breach'
      : problems.length > 0
        ? 'inconclusive'
        : firesAt(readings, grid, halfOf(limit)) !== undefined
          ? 'warning'
          : 'pass';
  const mark = `${COMPARED[limit.comparison]} ${formatQuantity(limit.value)}`;
  const line = `${mark} for ${limit.for}`;
  const says = {
    breach:
      at === undefined
        ? `${mark} over the whole window (${Math.round(above?.observations ?? 0)} ${counted}), though its alert does not fire in it`
        : `${line}: the alert would fire at ${formatMoment(at, at)} UTC`,
    warning: `over half of the limit (${line})`,
    pass: passes(worst, limit) ? `${mark}, but never for ${limit.for}` : `never ${line}`,
    inconclusive: `not known to be ${line}`,
  }[outcome];
  const value = outcome === 'breach' && at === undefined ? above?.value : worst;
  return {
    signal: id,
    title,
    unit,
    kind: 'absolute',
    series,
    outcome,
    ...(value === undefined ? {} : { value }),
    allowed: limit.value.value,
    ...(outcome === 'breach' && at !== undefined ? { firesAt: at } : {}),
    says,
    problems: outcome === 'inconclusive' ? problems : [],
  };
}

/** Is it worse than before? */
function relative({ gated, whole, problems: here }: Seen, against: Against): GateCheck[] {
  const { id, signal } = gated;
  const { title, unit, limit } = signal;
  const common = { signal: id, title, unit, kind: 'relative' } as const;
  const unknown = (series: Readonly<Record<string, string>>, problems: readonly Diagnostic[]): GateCheck => ({
    ...common,
    series,
    outcome: 'inconclusive',
    says: 'cannot be compared',
    problems,
  });
  const lacking = (message: string): Diagnostic => ({
    code: 'K025',
    level: 'warning',
    subject: title,
    message: `has no baseline: ${message}`,
    remedy:
      'Compare with a time of traffic (--baseline offset:7d), a version or a file; --baseline none leaves this check out.',
  });
  const few = (observations: number) =>
    here.length > 0 ? here : [fewObserved(signal, gated.counted, observations, 'to compare')];
  if (whole.length === 0) return [unknown({}, few(0))];
  return whole.map(({ series, value, observations }) => {
    const before = against.values.find((one) => one.signal === id && sameSeries(one.series, series));
    if (before === undefined)
      return unknown(series, [lacking(against.problem ?? `nothing was measured (${against.text})`)]);
    if (before.observations < FEW_OBSERVATIONS) {
      const scarce = `${Math.round(before.observations)} ${gated.counted} (${against.text}), and ${FEW_OBSERVATIONS} are needed`;
      return unknown(series, [lacking(scarce)]);
    }
    if (observations < FEW_OBSERVATIONS) return unknown(series, few(observations));
    if (here.length > 0) return unknown(series, here);
    const allowed = allowedBy(id, before.value, { now: observations, before: before.observations });
    const breach = value > allowed;
    const shown = (amount: number) => formatQuantity({ unit, value: Number(amount.toPrecision(3)) });
    const { comparison, value: line } = limit;
    const sick = passes(before.value, limit) ? ` (itself ${COMPARED[comparison]} ${formatQuantity(line)})` : '';
    return {
      ...common,
      series,
      outcome: breach ? 'breach' : 'pass',
      value,
      allowed,
      baseline: before.value,
      says: `${breach ? 'worse than' : 'not worse than'} before: ${shown(before.value)}${sick}, which allows ${shown(allowed)}`,
      problems: [],
    };
  });
}

function sameSeries(left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
