import { filesAt, type GitPlace, resolveCommit } from '../adapters/git.ts';
import type { AlertRule } from '../model/alert-rule.ts';
import { type ExplainedError, refused } from '../model/explained-error.ts';
import { parseRenderedRules } from '../replay/index.ts';
import { filesOf, type RenderedOf } from './rendered-places.ts';

const FOLDER = 'alerts/rendered';

/**
 * The rules of another commit, from what it rendered: its code is not run.
 *
 * @throws ExplainedError C024 if there is no such commit, or it has no rendered rules that this version can read.
 */
export async function readRulesAt(
  ref: string,
  project: Pick<RenderedOf, 'project' | 'source'>,
  place: GitPlace,
): Promise<{ readonly commit: string; readonly rules: readonly AlertRule[] }> {
  const { commit } = await resolveCommit(ref, '--against', place);
  const files = filesOf(await filesAt(commit, [FOLDER], place), project);
  if (files.size === 0)
    throw unreadable(ref, `has no rendered rules in ${FOLDER}`, 'Give a commit after the first npm run render');
  const rules = [...files].flatMap(([path, content]) => {
    if (!isGroup(path)) return [];
    const parsed = parseRenderedRules(content);
    if ('problem' in parsed)
      throw unreadable(`${ref}:${path}`, `cannot be read: ${parsed.problem}`, 'Compare with a later commit');
    return parsed.rules;
  });
  return { commit, rules };
}

/** Beside the rule groups lie files of contact points and folders, and what people put there. */
function isGroup(path: string): boolean {
  return /^alerts\/rendered\/[^/_][^/]*\.yaml$/.test(path);
}

function unreadable(subject: string, message: string, remedy: string): ExplainedError {
  return refused('C024', `--against ${subject}`, message, remedy);
}
