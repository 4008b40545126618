/** The public names of every entry, each with what it was declared as, and the types that they are made of. */
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Declarations } from './declarations.ts';
import { type DeclarationModule, type Declared, type Reference, readDeclarations } from './read-module.ts';

/** A name that people import. */
export interface PublicName {
  readonly name: string;
  readonly declared: Declared;
  /** The entry before this one that has the same thing under the same name. */
  readonly sameAs?: string;
}

/** An entry with its names, sorted. */
export interface PublicEntry {
  readonly name: string;
  readonly doc: string;
  readonly names: readonly PublicName[];
}

/** A type that no entry exports, though public declarations name it. */
export interface HiddenType {
  readonly declared: Declared;
  /** The public names that it is a part of, sorted. */
  readonly partOf: readonly string[];
}

/** All that people can import, and see. */
export interface Api {
  readonly entries: readonly PublicEntry[];
  /** Sorted by name. */
  readonly hidden: readonly HiddenType[];
}

/** Where something is declared. */
interface Place {
  readonly file: string;
  readonly declared: Declared;
}

/** Reads the entries' declarations. @throws Error for what is exported and declared nowhere */
export function readApi({ entries, folder }: Declarations): Api {
  const modules = moduleReader(folder);
  const first = new Map<string, string>();
  const places = new Map<string, Place[]>();
  const read = entries.map(({ name: entry, file }): PublicEntry => {
    const names = [...exportsOf(file, modules)].sort(([left], [right]) => (left < right ? -1 : 1));
    return {
      name: entry,
      doc: modules(file)?.doc ?? '',
      names: names.map(([name, place]) => {
        const key = `${name} ${place.file} ${place.declared.name}`;
        const sameAs = first.get(key);
        first.set(key, sameAs ?? entry);
        places.set(name, [...(places.get(name) ?? []), place]);
        return { name, declared: place.declared, ...(sameAs === undefined ? {} : { sameAs }) };
      }),
    };
  });
  return { entries: read, hidden: hiddenTypes(places, modules) };
}

type Modules = (file: string) => DeclarationModule | undefined;

function moduleReader(folder: string): Modules {
  const known = new Map<string, DeclarationModule>();
  return (file) => {
    const path = join(folder, file);
    if (!existsSync(path)) return undefined;
    const read = known.get(file) ?? readDeclarations(file, readFileSync(path, 'utf8'));
    known.set(file, read);
    return read;
  };
}

/** What a module exports, by name. */
function exportsOf(file: string, modules: Modules): ReadonlyMap<string, Place> {
  const module = modules(file);
  if (module === undefined) throw new Error(`${file}: has no declarations`);
  const found = new Map<string, Place>();
  for (const star of module.stars) {
    for (const [name, place] of exportsOf(fileOf(file, star) ?? star, modules)) found.set(name, place);
  }
  for (const [name, reference] of module.exported) {
    const place = placeOf(file, reference, modules);
    if (place === undefined) throw new Error(`${file}: exports ${name}, which is declared nowhere in this package`);
    found.set(name, place);
  }
  return found;
}

/** Where a name of a module is declared; undefined for what is another package's, or the language's. */
function placeOf(file: string, { name, from }: Reference, modules: Modules): Place | undefined {
  const module = modules(file);
  if (module === undefined) return undefined;
  if (from !== undefined) {
    const target = fileOf(file, from);
    return target === undefined ? undefined : exportsOf(target, modules).get(name);
  }
  const declared = module.declared.get(name);
  if (declared !== undefined) return { file, declared };
  const imported = module.imported.get(name);
  return imported === undefined ? undefined : placeOf(file, imported, modules);
}

/** The file of declarations that a module names; undefined for a package. */
function fileOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier).replace(/\.ts$/, '.d.ts');
}

function hiddenTypes(places: ReadonlyMap<string, readonly Place[]>, modules: Modules): readonly HiddenType[] {
  const open = new Set([...places.values()].flat().map(keyOf));
  const hidden = new Map<string, { readonly declared: Declared; readonly partOf: Set<string> }>();
  for (const [name, starts] of places) {
    const seen = new Set<string>();
    const queue = [...starts];
    for (const { file, declared } of queue) {
      for (const use of declared.uses) {
        const place = placeOf(file, use, modules);
        if (place === undefined || open.has(keyOf(place)) || seen.has(keyOf(place))) continue;
        seen.add(keyOf(place));
        queue.push(place);
        const known = hidden.get(keyOf(place)) ?? { declared: place.declared, partOf: new Set() };
        hidden.set(keyOf(place), known);
        known.partOf.add(name);
      }
    }
  }
  return [...hidden.values()]
    .map(({ declared, partOf }) => ({ declared, partOf: [...partOf].sort() }))
    .sort((left, right) => (left.declared.name < right.declared.name ? -1 : 1));
}

function keyOf({ file, declared }: Place): string {
  return `${file} ${declared.name}`;
}
