/** From the gate's options to its findings. */
import { resolve } from 'node:path';
import { LIMITS, readInputFile, writeFileSafely } from '../adapters/files.ts';
import { unknownBecause } from '../adapters/prometheus/index.ts';
import {
  type Baseline,
  type GateAnswer,
  type GateQuestion,
  parseBaseline,
  parseSavedBaseline,
  renderBaseline,
  runGate,
  type SavedBaseline,
} from '../gate/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { toDuration, toSeconds } from '../model/duration.ts';
import { refused } from '../model/explained-error.ts';
import type { GateResult } from '../model/gate.ts';
import type { Prometheus } from '../model/prometheus.ts';
import { formatMoment, type Span } from '../model/time.ts';
import { buildProject } from './build-project.ts';
import type { Io } from './io.ts';
import { readDuration, readMoment } from './moment.ts';
import { openPrometheusOf, type PrometheusChoice } from './open-prometheus.ts';
import { serviceNamed } from './services.ts';
import { waitUntil } from './wait.ts';

/** What the command was asked. */
export interface GateRequest extends PrometheusChoice {
  readonly service: string;
  readonly since: string;
  readonly warmup: string;
  readonly duration: string;
  readonly baseline: string;
  readonly writeBaseline?: string;
  readonly wait?: true;
}

/** Seconds after the window until its last scrapes are stored. */
const SETTLING = 30;

/** What was judged, or what is wrong with the code, which is not a breach of the service. */
export type Gated =
  | {
      readonly ok: true;
      readonly result: GateResult /** What to say beside it. */;
      readonly remarks: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Judges. @throws ExplainedError for a request that cannot be answered */
export async function askGate(request: GateRequest, io: Io): Promise<Gated> {
  const now = io.clock.now() / 1000;
  const since = readMoment('--since', request.since, now);
  const from = since + toSeconds(readDuration('--warmup', request.warmup, 0));
  const window = { from, until: from + toSeconds(readDuration('--duration', request.duration)) };
  const baseline = await readBaseline(request, io.cwd);
  refuseOverlap(request.baseline, baseline, { from: since, until: window.until });
  const prometheus = openPrometheusOf(request, io);
  const built = await buildProject(io, { env: request.env, reach: 'outside' });
  if (!built.ok) return built;
  const { catalog, project } = built;
  const service = serviceNamed(catalog.services, request.service);
  const question = { service, catalog, project, since, window, baseline };
  const open = await untilOver(window.until, request.wait === true, io);
  const answer = open === undefined ? await judge(question, prometheus) : open;
  const result = 'result' in answer ? answer.result : notKnown(question, request.baseline, prometheus.address, answer);
  const remarks =
    request.writeBaseline === undefined
      ? []
      : [await keep(request.writeBaseline, io.cwd, result, 'result' in answer ? answer.measured : undefined)];
  return { ok: true, result, remarks };
}

/** The answer, or why there is none. */
async function judge(question: GateQuestion, prometheus: Prometheus): Promise<GateAnswer | Diagnostic> {
  try {
    return await runGate(question, prometheus);
  } catch (error) {
    // A wrong address is to be corrected; anything else says nothing about the service.
    const unknown = unknownBecause(error);
    if (unknown === undefined) throw error;
    return unknown;
  }
}

/** Nothing was measured: a result all the same, so that every form of a report says why. */
function notKnown(
  { service: { id, title }, project, window }: GateQuestion,
  baseline: string,
  prometheus: string,
  note: Diagnostic,
): GateResult {
  const step = toSeconds(project.evaluationInterval);
  const unknown = { verdict: 'inconclusive', requests: undefined, checks: [], notes: [note] } as const;
  return { service: { id, title }, ...window, step, baseline, prometheus, ...unknown };
}

async function readBaseline({ baseline: text, service }: GateRequest, cwd: string): Promise<Baseline> {
  const choice = parseBaseline(text);
  if (choice === undefined) {
    throw refused(
      'K012',
      `--baseline ${text}`,
      'is not a baseline',
      'Give offset:1d, version:v1.2.2, version:LABEL=VALUE, file:base.json, or none',
    );
  }
  if (choice.kind !== 'file') return choice;
  const { file } = choice;
  const remedy = `Make one of a good window: npm run gate -- --service ${service} --since … --write-baseline ${file}`;
  const read = readInputFile(resolve(cwd, file), LIMITS.small);
  const saved = 'problem' in read ? read : parseSavedBaseline(read.text);
  if ('problem' in saved) throw refused('K014', file, saved.problem, remedy);
  if (saved.service !== service)
    throw refused('K014', file, `is a baseline of ${saved.service}, not of ${service}`, remedy);
  return { kind: 'file', file, saved };
}

/** A baseline that is a part of what is judged would forgive what it has in common with it. */
function refuseOverlap(text: string, baseline: Baseline, { from, until }: Span): void {
  const before = earlierWindow(baseline, { from, until });
  if (before === undefined || before.until <= from || before.from >= until) return;
  throw refused(
    'K016',
    `--baseline ${text}`,
    `is a part of what it is compared with, ${formatMoment(from)} to ${formatMoment(until, from)} UTC`,
    baseline.kind === 'offset'
      ? `Give an offset of at least warm-up and duration together, ${toDuration(until - from)}: offset:1d`
      : 'Compare with values kept of another window: --write-baseline FILE there, --baseline file:FILE here',
  );
}

/** The window of a baseline that is one of another time. */
function earlierWindow(baseline: Baseline, { from, until }: Span): Span | undefined {
  switch (baseline.kind) {
    case 'offset': {
      const back = toSeconds(baseline.offset);
      return { from: from - back, until: until - back };
    }
    case 'file':
      return baseline.saved;
    case 'version':
    case 'none':
      return undefined;
    default:
      return baseline satisfies never;
  }
}

/** A window that is not over would be judged by its beginning: what is wrong, if it was not waited for. */
async function untilOver(until: number, wait: boolean, { clock, stderr }: Io): Promise<Diagnostic | undefined> {
  const left = until + (wait ? SETTLING : 0) - clock.now() / 1000;
  if (left <= 0) return undefined;
  const end = `${formatMoment(Math.ceil(until))} UTC, in ${Math.ceil(left / 60)} min`;
  if (wait) {
    await stderr.write(`Waiting for the end of the window, ${end}\n`);
    await waitUntil(until + SETTLING, clock);
    return undefined;
  }
  return {
    code: 'K015',
    level: 'warning',
    subject: 'The window',
    message: `ends at ${end}, and only its beginning is known`,
    remedy: 'Run it then, or let it wait: --wait',
  };
}

/** Keeps the values, if later windows may be held against them, and says so. */
async function keep(
  file: string,
  cwd: string,
  result: GateResult,
  measured: SavedBaseline | undefined,
): Promise<string> {
  const doubtful = result.checks.filter(
    ({ kind, outcome }) => outcome === 'breach' || (kind === 'absolute' && outcome === 'inconclusive'),
  );
  if (measured === undefined || doubtful.length > 0 || result.notes.length > 0) {
    return `${file} was not written: this window is not a baseline (${result.verdict}).`;
  }
  await writeFileSafely(resolve(cwd, file), renderBaseline(measured));
  return `Written: ${file}`;
}
