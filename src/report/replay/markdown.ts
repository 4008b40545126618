import { type FiringChange, formatSecond, type Replay } from '../../model/replay.ts';
import { escapeMarkdown, escapeMarkdownHtml, markdownCode, markdownTable, withoutCommands } from '../common/escape.ts';
import { plural } from '../common/names.ts';
import { brokenLine, changeLine, firedRows, headline } from './summary.ts';

/** Replays as Markdown, for pull requests: what is broken first, then a line each, then what fired when. */
export function renderReplayMarkdown(replays: readonly Replay[]): string {
  const broken = replays.flatMap((replay) => replay.broken);
  const sections = [
    broken.length === 0
      ? `### Incident replay: all expectations hold in ${replays.length} scenarios`
      : `### Incident replay: ${plural(broken.length, 'broken expectation')}`,
    broken.map((one) => `- **${escapeMarkdown(one.scenario)}** ${escapeMarkdown(brokenLine(one))}`).join('\n'),
    markdownTable(['scenario', '', 'what alerting makes of it'], replays.map(scenarioRow)),
    ...replays.filter((replay) => firedRows(replay).length > 0).map(details),
  ];
  return withoutCommands(`${sections.filter((text) => text !== '').join('\n\n')}\n`);
}

function scenarioRow(replay: Replay): readonly string[] {
  const verdict = replay.broken.length === 0 ? 'ok' : '**broken**';
  return [escapeMarkdown(replay.scenario.id), verdict, escapeMarkdown(headline(replay))];
}

function details(replay: Replay): string {
  const { scenario } = replay;
  return `<details><summary>${escapeMarkdownHtml(scenario.title)}</summary>\n\n${renderFiredTable(replay)}\n\n</details>`;
}

/** What would have fired when, as a table. */
export function renderFiredTable(replay: Replay): string {
  const rows = firedRows(replay);
  const paged = rows.some(({ lead }) => lead !== undefined);
  const head = ['fires', '', 'alert', 'service', 'pending since', 'notified at', 'resolved'];
  if (paged) head.push('minutes before the page');
  const lines = rows.map((row) => {
    const cells = [
      formatSecond(row.at),
      row.level === 'PAGE' ? '**page**' : row.level,
      escapeMarkdown(row.alert),
      escapeMarkdown(row.subject),
      formatSecond(row.pending),
      row.notified === undefined ? '' : formatSecond(row.notified),
      row.resolved === undefined ? '' : formatSecond(row.resolved),
    ];
    if (paged) cells.push(String(row.lead));
    return cells;
  });
  const never = replay.silent.length === 0 ? '' : `\n\nNever: ${replay.silent.map(escapeMarkdown).join(', ')}.`;
  return withoutCommands(`${markdownTable(head, lines)}${never}`);
}

/** What another version of the rules would have done otherwise, as a list. */
export function renderChangesMarkdown(changes: readonly FiringChange[], ref: string): string {
  const against = markdownCode(ref);
  if (changes.length === 0) return `Against ${against}: every alert fires and resolves in the same minute.\n`;
  const items = changes.map((change) => `- ${escapeMarkdown(change.scenario)}: ${escapeMarkdown(changeLine(change))}`);
  return withoutCommands(`**Against ${against}**\n\n${items.join('\n')}\n`);
}
