import type { Diagnostic } from '../model/diagnostic.ts';
import { buildAll } from './build-all.ts';
import type { Io } from './io.ts';
import { outOfDate, writeRendered } from './rendered.ts';
import { placedFiles } from './rendered-places.ts';

/** What became of the rendered files, by paths relative to the project; or what is wrong with the code. */
export type Rendered =
  | {
      readonly ok: true;
      /** How many there are. */
      readonly files: number;
      /** Those that were not as they are built. */
      readonly stale: readonly string[];
      /** Those that nothing builds any more. */
      readonly leftOver: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Brings the rendered files of every environment up to date. @param check looks, and writes nothing */
export async function renderProject({ check }: { readonly check: boolean }, io: Io): Promise<Rendered> {
  const built = await buildAll(io);
  if (!built.ok) return built;
  const files = built.all.flatMap(placedFiles);
  const differ = await outOfDate(io.root, files);
  if (!check) await writeRendered(io.root, files, differ);
  const ours = new Set(files.map(({ path }) => path));
  return {
    ok: true,
    files: files.length,
    stale: differ.filter((path) => ours.has(path)),
    leftOver: differ.filter((path) => !ours.has(path)),
  };
}
