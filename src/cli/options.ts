/** Values of options that several commands have, checked before anything is done. */
import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { notAFile } from '../adapters/files.ts';
import type { Io } from '../app/io.ts';
import { refused } from '../model/explained-error.ts';

/**
 * Reads a whole number.
 *
 * @param flag the option, for the error. @param least the smallest that makes sense.
 * @throws ExplainedError for anything else.
 */
export function wholeNumber(flag: string, least = 0): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw refused('C004', `${flag} ${text}`, `is not a whole number${least > 0 ? ` from ${least}` : ''}`, `${flag} 10`);
  };
}

/**
 * A file that will be written when the work is done: found out before it begins whether that can be.
 *
 * @throws ExplainedError if its folder does not exist, or if it is a folder itself.
 */
export function outputFile(flag: string, { cwd }: Pick<Io, 'cwd'>): (file: string) => string {
  return (file) => {
    const isFolder = (path: string): boolean => found(() => statSync(resolve(cwd, path)))?.isDirectory() === true;
    const subject = `${flag} ${file === '' ? "''" : file}`;
    if (file === '' || isFolder(file))
      throw refused('C013', subject, 'is not the name of a file', `${flag} result.txt`);
    const there = found(() => lstatSync(resolve(cwd, file)), [subject, flag]);
    const problem = there === undefined ? undefined : notAFile(there);
    if (problem !== undefined)
      throw refused(
        'C013',
        subject,
        `cannot be written: it ${problem}`,
        `Leave ${flag} out, or give a file: ${flag} result.txt`,
      );
    const folder = dirname(resolve(cwd, file));
    if (isFolder(folder)) return file;
    throw refused(
      'C013',
      subject,
      `cannot be written: there is no folder ${dirname(file)}`,
      `mkdir -p ${dirname(file)}`,
    );
  };
}

/** What is there, if anything is. @param named who says so where a look is not possible at all, as for a name too long */
function found(look: () => Stats, named?: readonly [subject: string, flag: string]): Stats | undefined {
  try {
    return look();
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (named === undefined || code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const [subject, flag] = named;
    throw refused('C013', subject, `cannot be written (${code})`, `Give another file: ${flag} result.txt`);
  }
}

/** What `--env <name>` is, of commands that read or write a Grafana or a Prometheus. */
export const ENV_HELP = 'the environment, where there are several; read .env.<name> instead of .env';
/** The same of commands that are about the code. */
export const SHOWN_ENV_HELP = 'the environment; default: the first of environments.ts';

/** A folder to write to, which may not exist yet. @throws ExplainedError for an empty name. */
export function folderName(flag: string): (folder: string) => string {
  return (folder) => {
    if (folder.trim() !== '') return folder;
    throw refused('C013', `${flag} ''`, 'is not the name of a folder', `${flag} dist`);
  };
}
