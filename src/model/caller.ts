import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN_CODE = fileURLToPath(new URL('../', import.meta.url));

/**
 * The file, absolute, whose code called a `define*` function, so that a problem with what was defined names the file
 * to open. Undefined where the stack does not tell. Who loads a project makes it relative to that.
 */
export function callerFile(): string | undefined {
  const frames = new Error().stack?.split('\n').slice(1) ?? [];
  for (const frame of frames) {
    const place = /\(?((?:file:\/\/)?\/[^)]+?|[A-Za-z]:\\[^)]+?):\d+:\d+\)?$/.exec(frame)?.[1];
    if (place === undefined) continue;
    const path = place.startsWith('file:') ? fileURLToPath(place) : place;
    if (!path.startsWith(OWN_CODE)) return path.split(sep).join('/');
  }
  return undefined;
}
