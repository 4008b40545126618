import { diffArrays } from 'diff';
import type { DiffReport, ResourceDiff } from '../../model/diff-report.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Meaning } from '../../model/plan.ts';
import { someOf } from '../common/some-of.ts';
import { KIND_NAMES, once } from '../plan/summary.ts';
import { type DrawnPanel, drawnPanels } from './layout.ts';
import { STYLE } from './style.ts';
import { countedDiff, notReplayed, type PagingRow, type ToldDiff, tellDiff, toldRestarts } from './summary.ts';

/** Of more dashboards than these, each is folded. */
const MOST_OPEN = 4;

/**
 * A diff as one HTML page that needs nothing else: what affects paging, then each dashboard with its layout before
 * and after, to scale, and its queries word by word.
 */
export function renderDiffHtml(report: DiffReport): string {
  const told = tellDiff(report);
  const title = `Grafana changes: ${countedDiff(told)}`;
  const dashboards = report.changes.filter(({ kind }) => kind === 'dashboard');
  const rules = report.changes.filter(({ kind }) => kind !== 'dashboard');
  const body = [
    `<header><h1>${text(title)}</h1><p>Compared with <code>${text(report.base.ref)}</code>${report.base.commit === '' ? '' : ` (${text(report.base.commit.slice(0, 7))})`}. ${report.unchanged} unchanged.</p></header>`,
    paging(told, report),
    notes(report),
    contents(dashboards),
    dashboards.length === 0 ? '' : LEGEND,
    ...dashboards.map((change) => dashboardSection(change, dashboards.length <= MOST_OPEN)),
    ruleSection(rules),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

function paging(told: ToldDiff, report: DiffReport): string {
  const { changes, replay } = report;
  const { paging: rows } = told;
  const words = replay?.summary ?? notReplayed(told, report);
  const broken = (replay?.broken ?? []).map((line) => `<li>${text(line)}</li>`).join('');
  const summary = `${words === '' ? '' : `<p>${text(words)}</p>`}${broken === '' ? '' : `<ul>${broken}</ul>`}`;
  if (rows.length === 0) {
    const calm =
      changes.length === 0
        ? 'Dashboards, alerts and contact points stay as they are.'
        : 'Nobody is told more, less, earlier or later, and no active alert starts anew.';
    return `<section class="calm"><h2>Paging</h2><p>${calm}</p>${summary}</section>`;
  }
  const replayed = rows.some((row) => row.replay !== undefined);
  const head = ['Alert', 'Service', 'Tells', 'Change', ...(replayed ? ['In the incident of 2025-12-15'] : [])];
  const line = (row: PagingRow) =>
    `<tr><td>${text(row.alert)}</td><td>${text(row.services.join(', ')) || '–'}</td><td>${text(row.tells) || '–'}</td><td>${row.changes.map(text).join('<br>')}</td>${replayed ? `<td>${text(row.replay ?? '–')}</td>` : ''}</tr>`;
  const table = `<div class="wide"><table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows.map(line).join('')}</tbody></table></div>`;
  const restarts = toldRestarts(told);
  return `<section class="paging"><h2>Affects paging</h2>${table}${restarts === '' ? '' : `<p>${text(restarts)}</p>`}${summary}</section>`;
}

function notes({ notes: lines = [] }: DiffReport): string {
  if (lines.length === 0) return '';
  return `<section><h2>Kept or blocked</h2><ul>${lines.map((line) => `<li>${text(line)}</li>`).join('')}</ul></section>`;
}

function contents(dashboards: readonly ResourceDiff[]): string {
  if (dashboards.length < 2) return '';
  return `<nav>${dashboards.map(({ uid, title, action }) => `<a href="#${attribute(uid)}">${text(title)}${action === 'changed' ? '' : ` (${action})`}</a>`).join('')}</nav>`;
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
  const told = once(meanings);
  const count =
    told.length === 0 ? '' : ` <span class="tag">${told.length} ${told.length === 1 ? 'change' : 'changes'}</span>`;
  return `<section id="${attribute(uid)}"><details${open ? ' open' : ''}><summary><h2>${text(title)}${note}${count}</h2></summary>${lines(told)}<div class="layouts">${layouts}</div>${queries(told)}</details></section>`;
}

/** Alerts and contact points; the same change of several services once. */
function ruleSection(changes: readonly ResourceDiff[]): string {
  const alike = groupBy(changes, ({ kind, title, action, meanings }) =>
    JSON.stringify([kind, title, action, meanings.map(({ text: words, query }) => [words, query])]),
  );
  if (alike.size === 0) return '';
  const items = [...alike.values()].map((members) => {
    const [{ kind, title, action, meanings }] = members as [ResourceDiff, ...ResourceDiff[]];
    const services = members.flatMap(({ service }) => service ?? []);
    const name = [kind === 'rule' ? title : `${KIND_NAMES[kind]} ${title}`, someOf(services)].filter(
      (part) => part !== '',
    );
    const mark = { added: 'new', removed: 'removed', renamed: 'renamed', changed: '' }[action];
    const note = mark === '' ? '' : ` <span class="tag">${mark}</span>`;
    return `<article><h3>${text(name.join(', '))}${note}</h3>${lines(once(meanings))}${queries(meanings)}</article>`;
  });
  return `<section><h2>Alerts</h2>${items.join('')}</section>`;
}

function lines(meanings: readonly Meaning[]): string {
  if (meanings.length === 0) return '';
  const item = ({ subject, text: words, paging: affects }: Meaning) =>
    `<li${affects ? ' class="affects"' : ''}>${subject === '' ? '' : `<b>${text(subject)}</b> `}${text(words)}</li>`;
  return `<ul>${meanings.map(item).join('')}</ul>`;
}

function queries(meanings: readonly Meaning[]): string {
  const changed = meanings.flatMap((meaning) =>
    meaning.query === undefined || meaning.kind === 'cosmetic'
      ? []
      : [{ ...meaning.query, subject: meaning.subject, words: meaning.text }],
  );
  return changed
    .map(
      ({ before, after, subject, words }) =>
        `<details><summary>${text(subject === '' ? words : `${subject}: ${words}`)}</summary><pre>${wordDiff(before, after)}</pre></details>`,
    )
    .join('');
}

/** Lines around a change that show where it is. */
const CONTEXT = 4;

/** Word by word; a number, a name or a string is one word. Long stretches without a change are left out. */
function wordDiff(before: string, after: string): string {
  const words = (expression: string) => expression.match(/"(?:[^"\\]|\\.)*"|[\w.:$]+|\s+|./g) ?? [];
  const parts = diffArrays(words(before), words(after));
  return parts
    .map(({ value, added, removed }, index) => {
      const shown = value.join('');
      if (added) return `<ins>${text(shown)}</ins>`;
      if (removed) return `<del>${text(shown)}</del>`;
      return text(around(shown, index === 0, index === parts.length - 1));
    })
    .join('');
}

/** The ends of a stretch that touch a change. */
function around(stretch: string, first: boolean, last: boolean): string {
  const all = stretch.split('\n');
  if (all.length <= 2 * CONTEXT + 1) return stretch;
  return [...(first ? [] : all.slice(0, CONTEXT)), '…', ...(last ? [] : all.slice(-CONTEXT))].join('\n');
}

const COLUMN = 100 / 24;
/** Pixels of one of Grafana's rows; real ones are about 30. */
const ROW = 13;

function figure(caption: string, panels: readonly DrawnPanel[]): string {
  const height = Math.max(0, ...panels.map(({ y, h }) => y + h)) * ROW;
  const drawn = panels.map(({ x, y, w, h, title, mark, row }) => {
    const place = `left:${round(x * COLUMN)}%;top:${y * ROW}px;width:${round(w * COLUMN)}%;height:${h * ROW}px`;
    const sign = { added: '+ ', removed: '− ', changed: '~ ', moved: '↕ ', same: '' }[mark];
    return `<div class="${row ? 'row ' : ''}${mark}" style="${place}" title="${attribute(`${title}${mark === 'same' ? '' : ` (${mark})`}`)}"><span>${sign}${text(title)}</span></div>`;
  });
  return `<figure><figcaption>${caption}</figcaption><div class="board" style="height:${height}px">${drawn.join('')}</div></figure>`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value).replaceAll('"', '&quot;');
}
