import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertRule } from '../model/alert-rule.ts';
import type { Series } from '../scenario/index.ts';
import { PromtoolError } from './find-promtool.ts';
import { parseReport, type Report } from './output.ts';
import { type RulesForm, rulesFile, testFile } from './test-file.ts';

/** Rules, and the series to evaluate them on. */
export interface PromtoolRun {
  readonly rules: readonly AlertRule[];
  readonly series: readonly Series[];
  /** Seconds between samples. */
  readonly step: number;
  /** Seconds after the first sample, ascending. */
  readonly evaluations: readonly number[];
  /** Default: `recorded`. */
  readonly form?: RulesForm;
}

/**
 * Evaluates rules in promtool, and answers with every alert and every signal of every evaluation.
 *
 * @throws PromtoolError T102 if promtool can not evaluate them; the message holds its own words.
 */
export async function runPromtool(
  promtool: string,
  { rules, series, step, evaluations, form }: PromtoolRun,
): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'replay-'));
  try {
    await writeFile(join(folder, 'rules.json'), rulesFile(rules, form), 'utf8');
    const evaluationInterval = rules[0]?.evaluationInterval ?? '1m';
    const file = testFile({ rulesFile: 'rules.json', step, evaluationInterval, series, evaluations });
    await writeFile(join(folder, 'test.json'), file, 'utf8');
    const output = await reported(promtool, folder);
    const report = parseReport(output);
    if (report === undefined) {
      throw new PromtoolError(
        'T102',
        `promtool could not evaluate the rules: ${output.trim().slice(0, 1000)}`,
        'npm run validate checks every expression; a rule that promtool alone refuses is named above',
      );
    }
    return report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A report is a failed test to promtool: it ends with 1, and everything stands on stderr (on stdout since 3.0). */
function reported(promtool: string, folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // promtool lives for seconds: collecting its garbage a quarter as often saves a sixth of its time.
    const env = { GOGC: '400', ...process.env };
    const options = { cwd: folder, env, maxBuffer: 2 ** 30, encoding: 'utf8' } as const;
    execFile(promtool, ['test', 'rules', 'test.json'], options, (error, stdout, stderr) => {
      if (error !== null && error.code !== 1) {
        reject(
          new PromtoolError('T103', `promtool did not run: ${error.message}`, 'npm run setup:promtool', {
            cause: error,
          }),
        );
      } else resolve(`${stdout}\n${stderr}`);
    });
  });
}
