import type { Diagnostic } from '../model/diagnostic.ts';
import type { DiffReport } from '../model/diff-report.ts';
import { buildAll } from './build-all.ts';
import { type CompareOptions, compareWith } from './compare.ts';
import type { Io } from './io.ts';
import { chosenServices } from './services.ts';

/** What to compare with what. */
export type DiffRequest = CompareOptions;

/** What differs, or what is wrong with the code. */
export type Compared =
  | { readonly ok: true; readonly diff: DiffReport }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Compares what is built, in every environment, with what was rendered at a commit. @throws ExplainedError where there is no such commit */
export async function diffProject(request: DiffRequest, io: Io): Promise<Compared> {
  const built = await buildAll(io);
  if (!built.ok) return built;
  for (const { catalog } of built.all) chosenServices(catalog.services, request.service);
  return { ok: true, diff: await compareWith(built.all, request, io) };
}
