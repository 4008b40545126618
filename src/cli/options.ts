/** Values of options that several commands have, checked before anything is done. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Service } from '../../src/model/service.ts';
import { refused } from './command.ts';

/**
 * Reads a whole number.
 *
 * @param flag the option, for the error. @param least the smallest that makes sense.
 * @throws UsageError for anything else.
 */
export function wholeNumber(flag: string, least = 0): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw refused('C004', `${flag} ${text}`, `is no whole number${least > 0 ? ` from ${least}` : ''}`, `${flag} 10`);
  };
}

/**
 * A file that will be written when the work is done: found out before it begins whether that can be.
 *
 * @throws UsageError if its folder does not exist, or if it is a folder itself.
 */
export function outputFile(flag: string): (file: string) => string {
  return (file) => {
    const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    const subject = `${flag} ${file === '' ? "''" : file}`;
    if (file === '' || isFolder(file)) throw refused('C013', subject, 'is no name of a file', `${flag} result.txt`);
    const folder = dirname(resolve(file));
    if (isFolder(folder)) return file;
    throw refused(
      'C013',
      subject,
      `can not be written: there is no folder ${dirname(file)}`,
      `mkdir -p ${dirname(file)}`,
    );
  };
}

/** A folder to write to, which may not exist yet. @throws UsageError for an empty name. */
export function folderName(flag: string): (folder: string) => string {
  return (folder) => {
    if (folder.trim() !== '') return folder;
    throw refused('C013', `${flag} ''`, 'is no name of a folder', `${flag} dist`);
  };
}

/** The service of an id. @throws UsageError if there is none. */
export function serviceNamed<S extends Pick<Service, 'id'>>(services: readonly S[], id: string): S {
  const found = services.find((service) => service.id === id);
  if (found !== undefined) return found;
  const known = services.map((service) => service.id).join(', ');
  throw refused('C005', `--service ${id}`, 'is no service of the catalog', `Services: ${known}`);
}

/** The services that an option chooses: one, or without it all. @throws UsageError if there is none of that id. */
export function chosenServices<S extends Pick<Service, 'id'>>(
  services: readonly S[],
  id: string | undefined,
): readonly S[] {
  return id === undefined ? services : [serviceNamed(services, id)];
}
