/**
 * The timeline of a replay as a picture: for every alert that fired its signal, the threshold and when it fired, with
 * the events of the day on the same axis. Own SVG: the same replay gives the same bytes.
 */
import {
  firstFiring,
  formatSecond,
  formatSubject,
  type Replay,
  type ReplayedAlert,
  type Second,
} from '../../model/replay.ts';
import { escapeXml, withoutCommands } from '../common/escape.ts';
import { limitOf } from './summary.ts';

const WIDTH = 1200;
const LEFT = 380;
const RIGHT = 24;
const ROW = 40;
const PLOT = 30;
/** Three lines of event titles, so that neighbours do not cover each other. */
const HEAD = 112;
const FOOT = 34;
/** Minutes of quiet before the first event or alert, and after the last. */
const MARGIN = 15 * 60;

const COLOUR = {
  page: '#c4162a',
  warning: '#e0752d',
  signal: '#1f60c4',
  threshold: '#8e8e8e',
  event: '#52545c',
  paged: '#8f3bb8',
  text: '#24292e',
  grid: '#e4e7eb',
} as const;

/** A picture of a replay. @example writeFile('timeline.svg', renderReplaySvg(replay)) */
export function renderReplaySvg(replay: Replay): string {
  const rows = replay.alerts.filter((alert) => firstFiring(alert.spans) !== undefined);
  const [from, until] = shownSpan(replay, rows);
  const x = (at: Second) => LEFT + ((at - from) / (until - from)) * (WIDTH - LEFT - RIGHT);
  const height = HEAD + Math.max(1, rows.length) * ROW + FOOT;
  const parts = [
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(16, 26, replay.scenario.title, { size: 16, weight: 'bold' }),
    legend(),
    ...ticks(from, until, x, height),
    ...rows.flatMap((alert, index) => row(alert, HEAD + index * ROW, { from, until, x })),
    ...(rows.length === 0 ? [text(LEFT, HEAD + 24, 'No alert fires.', {})] : []),
    ...replay.scenario.events.flatMap((event, index) => eventMark(event, index, x, height)),
  ];
  return withoutCommands(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(description(replay, rows))}" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif">`,
      ...parts.map((part) => `  ${part}`),
      '</svg>',
      '',
    ].join('\n'),
  );
}

/** What a screen reader says. */
function description({ scenario }: Replay, rows: readonly ReplayedAlert[]): string {
  const fired = rows.map((row) => `${formatSecond(firstFiring(row.spans) ?? 0)} ${row.alert} of ${row.service}`);
  return `${scenario.title}. ${fired.length === 0 ? 'No alert fires' : fired.join('; ')}.`;
}

function shownSpan({ scenario }: Replay, rows: readonly ReplayedAlert[]): readonly [Second, Second] {
  const marks = [
    ...scenario.events.map(({ at }) => at),
    ...rows.flatMap(({ spans }) => spans.flatMap(({ pending, resolved }) => [pending, resolved ?? scenario.until])),
  ];
  if (marks.length === 0) return [scenario.from, scenario.until];
  const quarter = (at: Second) => at / MARGIN;
  return [
    Math.max(scenario.from, Math.floor(quarter(Math.min(...marks) - MARGIN)) * MARGIN),
    Math.min(scenario.until, Math.ceil(quarter(Math.max(...marks)) + 0.2) * MARGIN),
  ];
}

interface Axis {
  readonly from: Second;
  readonly until: Second;
  readonly x: (at: Second) => number;
}

function row(alert: ReplayedAlert, top: number, axis: Axis): string[] {
  const colour = alert.severity === 'critical' ? COLOUR.page : COLOUR.warning;
  const base = top + PLOT;
  const first = firstFiring(alert.spans) ?? 0;
  const level = alert.severity === 'critical' ? 'PAGE' : 'warning';
  const bars = alert.spans.flatMap(({ pending, firing, resolved }) => {
    const end = Math.min(axis.until, resolved ?? axis.until);
    const bar = (start: Second, stop: Second, opacity: number) =>
      `<rect x="${round(axis.x(start))}" y="${top + 2}" width="${round(axis.x(stop) - axis.x(start))}" height="${PLOT - 2}" fill="${colour}" fill-opacity="${opacity}"/>`;
    return firing === undefined ? [bar(pending, end, 0.1)] : [bar(pending, firing, 0.12), bar(firing, end, 0.3)];
  });
  return [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${base}" y2="${base}" stroke="${COLOUR.grid}"/>`,
    ...bars,
    ...curve(alert, top, axis),
    text(16, top + 15, `${formatSecond(first)}  ${level}`, { size: 12, weight: 'bold', colour }),
    text(128, top + 15, alert.alert, { size: 12 }),
    text(128, top + 29, `${formatSubject(alert.service, alert.series)}  ${limitOf(alert)}`, {
      size: 10,
      colour: COLOUR.event,
    }),
  ];
}

/** The signal, cut off at twice the threshold, and the threshold itself. */
function curve({ signal, threshold }: ReplayedAlert, top: number, { from, until, x }: Axis): string[] {
  const shown = signal.filter(({ at, value }) => at >= from && at <= until && Number.isFinite(value));
  const most = Math.max(...shown.map(({ value }) => value), 0);
  const ceiling = threshold > 0 ? Math.max(threshold * 1.25, Math.min(most, threshold * 2)) : Math.max(most, 1);
  const y = (value: number) => round(top + PLOT - (Math.min(Math.max(value, 0), ceiling) / ceiling) * (PLOT - 4));
  const path = shown.map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${round(x(at))} ${y(value)}`).join('');
  return [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(threshold)}" y2="${y(threshold)}" stroke="${COLOUR.threshold}" stroke-dasharray="4 3"/>`,
    ...(path === '' ? [] : [`<path d="${path}" fill="none" stroke="${COLOUR.signal}" stroke-width="1.5"/>`]),
  ];
}

function ticks(from: Second, until: Second, x: (at: Second) => number, height: number): string[] {
  const every = until - from > 8 * 3600 ? 2 * 3600 : 1800;
  const marks: string[] = [];
  for (let at = Math.ceil(from / every) * every; at <= until; at += every) {
    marks.push(
      `<line x1="${round(x(at))}" x2="${round(x(at))}" y1="${HEAD}" y2="${height - FOOT}" stroke="${COLOUR.grid}"/>`,
      text(round(x(at)), height - FOOT + 18, formatSecond(at), { size: 11, anchor: 'middle' }),
    );
  }
  return marks;
}

function eventMark(
  { at, title, page }: Replay['scenario']['events'][number],
  index: number,
  x: (at: Second) => number,
  height: number,
): string[] {
  const colour = page === true ? COLOUR.paged : COLOUR.event;
  const place = round(x(at));
  const line = 62 + (index % 3) * 16;
  const right = place > WIDTH - 190;
  return [
    `<line x1="${place}" x2="${place}" y1="${line + 3}" y2="${height - FOOT}" stroke="${colour}" stroke-width="${page === true ? 2 : 1}" stroke-dasharray="${page === true ? 'none' : '2 3'}"/>`,
    text(place + (right ? -3 : 3), line, `${formatSecond(at)} ${title}`, {
      size: 11,
      colour,
      anchor: right ? 'end' : 'start',
      ...(page === true ? { weight: 'bold' } : {}),
    }),
  ];
}

function legend(): string {
  const items = [
    ['signal', COLOUR.signal, 1],
    ['threshold', COLOUR.threshold, 1],
    ['pending', COLOUR.warning, 0.12],
    ['warning fires', COLOUR.warning, 0.3],
    ['page fires', COLOUR.page, 0.3],
  ] as const;
  return items
    .map(([name, colour, opacity], index) => {
      const left = WIDTH - 560 + index * 110;
      return `<rect x="${left}" y="16" width="16" height="10" fill="${colour}" fill-opacity="${opacity}"/>${text(left + 21, 25, name, { size: 11 })}`;
    })
    .join('');
}

interface TextStyle {
  readonly size?: number;
  readonly weight?: string;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

function text(x: number, y: number, content: string, style: TextStyle): string {
  const { size = 12, weight = 'normal', colour = COLOUR.text, anchor = 'start' } = style;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}" xml:space="preserve">${escapeXml(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
