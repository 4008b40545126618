/** The declarations of the package's entries, as the compiler makes them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** An entry of the package, as people import it. */
export interface Entry {
  /** @example 'grafana-as-code/panels' */
  readonly name: string;
  /** Its declarations, relative to their folder. @example 'src/panels.d.ts' */
  readonly file: string;
}

/** The declarations of all that the entries reach. */
export interface Declarations {
  readonly entries: readonly Entry[];
  /** The folder that holds them, absolute. */
  readonly folder: string;
}

/** The entries that `exports` of package.json names, in its order. */
export function entriesOf(root: string): readonly (Entry & { readonly source: string })[] {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string>>;
  };
  return Object.entries(exports)
    .filter(([, source]) => source.endsWith('.ts'))
    .map(([path, source]) => {
      const file = posix.normalize(source);
      return { name: posix.join(name, path), source: file, file: file.replace(/\.ts$/, '.d.ts') };
    });
}

/**
 * Has the compiler write the declarations of the entries and of what they import, below `.cache/api`.
 *
 * @param root of the repository
 * @throws Error with what the compiler says
 */
export function emitDeclarations(root: string): Declarations {
  const entries = entriesOf(root);
  const cache = join(root, '.cache/api');
  const folder = join(cache, 'declarations');
  // What is not made any more must not be read.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = {
    extends: '../../tsconfig.json',
    compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: '../..', outDir: folder },
    files: entries.map(({ source }) => `../../${source}`),
    include: [],
  };
  writeFileSync(join(cache, 'tsconfig.json'), JSON.stringify(config));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  try {
    execFileSync(process.execPath, [compiler, '-p', join(cache, 'tsconfig.json')], { cwd: root, encoding: 'utf8' });
  } catch (cause) {
    const { stdout } = cause as { readonly stdout?: string };
    throw new Error(`The declarations were not made:\n${stdout ?? String(cause)}`, { cause });
  }
  return { entries: entries.map(({ name, file }) => ({ name, file })), folder };
}
