/** Names that are files on every system: Linux, macOS and Windows, in an archive and in a checkout. */
import { visible } from './outside-text.ts';

/** Names of devices on Windows, whatever follows the first dot. */
const DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$/i;
/** Bytes of a name that every file system in use takes. */
const LONGEST = 255;

/**
 * Why a name, one part of a path, cannot be that of a file everywhere; undefined where it can.
 *
 * @example fileNameProblem('aux.json') // 'is the name of a device on Windows'
 */
export function fileNameProblem(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'is not the name of a file';
  if (/[/\\]/.test(name)) return 'has a part of a path in it';
  const sign = /[<>:"|?*\p{Cc}]/u.exec(name)?.[0];
  if (sign !== undefined) return `has ${JSON.stringify(visible(sign))} in it, which Windows refuses`;
  if (/[. ]$/.test(name)) return 'ends with a dot or a blank, which Windows drops';
  if (DEVICES.test(name.split('.')[0]?.trimEnd() ?? '')) return 'is the name of a device on Windows';
  if (Buffer.byteLength(name) > LONGEST) return `is longer than ${LONGEST} bytes`;
  return undefined;
}

/**
 * The paths among some that would be one file on a system that ignores case (macOS, Windows) or the two ways to write
 * an accent, in pairs.
 */
export function sameFiles(paths: Iterable<string>): readonly (readonly [string, string])[] {
  const seen = new Map<string, string>();
  const pairs: [string, string][] = [];
  for (const path of new Set(paths)) {
    const folded = path.normalize('NFC').toLowerCase().normalize('NFC');
    const other = seen.get(folded);
    if (other === undefined) seen.set(folded, path);
    else pairs.push([other, path]);
  }
  return pairs;
}
