import { createHash } from 'node:crypto';
import { diffArrays } from 'diff';
import type { DiffReport, ResourceDiff } from '../../model/diff-report.ts';
import { groupBy } from '../../model/group-by.ts';
import { escapeAttribute, escapeHtml, escapeHtmlLines, withoutCommands } from '../common/escape.ts';
import { htmlWords, type Line, linesOf } from '../common/lines.ts';
import { kindName } from '../common/names.ts';
import { someOf } from '../common/some-of.ts';
import { plainWords } from '../common/words.ts';
import { type DrawnPanel, drawnPanels } from './layout.ts';
import { brokenText, replaySummary } from './replay-words.ts';
import { STYLE } from './style.ts';
import { countedDiff, type DiffSummary, notReplayed, type PagingRow, restartNotice, summarizeDiff } from './summary.ts';

/** Of more dashboards than these, each is folded. */
const MOST_OPEN = 4;

/**
 * A diff as one HTML page that needs nothing else: what affects paging, then each dashboard with its layout before
 * and after, to scale, and its queries word by word. Its policy lets a browser load and run nothing; of styles it takes
 * the page's own, by their hash.
 */
export function renderDiffHtml(report: DiffReport): string {
  const summary = summarizeDiff(report);
  const title = escapeHtml(`Grafana changes: ${countedDiff(summary)}`);
  const dashboards = report.changes.filter(({ kind }) => kind === 'dashboard');
  const rules = report.changes.filter(({ kind }) => kind !== 'dashboard');
  const { ref, commit } = report.base;
  const body = [
    `<header><h1>${title}</h1><p>Compared with <code>${escapeHtml(ref)}</code>${commit === '' ? '' : ` (${escapeHtml(commit.slice(0, 7))})`}. ${report.unchanged} unchanged.</p></header>`,
    paging(summary, report),
    notWritten(report),
    contents(dashboards),
    dashboards.length === 0 ? '' : LEGEND,
    ...dashboards.map((change) => dashboardSection(change, dashboards.length <= MOST_OPEN)),
    ruleSection(rules),
  ]
    .filter((part) => part !== '')
    .join('\n');
  const content = withoutCommands(body);
  const style = `${STYLE}${placeRules(dashboards)}`;
  const hash = createHash('sha256').update(style).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}

function paging(summary: DiffSummary, report: DiffReport): string {
  const { changes, replay, incident = '' } = report;
  const { paging: rows } = summary;
  const words = replay === undefined ? notReplayed(summary, report) : replaySummary(replay);
  const broken = listed((replay?.broken ?? []).map((note) => escapeHtml(brokenText(note))));
  const restarts = restartNotice(summary);
  const restarting = restarts === '' ? '' : `<p>${escapeHtml(restarts)}</p>`;
  const end = `${restarting}${words === '' ? '' : `<p>${escapeHtml(words)}</p>`}${broken}`;
  if (rows.length === 0) {
    const calm =
      changes.length === 0
        ? 'Dashboards, alerts and contact points stay as they are.'
        : `Nobody is notified more, less, earlier or later${restarts === '' ? ', and no active alert restarts' : ''}.`;
    return `<section class="calm"><h2>Paging</h2><p>${calm}</p>${end}</section>`;
  }
  const replayed = rows.some((row) => row.replay !== undefined);
  const head = ['Alert', 'Service', 'Notifies', 'Change', ...(replayed ? [escapeHtml(incident)] : [])];
  const line = (row: PagingRow) =>
    `<tr><td>${escapeHtml(row.alert)}</td><td>${escapeHtml(row.services.join(', ')) || '–'}</td><td>${escapeHtml(row.notifies) || '–'}</td><td>${row.changes.map(htmlWords).join('<br>')}</td>${replayed ? `<td>${escapeHtml(row.replay ?? '–')}</td>` : ''}</tr>`;
  const table = `<div class="wide"><table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows.map(line).join('')}</tbody></table></div>`;
  return `<section class="paging"><h2>Affects paging</h2>${table}${end}</section>`;
}

function listed(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function notWritten({ blocked = [] }: DiffReport): string {
  if (blocked.length === 0) return '';
  const items = blocked.map(({ subject, message }) => escapeHtml(`${subject} ${message}: not written.`));
  return `<section><h2>Kept or blocked</h2>${listed(items)}</section>`;
}

function contents(dashboards: readonly ResourceDiff[]): string {
  if (dashboards.length < 2) return '';
  return `<nav>${dashboards.map(({ uid, title, action }) => `<a href="#${escapeAttribute(uid)}">${escapeHtml(title)}${action === 'changed' ? '' : ` (${action})`}</a>`).join('')}</nav>`;
}

const LEGEND =
  '<p class="legend">Panels: <span class="added">+ added</span> <span class="removed">− removed</span> <span class="changed">~ changed</span> <span class="moved">↕ moved</span></p>';

function dashboardSection(change: ResourceDiff, open: boolean): string {
  const { uid, title, action, before, after, meanings } = change;
  const [old, now] = drawnPanels(before, after);
  const layouts =
    before === undefined || after === undefined
      ? figure(before === undefined ? 'New' : 'Removed', before === undefined ? now : old)
      : `${figure('Before', old)}${figure('After', now)}`;
  const note = action === 'changed' ? '' : ` <span class="tag">${action}</span>`;
  const all = linesOf(meanings);
  const count =
    all.length === 0 ? '' : ` <span class="tag">${all.length} ${all.length === 1 ? 'change' : 'changes'}</span>`;
  return `<section id="${escapeAttribute(uid)}"><details${open ? ' open' : ''}><summary><h2>${escapeHtml(title)}${note}${count}</h2></summary>${changes(all)}<div class="layouts">${layouts}</div>${queries(all)}</details></section>`;
}

/** Alerts and contact points; the same change of several services once. */
function ruleSection(resources: readonly ResourceDiff[]): string {
  const alike = groupBy(resources, ({ kind, title, action, meanings }) =>
    JSON.stringify([kind, title, action, meanings.map(({ change, query }) => [change, query])]),
  );
  if (alike.size === 0) return '';
  const items = [...alike.values()].map((members) => {
    const [{ kind, title, action, meanings }] = members as [ResourceDiff, ...ResourceDiff[]];
    const services = members.flatMap(({ service }) => service ?? []);
    const name = [kind === 'rule' ? title : `${kindName(kind)} ${title}`, someOf(services)].filter(
      (part) => part !== '',
    );
    const mark = { added: 'new', removed: 'removed', renamed: 'renamed', changed: '' }[action];
    const note = mark === '' ? '' : ` <span class="tag">${mark}</span>`;
    const lines = linesOf(meanings);
    return `<article><h3>${escapeHtml(name.join(', '))}${note}</h3>${changes(lines)}${queries(lines)}</article>`;
  });
  return `<section><h2>Alerts</h2>${items.join('')}</section>`;
}

function changes(lines: readonly Line[]): string {
  if (lines.length === 0) return '';
  const item = ({ subject, change, paging: affects }: Line) =>
    `<li${affects ? ' class="affects"' : ''}>${subject.length === 0 ? '' : `<b>${htmlWords(subject)}</b> `}${htmlWords(change)}</li>`;
  return `<ul>${lines.map(item).join('')}</ul>`;
}

function queries(lines: readonly Line[]): string {
  return lines
    .flatMap(({ query, subject, change }) => {
      if (query === undefined) return [];
      const [about, words] = [plainWords(subject), plainWords(change)];
      return [
        `<details><summary>${escapeHtml(about === '' ? words : `${about}: ${words}`)}</summary><pre>${wordDiff(query.before, query.after)}</pre></details>`,
      ];
    })
    .join('');
}

/** Lines around a change that show where it is. */
const CONTEXT = 4;

/** Word by word; a number, a name or a string is one word. Long stretches without a change are left out. */
function wordDiff(before: string, after: string): string {
  // A string that never ends is a word too, so that nothing is looked at twice.
  const words = (expression: string) => expression.match(/"(?:[^"\\]|\\.)*"?|[\w.:$]+|\s+|./gs) ?? [];
  const parts = diffArrays(words(before), words(after));
  return parts
    .map(({ value, added, removed }, index) => {
      const shown = value.join('');
      if (added) return `<ins>${escapeHtmlLines(shown)}</ins>`;
      if (removed) return `<del>${escapeHtmlLines(shown)}</del>`;
      return escapeHtmlLines(around(shown, index === 0, index === parts.length - 1));
    })
    .join('');
}

/** The ends of a stretch that touch a change. */
function around(stretch: string, first: boolean, last: boolean): string {
  const all = stretch.split('\n');
  if (all.length <= 2 * CONTEXT + 1) return stretch;
  return [...(first ? [] : all.slice(0, CONTEXT)), '…', ...(last ? [] : all.slice(-CONTEXT))].join('\n');
}

const COLUMNS = 24;
/** Pixels of one of Grafana's rows; real ones are about 30. */
const ROW = 13;
/** Nobody scrolls further, and a page has an end. */
const MOST_ROWS = 2000;

/** Where panels stand is in classes, because the policy of the page takes no style of an element. */
function figure(caption: string, panels: readonly DrawnPanel[]): string {
  const drawn = panels.map((panel) => {
    const { title, mark, row } = panel;
    const sign = { added: '+ ', removed: '− ', changed: '~ ', moved: '↕ ', same: '' }[mark];
    return `<div class="${row ? 'row ' : ''}${mark} ${placeOf(panel).join(' ')}" title="${escapeAttribute(`${title}${mark === 'same' ? '' : ` (${mark})`}`)}"><span>${sign}${escapeHtml(title)}</span></div>`;
  });
  return `<figure><figcaption>${caption}</figcaption><div class="board ${heightOf(panels)}">${drawn.join('')}</div></figure>`;
}

function placeOf({ x, y, w, h }: DrawnPanel): readonly string[] {
  return [`x${within(x, COLUMNS)}`, `y${within(y, MOST_ROWS)}`, `w${within(w, COLUMNS)}`, `h${within(h, MOST_ROWS)}`];
}

function heightOf(panels: readonly DrawnPanel[]): string {
  return `h${Math.max(0, ...panels.map(({ y, h }) => within(y, MOST_ROWS) + within(h, MOST_ROWS)))}`;
}

/** Places come from a server: anything may stand there. */
function within(value: number, most: number): number {
  return Number.isFinite(value) ? Math.min(most, Math.max(0, Math.round(value))) : 0;
}

/** The rules of the places that the page uses. */
function placeRules(dashboards: readonly ResourceDiff[]): string {
  const boards = dashboards.flatMap(({ before, after }) => drawnPanels(before, after));
  const used = new Set(boards.flatMap((panels) => [heightOf(panels), ...panels.flatMap(placeOf)]));
  const percent = (columns: number) => `${Math.round((columns * 100_000) / COLUMNS) / 1000}%`;
  return [...used]
    .sort()
    .map((name) => {
      const value = Number(name.slice(1));
      switch (name[0]) {
        case 'x':
          return `.${name}{left:${percent(value)}}`;
        case 'w':
          return `.${name}{width:${percent(value)}}`;
        case 'y':
          return `.${name}{top:${value * ROW}px}`;
        default:
          return `.${name}{height:${value * ROW}px}`;
      }
    })
    .join('\n');
}
