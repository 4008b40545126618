import type { DiffReport, ResourceDiff } from '../../model/diff-report.ts';
import { groupBy } from '../../model/group-by.ts';
import type { MeaningSubject } from '../../model/meaning.ts';
import {
  escapeMarkdown,
  escapeMarkdownHtml,
  markdownBlock,
  markdownCode,
  markdownTable,
  withoutCommands,
} from '../common/escape.ts';
import { markdownSubject, markdownWords } from '../common/lines.ts';
import { someOf } from '../common/some-of.ts';
import { plainWords, subjectWords } from '../common/words.ts';
import { queryLines } from './query-lines.ts';
import { brokenText, replaySummary } from './replay-words.ts';
import {
  type ChangeGroup,
  countedDiff,
  type DiffSummary,
  notReplayed,
  type PagingRow,
  restartNotice,
  summarizeDiff,
} from './summary.ts';

/** How a comment is known again, to be updated instead of repeated. */
export const COMMENT_MARK = '<!-- grafana-as-code: diff -->';

export interface DiffMarkdownOptions {
  /** The most characters; GitHub takes 65,536. Default: no limit. What matters least is cut first. */
  readonly limit?: number;
  /** Where the whole report is, for the reader of a cut one. */
  readonly fullReport?: string;
}

/** A diff as a comment on a pull request: summary first, details folded. */
export function renderDiffMarkdown(report: DiffReport, options: DiffMarkdownOptions = {}): string {
  const summary = summarizeDiff(report);
  const { replay, base } = report;
  const head = [
    COMMENT_MARK,
    `### Grafana changes: ${countedDiff(summary)}`,
    report.changes.length === 0 ? 'Dashboards, alerts and contact points stay as they are.' : '',
  ];
  const tail = [
    notReplayed(summary, report),
    replay?.broken.length === 0 ? replaySummary(replay) : '',
    `Compared with ${markdownCode(base.ref)} (${escapeMarkdown(base.commit.slice(0, 7))}). ${report.unchanged} others are unchanged.`,
  ];
  const parts = [
    ...pagingParts(summary, report),
    ...listParts(
      'broken expectations',
      `**${replay === undefined ? '' : replaySummary(replay)}**`,
      (replay?.broken ?? []).map((note) => `- ${escapeMarkdown(brokenText(note))}`),
    ),
    ...listParts('dashboards', '**Dashboards**', dashboardItems(summary)),
    ...listParts('alerts', '**Alerts, without effect on paging**', summary.rules.map(groupItem)),
    ...queryParts(report),
  ];
  return assembleWithin(
    head.filter((part) => part !== ''),
    parts.map((part) => ({ ...part, text: withoutCommands(part.text) })),
    tail.filter((part) => part !== '').map(withoutCommands),
    options,
  );
}

/** A piece of the report that can be left out. */
interface Part {
  /** What is cut where it is left out. */
  readonly what: string;
  readonly text: string;
  /** Continues the list or table of the part before it. */
  readonly continues: boolean;
}

/** As many parts as fit, in the order of their importance, and a line that says what was cut. */
function assembleWithin(
  head: readonly string[],
  parts: readonly Part[],
  tail: readonly string[],
  { limit = Number.POSITIVE_INFINITY, fullReport }: DiffMarkdownOptions,
): string {
  const end = (cut: readonly Part[]) => {
    const where = fullReport === undefined ? '' : ` The whole report: ${fullReport}.`;
    const counted = [...groupBy(cut, ({ what }) => what)].map(([what, members]) => `${members.length} ${what}`);
    const note = cut.length === 0 ? [] : [`_Cut to fit: ${counted.join(', ')}.${where}_`];
    return `\n\n${[...note, ...tail].join('\n\n')}\n`;
  };
  const joined = (text: string, part: Part) => `${text}${part.continues ? '\n' : '\n\n'}${part.text}`;
  const whole = `${parts.reduce(joined, head.join('\n\n'))}${end([])}`;
  if (whole.length <= limit) return whole;
  // The note is longest where everything is cut; what fits with that one fits with every other.
  const room = limit - end(parts).length;
  const begun = new Set<string>();
  const cut: Part[] = [];
  let text = head.join('\n\n');
  for (const part of parts) {
    const next = joined(text, part);
    // A row without its table would be no row.
    const orphan = part.continues && !begun.has(part.what);
    if (orphan || next.length > room) cut.push(part);
    else {
      text = next;
      begun.add(part.what);
    }
  }
  return `${text}${end(cut)}`;
}

function pagingParts(summary: DiffSummary, report: DiffReport): Part[] {
  const { paging } = summary;
  const restarts = restartNotice(summary);
  const restarting: Part[] =
    restarts === '' ? [] : [{ what: 'lines about active alerts', text: escapeMarkdown(restarts), continues: false }];
  if (report.changes.length === 0) return [];
  if (paging.length === 0)
    return [
      {
        what: 'lines about paging',
        text: `**Paging is not affected**: nobody is notified more, less, earlier or later${restarts === '' ? ', and no active alert restarts' : ''}.`,
        continues: false,
      },
      ...restarting,
    ];
  const replayed = paging.some(({ replay }) => replay !== undefined);
  const columns = [
    'alert',
    'service',
    'notifies',
    'change',
    ...(replayed ? [escapeMarkdown(report.incident ?? '')] : []),
  ];
  const cells = (row: PagingRow) => [
    escapeMarkdown(row.alert),
    escapeMarkdown(someOf(row.services)) || '–',
    escapeMarkdown(row.notifies) || '–',
    row.changes.map((words) => markdownWords(words)).join('<br>'),
    ...(replayed ? [escapeMarkdown(row.replay ?? '–')] : []),
  ];
  const [header = '', rule = '', ...rows] = markdownTable(columns, paging.map(cells)).split('\n');
  const title = ['**Affects paging**', '', header, rule].join('\n');
  const what = 'changes that affect paging';
  return [
    ...rows.map((row, index) => ({ what, text: index === 0 ? `${title}\n${row}` : row, continues: index > 0 })),
    ...restarting,
  ];
}

function listParts(what: string, title: string, items: readonly string[]): Part[] {
  return items.map((item, index) => ({
    what,
    text: index === 0 ? `${title}\n\n${item}` : item,
    continues: index > 0,
  }));
}

function dashboardItems({ added, removed, dashboards }: DiffSummary): string[] {
  return [
    ...added.map((title) => `- **${escapeMarkdown(title)}**: new`),
    ...removed.map((title) => `- **${escapeMarkdown(title)}**: removed`),
    ...dashboards.map(groupItem),
  ];
}

function groupItem({ names, lines }: ChangeGroup): string {
  const title = `${someOf(names.map((name) => `**${escapeMarkdown(name)}**`))}${names.length > 1 ? ' (the same change)' : ''}`;
  const bySubject = groupBy(lines, ({ subject }) => markdownSubject(subject));
  const texts = [...bySubject].map(([subject, members]) => {
    const text = members.map(({ change }) => markdownWords(change)).join(', ');
    return subject === '' ? text : `${subject}: ${text}`;
  });
  return texts.length === 1
    ? `- ${title}: ${texts[0] ?? ''}`
    : [`- ${title}`, ...texts.map((text) => `  - ${text}`)].join('\n');
}

/** Queries before and after, folded; the same change of several places once. */
function queryParts(report: DiffReport): Part[] {
  const all = report.changes.flatMap((change) =>
    change.meanings.flatMap((meaning) =>
      meaning.query === undefined || meaning.kind === 'cosmetic'
        ? []
        : [{ ...meaning.query, place: placeOf(change, meaning.about) }],
    ),
  );
  const alike = groupBy(all, ({ before, after }) => JSON.stringify([before, after]));
  return [...alike.values()].map((members) => {
    const [first] = members as [(typeof all)[number], ...(typeof all)[number][]];
    const places = members.map(({ place }) => place);
    const title =
      places.length > 3 ? `${places.slice(0, 3).join('; ')} and ${places.length - 3} more` : places.join('; ');
    const lines = queryLines(first.before, first.after).map(({ sign, text }) => `${sign}${text}`);
    const text = `<details><summary>${escapeMarkdownHtml(title)}</summary>\n\n${markdownBlock(lines, 'diff')}\n\n</details>`;
    return { what: 'queries before and after', text, continues: false };
  });
}

function placeOf({ title, service, kind }: ResourceDiff, about: MeaningSubject | undefined): string {
  return kind === 'rule'
    ? `${title}${service === undefined ? '' : `, ${service}`}`
    : `${title}, ${plainWords(subjectWords(about))}`;
}
