import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const OWN_CODE = fileURLToPath(new URL('../', import.meta.url));

/**
 * The file, relative to the project, whose code called a `define*` function, so that a problem with what was
 * defined names the file to open. Undefined where the stack does not tell.
 */
export function callerFile(): string | undefined {
  const frames = new Error().stack?.split('\n').slice(1) ?? [];
  for (const frame of frames) {
    const place = /\(?((?:file:\/\/)?\/[^)]+?|[A-Za-z]:\\[^)]+?):\d+:\d+\)?$/.exec(frame)?.[1];
    if (place === undefined) continue;
    const path = place.startsWith('file:') ? fileURLToPath(place) : place;
    if (!path.startsWith(OWN_CODE)) return relative(PROJECT, path).split(sep).join('/');
  }
  return undefined;
}
