/** A project in each of its environments. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { environmentNames } from '../project/in-environment.ts';
import { type BuiltProject, buildFrom, buildWith, type Invalid } from './build-project.ts';
import type { Io } from './io.ts';

/** What the code describes in each environment, or what is wrong in any of them. */
export type BuiltAll =
  | { readonly ok: true; readonly all: readonly BuiltProject[]; readonly warnings: readonly Diagnostic[] }
  | Invalid;

/**
 * Builds a project in each of its environments, in their order; once where it has none. What is wrong in some of them
 * says in which.
 *
 * @param env only this one. @throws ExplainedError C052 where it is none
 */
export function buildAll(
  io: Pick<Io, 'loadProject' | 'root'>,
  { env }: { readonly env?: string } = {},
): Promise<BuiltAll> {
  return buildWith(io, { env }, (loaded, name): BuiltAll => {
    const all = environmentNames(loaded);
    const names = env === undefined && all.length > 0 ? all : [name];
    const built = names.map((each) => [each, buildFrom(loaded, each)] as const);
    const problems = built.map(([each, one]) => [each, one.ok ? one.warnings : one.problems] as const);
    const found = merged(problems);
    const good = built.flatMap(([, one]) => (one.ok ? [one] : []));
    return good.length === built.length ? { ok: true, all: good, warnings: found } : { ok: false, problems: found };
  });
}

/** What is found in every environment once, and what is not with the name of its own. */
function merged(
  found: readonly (readonly [name: string | undefined, problems: readonly Diagnostic[]])[],
): readonly Diagnostic[] {
  const keyOf = (problem: Diagnostic): string => JSON.stringify(problem);
  const sets = found.map(([, problems]) => new Set(problems.map(keyOf)));
  const inAll = (problem: Diagnostic): boolean => sets.every((keys) => keys.has(keyOf(problem)));
  return found.flatMap(([name, problems], index) =>
    problems.flatMap((problem) => {
      if (inAll(problem)) return index === 0 ? [problem] : [];
      return [{ ...problem, subject: `${problem.subject} in ${name ?? '?'}` }];
    }),
  );
}
