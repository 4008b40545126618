/** Where promtool comes from: the machine, the project's cache, Debian's package, or the official release. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ExplainedError } from '../../model/explained-error.ts';
import { visible } from '../../model/outside-text.ts';
import type { HttpWorld } from '../http/index.ts';
import { type Binary, sourcesOf } from './install.ts';

/** Where a project keeps promtool, relative to its root; git ignores the folder. */
export const PROMTOOL_FOLDER = '.cache/promtool';

/** A way to get promtool: it answers with the executable's path, or throws and says why not. */
export interface PromtoolSource {
  readonly name: string;
  readonly install: (cache: string) => Promise<string>;
}

/** Where to look. */
export interface FindOptions {
  /** The variables of the environment: PATH is searched, and the programs that fetch promtool get all of them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The project's folder for it, absolute: its root and {@link PROMTOOL_FOLDER}. */
  readonly cache: string;
  /** What downloads: the proxy and the certificates of the command. */
  readonly http: HttpWorld;
  /** Tried in order where it is neither on the PATH nor in the cache. Default: Debian's package, the release. */
  readonly sources?: readonly PromtoolSource[];
}

/**
 * The path of promtool: the one on the PATH, else the cached one, else one that is fetched into the cache. Nothing is
 * installed on the machine and nothing needs root.
 *
 * @example await findPromtool({ ...io, cache: `${io.root}${PROMTOOL_FOLDER}` }) // '/usr/bin/promtool'
 * @throws ExplainedError T101 if there is none and none can be fetched; its remedy names the ways out.
 */
export function findPromtool(options: FindOptions): Promise<string> {
  return findBinary('promtool', options);
}

/** The same for Prometheus itself, which tests of queries start: it comes with promtool, in the same package. */
export function findPrometheus(options: FindOptions): Promise<string> {
  return findBinary('prometheus', options);
}

async function findBinary(binary: Binary, { environment, cache, http, sources }: FindOptions): Promise<string> {
  const folders = [...(environment['PATH'] ?? '').split(delimiter), cache];
  const known = await firstExecutable(folders, binary);
  if (known !== undefined) return known;
  const refusals: string[] = [];
  let cause: unknown;
  for (const { name, install } of sources ?? sourcesOf(binary, environment, http)) {
    try {
      return await install(cache);
    } catch (error) {
      cause = error;
      refusals.push(`${name}: ${visible(firstLine(error))}`);
    }
  }
  throw new ExplainedError({
    code: 'T101',
    message: `${binary} is missing, and could not be fetched (${refusals.join('; ')})`,
    remedy: `Install it (Debian and Ubuntu: apt install prometheus; macOS: brew install prometheus), or put an executable into ${PROMTOOL_FOLDER}/`,
    cause,
  });
}

async function firstExecutable(folders: readonly string[], binary: Binary): Promise<string | undefined> {
  for (const folder of folders) {
    if (folder === '') continue;
    const file = join(folder, binary);
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}

function firstLine(error: unknown): string {
  const { stderr } = error as { stderr?: unknown };
  const text =
    typeof stderr === 'string' && stderr.trim() !== ''
      ? stderr
      : error instanceof Error
        ? error.message
        : String(error);
  return text.trim().split('\n')[0] ?? '';
}
