import type { DiffReport, ResourceDiff } from '../model/diff-report.ts';
import { groupBy } from '../model/group-by.ts';
import { countedDiff, type ToldDiff, type ToldGroup, tellDiff } from './diff-told.ts';
import { queryLines } from './query-lines.ts';
import { someOf } from './some-of.ts';

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
    report.changes.length === 0 ? 'Dashboards and alerts stay as they are.' : '',
  ];
  const tail = [
    report.replay?.summary ?? '',
    `Compared with \`${report.base.ref}\` (${report.base.commit.slice(0, 7)}). ${report.unchanged} unchanged.`,
  ];
  const required = [...head, pagingSection(told, report), ...tail].filter((part) => part !== '');
  const optional = [dashboardSection(told), ruleSection(told), ...queryDetails(report)].filter((part) => part !== '');
  return assembleWithin(required, optional, tail.filter((part) => part !== '').length, options);
}

/** As many of the optional parts as fit, in the order of their importance, and a line that says what was cut. */
function assembleWithin(
  required: readonly string[],
  optional: readonly string[],
  tailLength: number,
  { limit = Number.POSITIVE_INFINITY, fullReport }: DiffMarkdownOptions,
): string {
  const head = required.slice(0, required.length - tailLength);
  const tail = required.slice(required.length - tailLength);
  const kept: string[] = [];
  const assemble = (cut: number) => {
    const where = fullReport === undefined ? '' : ` The whole report: ${fullReport}.`;
    const note = cut === 0 ? [] : [`_Cut to fit: ${cut} of ${optional.length} sections of details.${where}_`];
    return `${[...head, ...kept, ...note, ...tail].join('\n\n')}\n`;
  };
  for (const [index, part] of optional.entries()) {
    kept.push(part);
    if (assemble(index + 1 < optional.length ? optional.length - index - 1 : 0).length > limit) {
      kept.pop();
      break;
    }
  }
  const text = assemble(optional.length - kept.length);
  // Even the table of what affects paging can be too long; its beginning and this line are what fits.
  const warning = '\n\n_Cut to fit: the list of what affects paging goes on._\n';
  return text.length <= limit ? text : `${text.slice(0, limit - warning.length).replace(/\n[^\n]*$/, '')}${warning}`;
}

function pagingSection({ paging }: ToldDiff, report: DiffReport): string {
  if (paging.length === 0)
    return report.changes.length === 0
      ? ''
      : '**Paging is not affected**: nobody is told more, less, earlier or later.';
  const replayed = report.replay !== undefined;
  const columns = ['alert', 'service', 'change', ...(replayed ? ['in the incident of 2025-12-15'] : [])];
  const rows = paging.map(({ alert, services, change, replay }) => [
    alert,
    someOf(services),
    change,
    ...(replayed ? [replay === '' ? 'the same' : replay] : []),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return ['**Affects paging**', '', line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

function dashboardSection({ added, removed, dashboards }: ToldDiff): string {
  const items = [
    ...added.map((title) => `- **${title}**: new`),
    ...removed.map((title) => `- **${title}**: removed`),
    ...dashboards.map(groupItem),
  ];
  return items.length === 0 ? '' : ['**Dashboards**', '', ...items].join('\n');
}

function ruleSection({ rules }: ToldDiff): string {
  return rules.length === 0 ? '' : ['**Alerts, without effect on paging**', '', ...rules.map(groupItem)].join('\n');
}

function groupItem({ names, lines }: ToldGroup): string {
  const title = `${someOf(names.map((name) => `**${name}**`))}${names.length > 1 ? ' (the same change)' : ''}`;
  const bySubject = groupBy(lines, ({ subject }) => subject);
  const texts = [...bySubject].map(([subject, members]) => {
    const text = members.map((line) => escaped(line.text)).join(', ');
    return subject === '' ? text : `${subject.replace(/"(.*)"/, '*$1*')}: ${text}`;
  });
  return texts.length === 1
    ? `- ${title}: ${texts[0] ?? ''}`
    : [`- ${title}`, ...texts.map((text) => `  - ${text}`)].join('\n');
}

/** Selectors are full of what Markdown takes for its own. */
function escaped(text: string): string {
  return text.replace(
    /(^|: |, )((?:condition|query \S+|matcher|range|window|function|aggregation|operator|number|metric|offset)\b.*)$/,
    (_, lead: string, rest: string) => (/[{}*_[\]<>|"]/.test(rest) ? `${lead}\`${rest}\`` : `${lead}${rest}`),
  );
}

/** Queries before and after, folded; the same change of several places once. */
function queryDetails(report: DiffReport): string[] {
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
    return `<details><summary>${html(title)}</summary>\n\n\`\`\`diff\n${lines.join('\n')}\n\`\`\`\n\n</details>`;
  });
}

function placeOf({ title, service, kind }: ResourceDiff, subject: string): string {
  return kind === 'rule' ? `${title}${service === undefined ? '' : `, ${service}`}` : `${title}, ${subject}`;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
