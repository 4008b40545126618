import type { Diagnostic } from '../model/diagnostic.ts';
import type { DiffReport } from '../model/diff-report.ts';
import { buildProject } from './build-project.ts';
import { type CompareOptions, compareWith } from './compare.ts';
import type { Io } from './io.ts';
import { chosenServices } from './services.ts';

/** What to compare with what. */
export type DiffRequest = CompareOptions;

/** What differs, or what is wrong with the code. */
export type Compared =
  | { readonly ok: true; readonly diff: DiffReport }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Compares what is built with what was rendered at a commit. @throws ExplainedError where there is no such commit */
export async function diffProject(request: DiffRequest, io: Io): Promise<Compared> {
  const built = await buildProject(io);
  if (!built.ok) return built;
  chosenServices(built.catalog.services, request.service);
  return { ok: true, diff: await compareWith({ ...built, incident: built.source.incident }, request, io) };
}
