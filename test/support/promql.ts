/** Asks promtool what expressions are worth on given series. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPromtool } from '../../src/adapters/promtool/find.ts';
import { findOptions } from './promtool-setup.ts';

/** A series in promtool's notation. @example ['up{job="a"}', '1x40'] */
export type GivenSeries = readonly [selector: string, values: string];

export interface AskedExpression {
  readonly expr: string;
  readonly series: readonly GivenSeries[];
  /** Seconds between samples. Default: 15. */
  readonly every?: number;
  /** When it is asked. Default: `30m`. */
  readonly at?: string;
  /** What it has to be worth: labels and value of each series. */
  readonly gives: readonly (readonly [labels: string, value: number])[];
}

/** What promtool found wrong, or an empty text. */
export async function promqlProblems(asked: readonly AskedExpression[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promql-'));
  try {
    const file = join(folder, 'test.json');
    const tests = asked.map(({ expr, series, every = 15, at = '30m', gives }) => ({
      interval: `${every}s`,
      input_series: series.map(([selector, values]) => ({ series: selector, values })),
      promql_expr_test: [{ expr, eval_time: at, exp_samples: gives.map(([labels, value]) => ({ labels, value })) }],
    }));
    await writeFile(file, JSON.stringify({ evaluation_interval: '1m', tests }));
    await promisify(execFile)(await findPromtool(findOptions), ['test', 'rules', file]);
    return '';
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
