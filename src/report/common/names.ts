/** What things are called in every report. */
import { type Kind, specOf } from '../../model/resource.ts';

/** How a kind is called. @example kindName('contact-point') // 'contact point' */
export function kindName(kind: Kind): string {
  return specOf(kind).name;
}

/** Some of a kind, counted as people count them. @example countedKind('rule', 2) // 'alert rules' */
export function countedKind(kind: Kind, number: number): string {
  const { name, counted = name } = specOf(kind);
  return number === 1 ? counted : `${counted}s`;
}

/** Date and minute of a point in time, in UTC. @example '2026-01-14 14:52 UTC' */
export function clock(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** @example plural(2, 'page') // '2 pages' */
export function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
