import type { DiffReport } from '../model/diff-report.ts';
import { countedDiff, type ToldGroup, tellDiff } from './diff-told.ts';
import { noPaint, type Paint } from './paint.ts';
import { someOf } from './some-of.ts';

/** A diff as a person reads it in a terminal. */
export function renderDiffText(report: DiffReport, paint: Paint = noPaint): string {
  const told = tellDiff(report);
  const head = `Changes against ${report.base.ref} (${report.base.commit.slice(0, 7)}): ${countedDiff(told)}`;
  if (report.changes.length === 0) return `${head}. ${report.unchanged} rules and dashboards are the same.`;
  const paging = told.paging.map(
    ({ alert, services, change, replay }) =>
      `    ${paint.warn('!')} ${alert}, ${someOf(services)}\n        ${change}${replay === '' ? '' : `\n        incident of 2025-12-15: ${replay}`}`,
  );
  const sections = [
    paging.length === 0 ? '  Paging is not affected.' : section('Affects paging', paging, paint),
    section(
      'Alerts',
      told.rules.flatMap((group) => groupLines(group, paint)),
      paint,
    ),
    section(
      'Dashboards',
      [
        ...told.added.map((title) => `    ${paint.add('+ added')} ${title}`),
        ...told.removed.map((title) => `    ${paint.remove('- removed')} ${title}`),
        ...told.dashboards.flatMap((group) => groupLines(group, paint)),
      ],
      paint,
    ),
  ];
  return [
    head,
    ...sections.filter((text) => text !== ''),
    ...(report.replay === undefined ? [] : [report.replay.summary]),
    `${report.unchanged} unchanged.`,
  ].join('\n\n');
}

function section(title: string, lines: readonly string[], paint: Paint): string {
  return lines.length === 0 ? '' : [`  ${paint.bold(title)}`, ...lines].join('\n');
}

function groupLines({ names, lines }: ToldGroup, paint: Paint): string[] {
  const same = names.length > 1 ? paint.dim(' (the same change)') : '';
  const width = Math.min(48, Math.max(0, ...lines.map(({ subject }) => subject.length)));
  return [
    `    ${paint.change('~')} ${someOf(names)}${same}`,
    ...lines.map(({ subject, text }) => `        ${subject === '' ? '' : `${subject.padEnd(width)}  `}${text}`),
  ];
}
