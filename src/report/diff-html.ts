import { diffArrays } from 'diff';
import type { DiffReport, ResourceDiff } from '../model/diff-report.ts';
import type { Meaning } from '../model/plan.ts';
import { type DrawnPanel, drawnPanels } from './diff-layout.ts';
import { STYLE } from './diff-style.ts';
import { countedDiff, type ToldDiff, tellDiff } from './diff-told.ts';
import { once } from './summary.ts';

/**
 * A diff as one HTML page that needs nothing else: what affects paging, then each dashboard with its layout before
 * and after, to scale, and its queries word by word.
 */
export function renderDiffHtml(report: DiffReport): string {
  const told = tellDiff(report);
  const title = `Grafana changes: ${countedDiff(told)}`;
  const dashboards = report.changes.filter(({ kind }) => kind === 'dashboard');
  const rules = report.changes.filter(({ kind }) => kind === 'rule');
  const body = [
    `<header><h1>${text(title)}</h1><p>Compared with <code>${text(report.base.ref)}</code> (${text(report.base.commit.slice(0, 7))}). ${report.unchanged} rules and dashboards are the same.</p></header>`,
    paging(told),
    contents(dashboards),
    ...dashboards.map(dashboardSection),
    rules.length === 0 ? '' : `<section><h2>Alert rules</h2>${rules.map(ruleItem).join('')}</section>`,
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

function paging({ paging: rows }: ToldDiff): string {
  if (rows.length === 0)
    return '<section class="calm"><h2>Paging</h2><p>Nobody is paged more, less, earlier or later.</p></section>';
  const replayed = rows.some(({ replay }) => replay !== '');
  const head = ['Alert', 'Service', 'Change', ...(replayed ? ['In the incident of 2025-12-15'] : [])];
  const line = ({ alert, services, change, replay }: (typeof rows)[number]) =>
    `<tr><td>${text(alert)}</td><td>${text(services.join(', '))}</td><td>${text(change)}</td>${replayed ? `<td>${text(replay === '' ? 'the same' : replay)}</td>` : ''}</tr>`;
  return `<section class="paging"><h2>Affects paging</h2><table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows.map(line).join('')}</tbody></table></section>`;
}

function contents(dashboards: readonly ResourceDiff[]): string {
  if (dashboards.length < 2) return '';
  return `<nav>${dashboards.map(({ uid, title, action }) => `<a href="#${attribute(uid)}">${text(title)}${action === 'changed' ? '' : ` (${action})`}</a>`).join('')}</nav>`;
}

function dashboardSection(change: ResourceDiff): string {
  const { uid, title, action, before, after, meanings } = change;
  const [old, now] = drawnPanels(before, after);
  const layouts =
    before === undefined || after === undefined
      ? figure(before === undefined ? 'New' : 'Removed', before === undefined ? now : old)
      : `${figure('Before', old)}${figure('After', now)}`;
  const note = action === 'changed' ? '' : ` <span class="tag">${action}</span>`;
  return `<section id="${attribute(uid)}"><h2>${text(title)}${note}</h2>${lines(once(meanings))}<div class="layouts">${layouts}</div>${queries(meanings)}</section>`;
}

function ruleItem({ title, service, action, meanings }: ResourceDiff): string {
  const name = `${text(title)}${service === undefined ? '' : `, ${text(service)}`}`;
  const note =
    action === 'added'
      ? ' <span class="tag">new</span>'
      : action === 'changed'
        ? ''
        : ` <span class="tag">${action}</span>`;
  return `<article><h3>${name}${note}</h3>${lines(once(meanings))}${queries(meanings)}</article>`;
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

/** Word by word; a number, a name or a string is one word. */
function wordDiff(before: string, after: string): string {
  const words = (expression: string) => expression.match(/"(?:[^"\\]|\\.)*"|[\w.:$]+|\s+|./g) ?? [];
  return diffArrays(words(before), words(after))
    .map(({ value, added, removed }) => {
      const shown = text(value.join(''));
      return added ? `<ins>${shown}</ins>` : removed ? `<del>${shown}</del>` : shown;
    })
    .join('');
}

const COLUMN = 100 / 24;
/** Pixels of one of Grafana's rows; real ones are about 30. */
const ROW = 10;

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
