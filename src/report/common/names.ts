/** What things are called in every report. */
import type { Kind } from '../../model/resource.ts';

/** How a kind is called. */
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  folder: 'folder',
  'contact-point': 'contact point',
  rule: 'alert',
  dashboard: 'dashboard',
};

/** Date and minute of a point in time, in UTC. @example '2026-01-14 14:52 UTC' */
export function clock(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** @example plural(2, 'page') // '2 pages' */
export function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
