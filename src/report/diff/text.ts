import type { DiffReport } from '../../model/diff-report.ts';
import { visibleData, withoutCommands } from '../common/escape.ts';
import { subjectWidth, textLine } from '../common/lines.ts';
import { noPaint, type Paint } from '../common/paint.ts';
import { someOf } from '../common/some-of.ts';
import { plainWords } from '../common/words.ts';
import { brokenText, replaySummary } from './replay-words.ts';
import { type ChangeGroup, countedDiff, notReplayed, restartNotice, summarizeDiff } from './summary.ts';

/** A diff as a person reads it in a terminal. */
export function renderDiffText(outside: DiffReport, paint: Paint = noPaint): string {
  const report = visibleData(outside);
  const summary = summarizeDiff(report);
  const head = `Changes against ${report.base.ref} (${report.base.commit.slice(0, 7)}): ${countedDiff(summary)}`;
  if (report.changes.length === 0)
    return withoutCommands(
      `${head}. All ${report.unchanged} rules, dashboards, contact points and folders are the same.`,
    );
  const paging = summary.paging.map(({ alert, services, notifies, changes, replay }) =>
    [
      `    ${paint.warn('!')} ${[alert, someOf(services)].filter((part) => part !== '').join(', ')}${notifies === '' ? '' : ` (${notifies})`}`,
      ...changes.map(plainWords),
      ...(replay === undefined ? [] : [`${report.incident ?? ''}: ${replay}`]),
    ].join('\n        '),
  );
  const restarts = restartNotice(summary);
  const sections = [
    paging.length === 0 ? '  Paging is not affected.' : section('Affects paging', paging, paint),
    restarts === '' ? '' : `    ${restarts}`,
    section(
      'Alerts',
      summary.rules.flatMap((group) => groupLines(group, paint)),
      paint,
    ),
    section(
      'Dashboards',
      [
        ...summary.added.map((title) => `    ${paint.add('+ added')} ${title}`),
        ...summary.removed.map((title) => `    ${paint.remove('- removed')} ${title}`),
        ...summary.dashboards.flatMap((group) => groupLines(group, paint)),
      ],
      paint,
    ),
  ];
  const replay = report.replay === undefined ? notReplayed(summary, report) : replaySummary(report.replay);
  const broken = (report.replay?.broken ?? []).map((note) => `  ${paint.warn('×')} ${brokenText(note)}`);
  return withoutCommands(
    [head, ...sections, [replay, ...broken].join('\n'), `${report.unchanged} unchanged.`]
      .filter((text) => text !== '')
      .join('\n\n'),
  );
}

function section(title: string, lines: readonly string[], paint: Paint): string {
  return lines.length === 0 ? '' : [`  ${paint.bold(title)}`, ...lines].join('\n');
}

function groupLines({ names, lines }: ChangeGroup, paint: Paint): string[] {
  const same = names.length > 1 ? paint.dim(' (the same change)') : '';
  const width = subjectWidth(lines);
  return [
    `    ${paint.change('~')} ${someOf(names)}${same}`,
    ...lines.map((line) => `        ${textLine(line, width)}`),
  ];
}
