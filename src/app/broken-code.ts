/** Errors that come from files that people write: they are no bug of the tool, and have a place. */
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { ROOT } from './root.ts';

/** What is wrong with services, dashboards or alerts that can not be loaded or throw; undefined for any other error. */
export function brokenCode(cause: unknown): Diagnostic | undefined {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const place = placeIn(`${error.message}\n${error.stack ?? ''}`);
  if (place === undefined) return undefined;
  const [file = place] = place.split(':');
  // A compiler's error has its own first line; what is wrong stands below.
  const [first = '', ...others] = error.message.replaceAll(ROOT, '').split('\n');
  const message = /^Transform failed/.test(first) ? (others[0] ?? first) : first;
  return {
    code: 'F000',
    level: 'error',
    file,
    subject: place,
    message: `can not be used: ${message.trim()}`,
    remedy: 'Correct it there; npm run check shows what the compiler knows.',
  };
}

/** The first place in an error that people write, such as `dashboards/user-service.ts:12`. */
function placeIn(text: string): string | undefined {
  const places = text
    .replaceAll(`file://${ROOT}`, '\0')
    .replaceAll(ROOT, '\0')
    .matchAll(/\0((?:services|dashboards|alerts)\/[^\s:)'"]+\.ts(?::\d+)?|src\/project\.ts(?::\d+)?)/g);
  const found = [...places].map(([, place]) => place);
  // A file that does not exist is missed by the one that imports it.
  return /Cannot find module/.test(text) ? (found[1] ?? found[0]) : found[0];
}
