import type { Diagnostic } from '../model/diagnostic.ts';
import { renderedFiles } from '../report/rendered/files.ts';
import { buildProject } from './build-project.ts';
import type { Io } from './io.ts';
import { outOfDate, writeRendered } from './rendered.ts';

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

/** Brings the rendered files up to date. @param check looks, and writes nothing */
export async function renderProject({ check }: { readonly check: boolean }, io: Io): Promise<Rendered> {
  const built = await buildProject(io);
  if (!built.ok) return built;
  const files = renderedFiles(built.desired, built.project);
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
