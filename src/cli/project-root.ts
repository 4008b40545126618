/** Where a project is, and whose engine it has: looked at before anything of it is loaded. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONFIG } from '../app/broken-code.ts';
import { ENGINE } from '../model/command-form.ts';
import { refused } from '../model/explained-error.ts';

/** The nearest folder from here upwards that has a `grafana.config.ts`, with a slash at its end. */
export function projectRoot(cwd: string): string | undefined {
  return upwards(cwd, CONFIG);
}

/** What the command line has to know of a project's package.json. */
export interface PackageFacts {
  /** The file, absolute. */
  readonly file: string;
  readonly type?: unknown;
  readonly scripts: Readonly<Record<string, string>>;
}

/** The nearest package.json from a folder upwards: the one that Node goes by. One that cannot be read says nothing. */
export function packageOf(folder: string): PackageFacts | undefined {
  const found = upwards(folder, 'package.json');
  if (found === undefined) return undefined;
  const file = `${found}package.json`;
  const { type, scripts } = objectIn(readFileSync(file, 'utf8'));
  const lines = Object.entries(scripts ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { file, type, scripts: Object.fromEntries(lines) };
}

/** The folder of this engine's package.json, with a slash at its end. */
export function engineFolder(): string {
  // Sources have a folder more than what is compiled.
  return upwards(dirname(fileURLToPath(import.meta.url)), 'package.json') ?? '/';
}

/**
 * The program of the engine that a project imports: its constants and types are those of the project's files, whichever
 * copy was started.
 *
 * @param root with a slash at its end
 * @throws ExplainedError C050 if the project has none, C051 if Node would not load its files as modules
 */
export function programOf(root: string): string {
  const { file, type } = packageOf(root) ?? { file: `${root}package.json`, type: undefined };
  if (type !== 'module')
    throw refused(
      'C051',
      file,
      'does not say "type": "module", so that Node cannot load the project',
      'npm pkg set type=module',
    );
  let entry: string;
  try {
    entry = createRequire(`${root}${CONFIG}`).resolve(ENGINE);
  } catch {
    throw refused(
      'C050',
      ENGINE,
      `is not installed in ${root.slice(0, -1)}`,
      'npm install, with the engine among the dependencies of its package.json',
    );
  }
  const extension = entry.endsWith('.ts') ? 'ts' : 'js';
  return realpathSync(join(dirname(entry), `cli/bin.${extension}`));
}

function upwards(from: string, name: string): string | undefined {
  if (existsSync(join(from, name))) return from.endsWith('/') ? from : `${from}/`;
  const above = dirname(from);
  return above === from ? undefined : upwards(above, name);
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
