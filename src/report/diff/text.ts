import type { DiffReport } from '../../model/diff-report.ts';
import { noPaint, type Paint } from '../common/paint.ts';
import { someOf } from '../common/some-of.ts';
import { countedDiff, notReplayed, type ToldGroup, tellDiff, toldRestarts } from './summary.ts';

/** A diff as a person reads it in a terminal. */
export function renderDiffText(report: DiffReport, paint: Paint = noPaint): string {
  const told = tellDiff(report);
  const head = `Changes against ${report.base.ref} (${report.base.commit.slice(0, 7)}): ${countedDiff(told)}`;
  if (report.changes.length === 0)
    return `${head}. All ${report.unchanged} rules, dashboards, contact points and folders are the same.`;
  const paging = told.paging.map(({ alert, services, tells, changes, replay }) =>
    [
      `    ${paint.warn('!')} ${[alert, someOf(services)].filter((part) => part !== '').join(', ')}${tells === '' ? '' : ` (${tells})`}`,
      ...changes,
      ...(replay === undefined ? [] : [`incident of 2025-12-15: ${replay}`]),
    ].join('\n        '),
  );
  const restarts = toldRestarts(told);
  const sections = [
    paging.length === 0 ? '  Paging is not affected.' : section('Affects paging', paging, paint),
    restarts === '' ? '' : `    ${restarts}`,
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
    ...sections,
    [
      report.replay?.summary ?? notReplayed(told, report),
      ...(report.replay?.broken ?? []).map((line) => `  ${paint.warn('×')} ${line}`),
    ].join('\n'),
    `${report.unchanged} unchanged.`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
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
