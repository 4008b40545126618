import { visible } from '../../model/outside-text.ts';
import { type FiringChange, formatSecond, type Replay } from '../../model/replay.ts';
import { visibleData, withoutCommands } from '../common/escape.ts';
import { plural } from '../common/names.ts';
import { noPaint, type Paint } from '../common/paint.ts';
import { brokenLine, changeLine, type FiredRow, firedRows, headline } from './summary.ts';

/** Replays as a person reads them in a terminal: one in full, several in a line each. */
export function renderReplayText(outside: readonly Replay[], seconds: number, paint: Paint = noPaint): string {
  const replays = outside.map(visibleReplay);
  const [only] = replays;
  if (only !== undefined && replays.length === 1) return withoutCommands(one(only, seconds, paint));
  const width = Math.max(0, ...replays.map(({ scenario }) => scenario.id.length));
  const lines = replays.flatMap((replay) => [
    `  ${verdict(replay, paint)}  ${replay.scenario.id.padEnd(width)}  ${headline(replay)}`,
    ...replay.broken.map((broken) => `            ${brokenLine(broken)}`),
  ]);
  return withoutCommands([...lines, '', closing(replays, seconds)].join('\n'));
}

/** The values of signals are numbers, and many. */
function visibleReplay(replay: Replay): Replay {
  const alerts = replay.alerts.map(({ signal, ...alert }) => ({ ...visibleData(alert), signal }));
  return { ...visibleData({ ...replay, alerts: [] }), alerts };
}

function verdict({ broken }: Replay, paint: Paint): string {
  return broken.length === 0 ? paint.add('✓ ok    ') : paint.remove('× broken');
}

function one(replay: Replay, seconds: number, paint: Paint): string {
  const { scenario, silent, broken } = replay;
  const events = scenario.events.map(({ at, title }) => `${formatSecond(at)} ${title}`).join(' · ');
  const rows = firedRows(replay);
  const widths = [
    Math.max(0, ...rows.map(({ alert }) => alert.length)),
    Math.max(0, ...rows.map(({ subject }) => subject.length)),
  ] as const;
  const fired = rows.map((row, index) => firedLine(row, widths, index === 0, paint));
  const never = silent.length === 0 ? [] : [`  never  ${paint.dim(silent.join(', '))}`];
  return [
    paint.bold(scenario.title),
    ...(events === '' ? [] : [paint.dim(events)]),
    '',
    ...fired,
    ...never,
    '',
    ...broken.map((expectation) => `  ${paint.remove('× broken')} ${brokenLine(expectation)}`),
    `${headline(replay)} ${closing([replay], seconds)}`,
  ].join('\n');
}

function firedLine(row: FiredRow, [alert, subject]: readonly [number, number], first: boolean, paint: Paint): string {
  const level = row.level.padEnd(7);
  const shown = row.level === 'PAGE' ? paint.remove(level) : paint.change(level);
  const notified = (row.notified === undefined ? 'notified nobody' : `notified ${formatSecond(row.notified)}`).padEnd(
    17,
  );
  const until = row.resolved === undefined ? 'still firing' : `until ${formatSecond(row.resolved)}`;
  const lead =
    row.lead === undefined
      ? ''
      : `   ${row.lead >= 0 ? `${row.lead} min before` : `${-row.lead} min after`}${first ? ' the page of that day' : ''}`;
  return `  ${formatSecond(row.at)}  ${shown}  ${row.alert.padEnd(alert)}  ${row.subject.padEnd(subject)}  pending ${formatSecond(row.pending)}  ${notified}  ${until}${lead}`;
}

function closing(replays: readonly Replay[], seconds: number): string {
  const broken = replays.reduce((sum, replay) => sum + replay.broken.length, 0);
  const held =
    broken === 0 ? 'All expectations hold.' : `${plural(broken, 'expectation')} ${broken === 1 ? 'is' : 'are'} broken.`;
  const counted = replays.length === 1 ? '' : `${replays.length} scenarios. `;
  return `${counted}${held}  ${seconds.toFixed(1)} s`;
}

/** What another version of the rules would have done otherwise. */
export function renderChangesText(changes: readonly FiringChange[], ref: string): string {
  const against = visible(ref);
  if (changes.length === 0) return `Against ${against}: every alert fires and resolves in the same minute.`;
  const lines = visibleData(changes).map((change) => `  ~ ${change.scenario}: ${changeLine(change)}`);
  return withoutCommands([`Against ${against}:`, ...lines].join('\n'));
}
