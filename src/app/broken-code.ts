/** Errors that come from files that people write: they are not a bug of the tool, and have a place. */
import type { Diagnostic } from '../model/diagnostic.ts';

/**
 * What is wrong with services, dashboards or alerts that cannot be loaded or throw; undefined for any other error.
 *
 * @param root where they were loaded from, with a slash at its end.
 */
export function brokenCode(cause: unknown, root: string): Diagnostic | undefined {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const place = placeIn(`${error.message}\n${error.stack ?? ''}`, root);
  if (place === undefined) return undefined;
  const [file = place] = place.split(':');
  // A compiler's error has its own first line; what is wrong stands below.
  const [first = '', ...others] = error.message.replaceAll(root, '').split('\n');
  const message = /^Transform failed/.test(first) ? (others[0] ?? first) : first;
  return {
    code: 'F000',
    level: 'error',
    file,
    subject: place,
    message: `cannot be used: ${message.trim()}`,
    remedy: 'Correct it there; npm run check shows what the compiler knows.',
  };
}

/** The first place in an error that people write, such as `dashboards/user-service.ts:12`. */
function placeIn(text: string, root: string): string | undefined {
  const places = text
    .replaceAll(`file://${root}`, '\0')
    .replaceAll(root, '\0')
    .matchAll(/\0((?:services|dashboards|alerts)\/[^\s:)'"]+\.ts(?::\d+)?|src\/project\.ts(?::\d+)?)/g);
  const found = [...places].map(([, place]) => place);
  // A file that does not exist is missed by the one that imports it.
  return /Cannot find module/.test(text) ? (found[1] ?? found[0]) : found[0];
}
