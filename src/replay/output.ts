/** What promtool reports, read back. */
import { SENTINEL, SIGNAL_METRIC } from './test-file.ts';

/** One sample of promtool's report. */
export interface ReportedSample {
  /** Seconds after the first sample. */
  readonly at: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Everything promtool reported, or undefined where it did not get to the end of its tests. */
export interface Report {
  readonly alerts: readonly ReportedSample[];
  readonly signals: readonly ReportedSample[];
}

/**
 * Reads the report of a failing test file: lines of `expr: …, time: …` each followed by `got: …`.
 *
 * @returns undefined where the sentinel is missing: promtool stopped at an error, which the text then tells.
 */
export function parseReport(text: string): Report | undefined {
  const alerts: ReportedSample[] = [];
  const signals: ReportedSample[] = [];
  let at = 0;
  let ended = false;
  let ours = false;
  for (const line of text.split('\n')) {
    const asked = /^\s*expr: "(.*)", time: ([\dhmsd.]+),?\s*$/.exec(line);
    if (asked !== null) {
      at = parseTime(asked[2] ?? '0s');
      ended ||= asked[1] === SENTINEL;
      ours = asked[1] !== SENTINEL;
      continue;
    }
    const got = /^\s*got:(.*)$/s.exec(line)?.[1]?.trimStart();
    if (got === undefined || !ours) continue;
    for (const { labels, value } of parseSamples(got)) {
      const { __name__: name, ...rest } = labels;
      (name === SIGNAL_METRIC ? signals : alerts).push({ at, labels: rest, value });
    }
  }
  return ended ? { alerts, signals } : undefined;
}

/** `1h30m`, `45s`: how Prometheus prints durations. */
function parseTime(text: string): number {
  const factors: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };
  return [...text.matchAll(/(?<![\d.])([\d.]+)([dhms])/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (factors[unit ?? 's'] ?? 1),
    0,
  );
}

function parseSamples(text: string): { labels: Record<string, string>; value: number }[] {
  const samples: { labels: Record<string, string>; value: number }[] = [];
  const sample = /\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\} ([^\s,]+)/g;
  for (const [, inner = '', value = ''] of text.matchAll(sample)) {
    const labels: Record<string, string> = {};
    for (const [, label = '', quoted = ''] of inner.matchAll(/(?<!\w)([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*")/g)) {
      labels[label] = unquoted(quoted);
    }
    samples.push({ labels, value: parseNumber(value) });
  }
  return samples;
}

/** A string as Go quotes it. */
function unquoted(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(
      /\\(?:U([\da-fA-F]{8})|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/g,
      (_whole, wide?: string, unit?: string, byte?: string, letter?: string) => {
        const code = wide ?? unit ?? byte;
        if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
        return ESCAPED[letter ?? ''] ?? letter ?? '';
      },
    );
}

const ESCAPED: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function parseNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
