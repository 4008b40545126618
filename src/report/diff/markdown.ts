import type { DiffReport, ResourceDiff } from '../../model/diff-report.ts';
import { groupBy } from '../../model/group-by.ts';
import { asText, asTold, table } from '../common/markdown.ts';
import { someOf } from '../common/some-of.ts';
import { queryLines } from './query-lines.ts';
import {
  countedDiff,
  notReplayed,
  type PagingRow,
  type ToldDiff,
  type ToldGroup,
  tellDiff,
  toldRestarts,
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
  const told = tellDiff(report);
  const head = [
    COMMENT_MARK,
    `### Grafana changes: ${countedDiff(told)}`,
    report.changes.length === 0 ? 'Dashboards, alerts and contact points stay as they are.' : '',
  ];
  const tail = [
    notReplayed(told, report),
    report.replay?.broken.length === 0 ? report.replay.summary : '',
    `Compared with \`${report.base.ref}\` (${report.base.commit.slice(0, 7)}). ${report.unchanged} others are unchanged.`,
  ];
  const parts = [
    ...pagingParts(told, report),
    ...listParts('broken expectations', `**${report.replay?.summary ?? ''}**`, brokenItems(report)),
    ...listParts('dashboards', '**Dashboards**', dashboardItems(told)),
    ...listParts('alerts', '**Alerts, without effect on paging**', told.rules.map(groupItem)),
    ...queryParts(report),
  ];
  return assembleWithin(
    head.filter((part) => part !== ''),
    parts,
    tail.filter((part) => part !== ''),
    options,
  );
}

function brokenItems({ replay }: DiffReport): string[] {
  return (replay?.broken ?? []).map((line) => `- ${asText(line)}`);
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

function pagingParts({ paging }: ToldDiff, report: DiffReport): Part[] {
  if (report.changes.length === 0) return [];
  if (paging.length === 0)
    return [
      {
        what: 'lines about paging',
        text: '**Paging is not affected**: nobody is told more, less, earlier or later, and no active alert starts anew.',
        continues: false,
      },
    ];
  const replayed = paging.some(({ replay }) => replay !== undefined);
  const columns = ['alert', 'service', 'tells', 'change', ...(replayed ? ['in the incident of 2025-12-15'] : [])];
  const cells = (row: PagingRow) => [
    asText(row.alert),
    asText(someOf(row.services)) || '–',
    asText(row.tells) || '–',
    row.changes.map(asTold).join('<br>'),
    ...(replayed ? [asText(row.replay ?? '–')] : []),
  ];
  const [header = '', rule = '', ...rows] = table(columns, paging.map(cells)).split('\n');
  const title = ['**Affects paging**', '', header, rule].join('\n');
  const what = 'changes that affect paging';
  const restarts = toldRestarts({ paging });
  return [
    ...rows.map((row, index) => ({ what, text: index === 0 ? `${title}\n${row}` : row, continues: index > 0 })),
    ...(restarts === '' ? [] : [{ what: 'lines about active alerts', text: restarts, continues: false }]),
  ];
}

function listParts(what: string, title: string, items: readonly string[]): Part[] {
  return items.map((item, index) => ({
    what,
    text: index === 0 ? `${title}\n\n${item}` : item,
    continues: index > 0,
  }));
}

function dashboardItems({ added, removed, dashboards }: ToldDiff): string[] {
  return [
    ...added.map((title) => `- **${asText(title)}**: new`),
    ...removed.map((title) => `- **${asText(title)}**: removed`),
    ...dashboards.map(groupItem),
  ];
}

function groupItem({ names, lines }: ToldGroup): string {
  const title = `${someOf(names.map((name) => `**${asText(name)}**`))}${names.length > 1 ? ' (the same change)' : ''}`;
  const bySubject = groupBy(lines, ({ subject }) => subject);
  const texts = [...bySubject].map(([subject, members]) => {
    const text = members.map((line) => asTold(line.text)).join(', ');
    return subject === '' ? text : `${asText(subject).replace(/"([^"]*)"/g, '*$1*')}: ${text}`;
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
        : [{ ...meaning.query, place: placeOf(change, meaning.subject) }],
    ),
  );
  const alike = groupBy(all, ({ before, after }) => JSON.stringify([before, after]));
  return [...alike.values()].map((members) => {
    const [first] = members as [(typeof all)[number], ...(typeof all)[number][]];
    const places = members.map(({ place }) => place);
    const title =
      places.length > 3 ? `${places.slice(0, 3).join('; ')} and ${places.length - 3} more` : places.join('; ');
    const lines = queryLines(first.before, first.after).map(({ sign, text }) => `${sign}${text}`);
    const text = `<details><summary>${html(title)}</summary>\n\n${fenced(lines.join('\n'))}\n\n</details>`;
    return { what: 'queries before and after', text, continues: false };
  });
}

/** A block whose fence is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}

function placeOf({ title, service, kind }: ResourceDiff, subject: string): string {
  return kind === 'rule' ? `${title}${service === undefined ? '' : `, ${service}`}` : `${title}, ${subject}`;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
