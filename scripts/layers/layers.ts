/** Holds imports to the rooms of rooms.ts. It fails when it reads fewer modules than git lists. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { readModule } from './module.ts';
import { COMPUTED, OUTSIDE, PACKAGES, ROOMS, roomOf, WORLD } from './rooms.ts';

/** What was found. */
export interface Layers {
  /** How many modules were read. */
  readonly read: number;
  /** One line each, by file. */
  readonly problems: readonly string[];
}

const MODULE = /\.[cm]?[jt]sx?$/;

/** The folders whose modules have rooms. */
const FOLDERS = [...new Set(Object.keys(ROOMS).map((room) => room.split('/')[0] ?? room))];

/** The modules that git lists, new ones too, from the root. */
export function listModules(root: string): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...FOLDERS];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 }).split('\0');
  // A file that was removed is listed until that is committed.
  return [...new Set(listed)].filter((file) => MODULE.test(file) && existsSync(join(root, file))).sort();
}

/** The modules on disk, from the root. */
export function findModules(root: string): readonly string[] {
  return FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      MODULE.test(folder)
        ? [folder]
        : readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
            posix.join(folder, name),
          ),
    )
    .filter((file) => MODULE.test(file))
    .sort();
}

/**
 * Holds every import of the modules on disk to its room.
 *
 * @param root of the repository
 * @param listed the modules that there are, as {@link listModules} finds them
 */
export function checkLayers(root: string, listed: readonly string[], found = findModules(root)): Layers {
  const read = new Set(found);
  const unread = listed.filter((file) => !read.has(file));
  const problems = [
    ...(listed.length === 0 ? ['git lists no module here: nothing was checked'] : []),
    ...unread.map((file) => `${file}: was not read, so that nothing is known of its imports`),
    ...found.flatMap((file) => judge(root, file)),
  ];
  return { read: found.length, problems };
}

function judge(root: string, file: string): readonly string[] {
  const room = roomOf(file);
  if (room === undefined) return [`${file}: is in no room; name its folder in scripts/layers/rooms.ts`];
  const module = readModule(join(root, file));
  if (typeof module === 'string')
    return [`${file}: was not understood, so that nothing is known of its imports: ${module}`];
  const imports = module.imports.flatMap(({ specifier, line }) => {
    const problem = specifier === undefined ? computed(file) : imported(root, file, room, specifier);
    return problem === undefined ? [] : [`${file}:${line}: ${problem}`];
  });
  const ambient = isIn(file, ['src']) && !isIn(file, WORLD) ? module.ambient : [];
  return [
    ...imports,
    ...ambient.map(
      ({ what, line }) => `${file}:${line}: reads ${what}; only ${WORLD.join(', ')} may, all others are given it`,
    ),
  ];
}

function computed(file: string): string | undefined {
  return COMPUTED.includes(file) ? undefined : 'imports what is computed, so that nobody can say what it is';
}

function imported(root: string, file: string, room: string, specifier: string): string | undefined {
  if (!/^\.{0,2}\//.test(specifier)) return outside(file, specifier);
  const path = posix.join(posix.dirname(file), specifier);
  if (!existsSync(join(root, path))) return `imports ${path}, which is not there`;
  const target = roomOf(path);
  const allowed = ROOMS[room] ?? [];
  if (target === room || (target !== undefined && allowed.includes(target))) return;
  return `imports ${path}; ${room} may import ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}`;
}

/** A package or a module of Node. */
function outside(file: string, specifier: string): string | undefined {
  if (isBuiltin(specifier)) {
    const name = specifier.replace(/^node:/, '');
    if (name === 'process' && isIn(file, ['src']) && !isIn(file, WORLD))
      return `imports ${specifier}; only ${WORLD.join(', ')} may`;
    if (!OUTSIDE.modules.includes(name) || isIn(file, OUTSIDE.places)) return;
    return `imports ${specifier}; only ${OUTSIDE.places.join(', ')} reach out of the process`;
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const allowed = PACKAGES[name];
  if (allowed === undefined || isIn(file, allowed)) return;
  return `imports ${name}; only ${allowed.join(', ')} may`;
}

function isIn(file: string, places: readonly string[]): boolean {
  return places.some((place) => file === place || file.startsWith(`${place}/`));
}
