import { type FiringChange, formatSecond, type Replay } from '../../model/replay.ts';
import { brokenLine, changeLine, firedRows, headline, plural } from './summary.ts';

/** Replays as Markdown, for pull requests: what is broken first, then a line each, then what fired when. */
export function renderReplayMarkdown(replays: readonly Replay[]): string {
  const broken = replays.flatMap((replay) => replay.broken);
  const sections = [
    broken.length === 0
      ? `### Incident replay: all expectations hold in ${replays.length} scenarios`
      : `### Incident replay: ${plural(broken.length, 'broken expectation')}`,
    broken.map((one) => `- **${one.scenario}** ${brokenLine(one)}`).join('\n'),
    ['| scenario | | what alerting makes of it |', '|---|---|---|', ...replays.map(scenarioRow)].join('\n'),
    ...replays.filter((replay) => firedRows(replay).length > 0).map(details),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function scenarioRow(replay: Replay): string {
  return `| ${replay.scenario.id} | ${replay.broken.length === 0 ? 'ok' : '**broken**'} | ${headline(replay)} |`;
}

function details(replay: Replay): string {
  const { scenario } = replay;
  return `<details><summary>${scenario.title}</summary>\n\n${renderFiredTable(replay)}\n\n</details>`;
}

/** What would have fired when, as a table. */
export function renderFiredTable(replay: Replay): string {
  const rows = firedRows(replay);
  const paged = rows.some(({ lead }) => lead !== undefined);
  const head = ['fires', '', 'alert', 'service', 'pending since', 'told at', 'resolved'];
  if (paged) head.push('minutes before the page');
  const lines = rows.map((row) => {
    const cells = [
      formatSecond(row.at),
      row.level === 'PAGE' ? '**page**' : row.level,
      row.alert,
      row.subject,
      formatSecond(row.pending),
      row.notified === undefined ? '' : formatSecond(row.notified),
      row.resolved === undefined ? '' : formatSecond(row.resolved),
    ];
    if (paged) cells.push(String(row.lead));
    return `| ${cells.join(' | ')} |`;
  });
  const never = replay.silent.length === 0 ? '' : `\n\nNever: ${replay.silent.join(', ')}.`;
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...lines].join('\n') + never;
}

/** What another version of the rules would have done otherwise, as a list. */
export function renderChangesMarkdown(changes: readonly FiringChange[], ref: string): string {
  if (changes.length === 0) return `Against \`${ref}\`: every alert fires and resolves in the same minute.\n`;
  return `**Against \`${ref}\`**\n\n${changes.map((change) => `- ${change.scenario}: ${changeLine(change)}`).join('\n')}\n`;
}
