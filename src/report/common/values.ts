/** How values of dashboards and rules are shown to people. */
import type { ShownValue } from '../../model/meaning.ts';
import { formatQuantity, type Unit } from '../../model/quantity.ts';

/** Grafana's units whose values we have our own form for. */
const QUANTITIES: Readonly<Record<string, Unit>> = {
  percentunit: 'ratio',
  s: 'seconds',
  short: 'count',
  none: 'count',
  'suffix:×': 'factor',
};

/** Those that are written behind the number: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
const SUFFIXES: Readonly<Record<string, string>> = {
  percent: ' %',
  ms: ' ms',
  reqps: ' req/s',
  ops: ' ops/s',
  cps: ' c/s',
  bytes: ' B',
  decbytes: ' B',
  Bps: ' B/s',
  binBps: ' B/s',
};

/** A panel's number in its unit. @example inUnit(0.05, 'percentunit') // '5 %' */
export function inUnit(value: number, unit: string): string {
  const ours = Object.hasOwn(QUANTITIES, unit) ? QUANTITIES[unit] : undefined;
  if (ours !== undefined) return formatQuantity({ unit: ours, value });
  return `${value}${Object.hasOwn(SUFFIXES, unit) ? SUFFIXES[unit] : ` ${unit}`}`.trimEnd();
}

/** A value as people read it. @example shownValue(['a', true]) // 'a, on' */
export function shownValue(value: ShownValue): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' || value === null) return JSON.stringify(value);
  return value.length === 0 ? 'none' : value.map(shownValue).join(', ');
}

/** A text, set apart from the words around it. */
export function quoted(value: ShownValue): string {
  return `"${typeof value === 'string' ? value : JSON.stringify(value)}"`;
}

/** Of longer texts only the words that differ are shown. */
const LONG_TEXT = 60;

export function isLong(value: ShownValue): boolean {
  return typeof value === 'string' && value.length > LONG_TEXT;
}

/** Longer differences are cut: the reports show what a text became elsewhere, or not at all. */
const LONGEST_CHANGE = 80;

/** The words of a text that differ, with one word before and after. @example '"… the old limit …" → "… the new limit …"' */
export function changedWords(before: string, after: string): string {
  const [old, now] = [before.split(/\s+/), after.split(/\s+/)];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const from = Math.max(0, start - 1);
  const part = (words: readonly string[]) => {
    const to = Math.min(words.length, words.length - end + 1);
    const text = words.slice(from, to).join(' ');
    const cut = text.length > LONGEST_CHANGE;
    return `"${from > 0 ? '… ' : ''}${cut ? beginning(text) : text}${cut || to < words.length ? ' …' : ''}"`;
  };
  return `${part(old)} → ${part(now)}`;
}

/** The words that fit, or as much of the first one as does. */
function beginning(text: string): string {
  const start = text.slice(0, LONGEST_CHANGE);
  const end = start.lastIndexOf(' ');
  return end > 0 ? start.slice(0, end) : start;
}
