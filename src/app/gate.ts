/** From the gate's options to its findings. */
import { readFile, writeFile } from 'node:fs/promises';
import {
  type Baseline,
  type GateAnswer,
  type GateQuestion,
  parseBaseline,
  parseSavedBaseline,
  renderBaseline,
  runGate,
  type SavedBaseline,
} from '../../src/gate/index.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { toDuration, toSeconds } from '../../src/model/duration.ts';
import type { GateResult } from '../../src/model/gate.ts';
import { formatMoment, type Span } from '../../src/model/time.ts';
import { type Prometheus, PrometheusError } from '../../src/prometheus/index.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { refused } from './command.ts';
import { buildProject } from './desired.ts';
import { EXIT } from './exit-codes.ts';
import { readDuration, readMoment } from './moment.ts';
import { serviceNamed } from './options.ts';
import { openPrometheusOf } from './prometheus.ts';
import type { PrometheusCommandOptions } from './prometheus-options.ts';
import { waitUntil } from './wait.ts';

/** What the command was asked. */
export interface GateRequest extends PrometheusCommandOptions {
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

/** Judges. Undefined where the code has problems, which are then on stderr: that is no breach of the service. */
export async function askGate(request: GateRequest): Promise<GateResult | undefined> {
  const now = Date.now() / 1000;
  const since = readMoment('--since', request.since, now);
  const from = since + toSeconds(readDuration('--warmup', request.warmup, 0));
  const window = { from, until: from + toSeconds(readDuration('--duration', request.duration)) };
  const baseline = await readBaseline(request);
  refuseOverlap(request.baseline, baseline, { from: since, until: window.until });
  const prometheus = openPrometheusOf(request);
  const built = await buildProject();
  if (!built.ok) {
    process.stderr.write(`${renderDiagnostics(built.problems, { closing: 'Nothing was judged.' })}\n`);
    return undefined;
  }
  const { catalog, project } = built;
  const service = serviceNamed(catalog.services, request.service);
  const question = { service, catalog, project, since, window, baseline };
  const open = await untilOver(window.until, request.wait === true);
  const answer = open === undefined ? await judge(question, prometheus) : open;
  const result = 'result' in answer ? answer.result : notKnown(question, request.baseline, prometheus.address, answer);
  if (request.writeBaseline !== undefined) {
    await keep(request.writeBaseline, result, 'result' in answer ? answer.measured : undefined);
  }
  return result;
}

/** The answer, or why there is none. */
async function judge(question: GateQuestion, prometheus: Prometheus): Promise<GateAnswer | Diagnostic> {
  try {
    return await runGate(question, prometheus);
  } catch (error) {
    // A wrong address is to be corrected; anything else says nothing about the service.
    if (error instanceof PrometheusError && error.exitCode === EXIT.inconclusive) return error.diagnostic;
    throw error;
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

async function readBaseline({ baseline: text, service }: GateRequest): Promise<Baseline> {
  const choice = parseBaseline(text);
  if (choice === undefined) {
    throw refused(
      'K012',
      `--baseline ${text}`,
      'is no baseline',
      'Give offset:1d, version:v1.2.2, version:LABEL=VALUE, file:base.json, or none',
    );
  }
  if (choice.kind !== 'file') return choice;
  const { file } = choice;
  const remedy = `Make one of a good window: npm run gate -- --service ${service} --since … --write-baseline ${file}`;
  const content = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw refused('K014', file, `can not be read (${cause.code ?? cause.message})`, remedy);
  });
  const saved = parseSavedBaseline(content);
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
      : 'Compare with a file of another window: docs/gate.md, "Baselines"',
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
async function untilOver(until: number, wait: boolean): Promise<Diagnostic | undefined> {
  const left = until + (wait ? SETTLING : 0) - Date.now() / 1000;
  if (left <= 0) return undefined;
  const end = `${formatMoment(Math.ceil(until))} UTC, in ${Math.ceil(left / 60)} min`;
  if (wait) {
    process.stderr.write(`Waiting for the end of the window, ${end}\n`);
    await waitUntil(until + SETTLING);
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

/** Keeps the values, if later windows may be held against them. */
async function keep(file: string, result: GateResult, measured: SavedBaseline | undefined): Promise<void> {
  const doubtful = result.checks.filter(
    ({ kind, outcome }) => outcome === 'breach' || (kind === 'absolute' && outcome === 'inconclusive'),
  );
  if (measured === undefined || doubtful.length > 0 || result.notes.length > 0) {
    process.stderr.write(`${file} was not written: this window is no baseline (${result.verdict}).\n`);
    return;
  }
  await writeFile(file, renderBaseline(measured), 'utf8');
  process.stderr.write(`Written: ${file}\n`);
}
