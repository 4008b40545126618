/** How large pools should be, in the forms that people and programs read. */
import type { PoolReport, PoolSizing, PoolVerdict } from '../../model/pool-sizing.ts';
import { formatQuantity } from '../../model/quantity.ts';
import { formatMoment } from '../../model/time.ts';
import { escapeMarkdown, jsonDocument, markdownTable, visibleData, withoutCommands } from '../common/escape.ts';
import { noPaint, type Paint } from '../common/paint.ts';

const GLYPHS: Readonly<Record<PoolVerdict, string>> = { fits: '✓', small: '!', slow: '×', held: '×', unknown: '?' };
const HEAD = [
  'service',
  'pool',
  'size',
  'usual',
  'peak',
  'at (UTC)',
  'held',
  'at peak',
  'waiting',
  'needs',
  'free',
  '3× slower',
  '60× slower',
];

/** For a terminal: a table, then a recommendation for each pool. */
export function renderPoolsText(outside: PoolReport, paint: Paint = noPaint): string {
  const report = visibleData(outside);
  const rows = report.pools.map((pool) => cells(pool, report));
  const widths = HEAD.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd();
  const colours = { fits: paint.add, small: paint.warn, slow: paint.remove, held: paint.remove, unknown: paint.change };
  const advice = report.pools.map(
    ({ service, pool, verdict, recommendation }) =>
      `  ${colours[verdict](`${GLYPHS[verdict]} ${verdict.padEnd(7)}`)}  ${service.id}, ${pool}: ${recommendation}`,
  );
  return withoutCommands(
    [
      `${paint.bold('Pools')}  ${paint.dim(headline(report))}`,
      '',
      paint.dim(line(HEAD)),
      ...rows.map(line),
      '',
      ...advice,
      ...report.warnings.map(
        (warning) => `\n  ${paint.warn('!')} Prometheus: ${warning}. The figures are of a part of the series.`,
      ),
      '',
      LEGEND,
    ].join('\n'),
  );
}

/** For a document or a comment. */
export function renderPoolsMarkdown(report: PoolReport): string {
  return withoutCommands(
    `${[
      `Pools, ${escapeMarkdown(headline(report))}.`,
      markdownTable(
        HEAD,
        report.pools.map((pool) => cells(pool, report).map(escapeMarkdown)),
      ),
      report.pools
        .map(
          ({ service, pool, verdict, recommendation }) =>
            `- **${escapeMarkdown(`${service.title}, ${pool}`)}** (${verdict}): ${escapeMarkdown(recommendation)}`,
        )
        .join('\n'),
      ...(report.warnings.length === 0 ? [] : [`Not complete: ${escapeMarkdown(report.warnings.join('; '))}.`]),
      LEGEND,
    ].join('\n\n')}\n`,
  );
}

/** For other programs. */
export function renderPoolsJson(report: PoolReport): string {
  const moment = (second: number) => new Date(second * 1000).toISOString();
  const pools = report.pools.map(({ service, demand, ...pool }) => ({
    service: service.id,
    ...pool,
    demand: demand === undefined ? null : { ...demand, peakAt: moment(demand.peakAt) },
  }));
  const document = {
    format: 'grafana-as-code/pools',
    version: 1,
    from: moment(report.from),
    until: moment(report.until),
    prometheus: report.prometheus,
    warnings: report.warnings,
    pools,
  };
  return jsonDocument(document);
}

const LEGEND =
  'Per instance, the busiest one. Connections in use by Little\'s law: taken a second × seconds held, over 5m. "needs" keeps the peak at 75 %; "slower" is the busiest traffic with connections held that much longer than usual.';

function headline({ from, until, prometheus }: PoolReport): string {
  return `${formatMoment(from)} to ${formatMoment(until, from)} UTC, by ${prometheus}`;
}

function cells({ service, pool, maximum, demand }: PoolSizing, { from }: PoolReport): readonly string[] {
  if (demand === undefined) return [service.id, pool, String(maximum), ...HEAD.slice(3).map(() => '-')];
  const { usual, peak, peakAt, heldUsually, heldAtPeak, waiting, size, headroom, slower } = demand;
  return [
    service.id,
    pool,
    String(maximum),
    short(usual),
    short(peak),
    formatMoment(peakAt, from),
    seconds(heldUsually),
    seconds(heldAtPeak),
    waiting === undefined ? '-' : short(waiting),
    String(size),
    formatQuantity({ unit: 'ratio', value: Number(headroom.toPrecision(2)) }),
    ...slower.map(({ connections }) => `${short(connections)}${connections > maximum ? ' full' : ''}`),
  ];
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function seconds(value: number): string {
  return formatQuantity({ unit: 'seconds', value: Number(value.toPrecision(2)) });
}
