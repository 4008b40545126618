/** The gate's findings, in the forms that people and pipelines read. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { GateCheck, GateOutcome, GateResult } from '../../model/gate.ts';
import { visible } from '../../model/outside-text.ts';
import { formatQuantity } from '../../model/quantity.ts';
import { formatMoment } from '../../model/time.ts';
import { distinctDiagnostics, renderDiagnostics, renderDiagnosticsMarkdown } from '../common/diagnostics.ts';
import {
  escapeMarkdown,
  escapeXml,
  jsonDocument,
  markdownTable,
  visibleData,
  withoutCommands,
} from '../common/escape.ts';
import { noPaint, type Paint } from '../common/paint.ts';

const GLYPHS: Readonly<Record<GateOutcome, string>> = { pass: '✓', warning: '!', breach: '×', inconclusive: '?' };
const CLOSING: Readonly<Record<GateOutcome, string>> = {
  pass: 'Pass.',
  warning: 'Pass, but near a limit: look before the next deployment.',
  breach: 'Breach: do not go on with this version.',
  inconclusive: 'Inconclusive: too little is known to call it a pass.',
};

/** For a terminal. */
export function renderGateText(outside: GateResult, paint: Paint = noPaint): string {
  const result = visibleData(outside);
  const { service, verdict, checks } = result;
  const rows = checks.map((check) => ({ check, name: nameOf(check), value: shownValue(check) }));
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  const valueWidth = Math.max(0, ...rows.map(({ value }) => value.length));
  const colours = { pass: paint.add, warning: paint.warn, breach: paint.remove, inconclusive: paint.change };
  const lines = rows.map(
    ({ check, name, value }) =>
      `  ${colours[check.outcome](`${GLYPHS[check.outcome]} ${check.outcome.padEnd(12)}`)}  ${name.padEnd(width)}  ${value.padEnd(valueWidth)}  ${check.says}`,
  );
  const problems = problemsOf(result);
  return withoutCommands(
    [
      `${paint.bold(`Gate for ${service.title}`)}  ${paint.dim(windowOf(result))}`,
      paint.dim(`${evidenceOf(result)}; baseline ${result.baseline}`),
      ...(lines.length === 0 ? [] : ['', ...lines]),
      ...(problems.length === 0 ? [] : ['', renderDiagnostics(problems, { paint })]),
      '',
      colours[verdict](CLOSING[verdict]),
    ].join('\n'),
  );
}

/** For a job summary or a comment. */
export function renderGateMarkdown(result: GateResult): string {
  const { service, verdict, checks } = result;
  const rows = checks.map((check) => [
    `${GLYPHS[check.outcome]} ${check.outcome}`,
    escapeMarkdown(nameOf(check)),
    escapeMarkdown(shownValue(check)),
    escapeMarkdown(check.says),
  ]);
  const problems = problemsOf(result);
  return withoutCommands(
    `${[
      `### ${GLYPHS[verdict]} Gate for ${escapeMarkdown(service.title)}: ${verdict}`,
      `${CLOSING[verdict]} ${windowOf(result)}; ${escapeMarkdown(evidenceOf(result))}; baseline ${escapeMarkdown(result.baseline)}.`,
      ...(rows.length === 0 ? [] : [markdownTable(['', 'signal', 'value', ''], rows)]),
      ...(problems.length === 0 ? [] : [renderDiagnosticsMarkdown(problems)]),
    ].join('\n\n')}\n`,
  );
}

/** For other programs. Times are ISO 8601, values in the unit's base: seconds, and ratios from 0 to 1. */
export function renderGateJson(result: GateResult): string {
  const moment = (second: number) => new Date(second * 1000).toISOString();
  const document = {
    format: 'grafana-as-code/gate',
    version: 1,
    verdict: result.verdict,
    service: result.service.id,
    from: moment(result.from),
    until: moment(result.until),
    stepSeconds: result.step,
    baseline: result.baseline,
    prometheus: result.prometheus,
    requests: result.requests ?? null,
    checks: result.checks.map(({ firesAt, ...check }) => ({
      ...check,
      ...(firesAt === undefined ? {} : { firesAt: moment(firesAt) }),
    })),
    notes: result.notes,
  };
  return jsonDocument(document);
}

/**
 * For the test reports of pipelines: a breach is a failure, what is inconclusive an error, so that neither looks
 * green; a warning passes and says so in its output.
 */
export function renderGateJunit(result: GateResult): string {
  const { service, checks, notes, from, until } = result;
  const cases = checks.map((check) => junitCase(check, service.id));
  const partial = notes.map((note) =>
    testCase(note.subject, service.id, element('error', problemText([note]), 'inconclusive')),
  );
  const all = [...cases, ...partial];
  const count = (outcome: GateOutcome) => checks.filter((check) => check.outcome === outcome).length;
  const errors = count('inconclusive') + partial.length;
  const attributes = `name="gate ${escapeXml(service.id)}" tests="${all.length}" failures="${count('breach')}" errors="${errors}" skipped="0" time="${until - from}" timestamp="${new Date(from * 1000).toISOString().slice(0, 19)}"`;
  return withoutCommands(
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${attributes}>\n${all.join('\n')}\n  </testsuite>\n</testsuites>\n`,
  );
}

function junitCase(check: GateCheck, service: string): string {
  const name = nameOf(check);
  const says = `${shownValue(check)}: ${check.says}`;
  switch (check.outcome) {
    case 'pass':
      return testCase(name, service);
    case 'warning':
      return testCase(name, service, element('system-out', visible(says)));
    case 'breach':
      return testCase(name, service, element('failure', visible(says), 'breach'));
    case 'inconclusive':
      return testCase(name, service, element('error', problemText(check.problems), 'inconclusive'));
    default:
      return check.outcome satisfies never;
  }
}

function testCase(name: string, service: string, inner?: string): string {
  const head = `    <testcase classname="gate.${escapeXml(service)}" name="${escapeXml(name)}"`;
  return inner === undefined ? `${head}/>` : `${head}>\n      ${inner}\n    </testcase>`;
}

function element(tag: string, text: string, type?: string): string {
  const lines = text.split('\n').map(escapeXml);
  const attributes = type === undefined ? '' : ` type="${type}" message="${lines[0] ?? ''}"`;
  return `<${tag}${attributes}>${lines.join('\n')}</${tag}>`;
}

function problemText(problems: readonly Diagnostic[]): string {
  return problems
    .map(({ code, subject, message, remedy }) => visible(`${code} ${subject} ${message}. ${remedy}`))
    .join('\n');
}

function nameOf({ title, kind, series }: GateCheck): string {
  const apart = Object.values(series).join(', ');
  return `${title}${apart === '' ? '' : ` (${apart})`}${kind === 'relative' ? ', against the baseline' : ''}`;
}

function shownValue({ value, unit }: GateCheck): string {
  return value === undefined ? '-' : formatQuantity({ unit, value: Number(value.toPrecision(3)) });
}

function windowOf({ from, until }: GateResult): string {
  return `${formatMoment(from)} to ${formatMoment(until, from)} UTC`;
}

function evidenceOf({ requests, prometheus }: GateResult): string {
  return `${requests === undefined ? 'requests unknown' : `${Math.round(requests).toLocaleString('en')} requests`}, by ${prometheus}`;
}

/** What is missing for several signals alike is said once. */
function problemsOf({ checks, notes }: GateResult): readonly Diagnostic[] {
  return distinctDiagnostics([...notes, ...checks.flatMap(({ problems }) => problems)]);
}
