/** What GitHub's runner says to a job about itself. */

import { resolve } from 'node:path';
import { z } from 'zod';
import { type ExplainedError, refused } from '../../model/explained-error.ts';
import { parseJson } from '../../model/json.ts';
import { appendSafely, LIMITS, readInputFile } from '../files.ts';
import type { HttpWorld } from '../http/index.ts';
import { type GitHub, openGitHub } from './client.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The repository that the job runs for, by `GITHUB_TOKEN`, `GITHUB_REPOSITORY`, `GITHUB_API_URL` and `GITHUB_CA_FILE`;
 * undefined without a token: then nothing can be written to it.
 *
 * @throws ExplainedError H002 (usage) where it is not named.
 *
 * @example openGitHubOf(createHttpWorld(io))
 */
export function openGitHubOf(world: HttpWorld): GitHub | undefined {
  const { environment } = world;
  const token = environment['GITHUB_TOKEN'];
  if (token === undefined || token === '') return undefined;
  const repository = environment['GITHUB_REPOSITORY'];
  if (repository === undefined) throw missing('GITHUB_REPOSITORY', 'the repository, as owner/name');
  const set = (name: string): string | undefined => environment[name] || undefined;
  return openGitHub({
    apiUrl: set('GITHUB_API_URL'),
    caFile: set('GITHUB_CA_FILE'),
    repository,
    token: { reveal: () => token },
    world,
  });
}

const event = z.looseObject({
  pull_request: z.looseObject({ number: z.int().positive() }).optional(),
  number: z.int().positive().optional(),
});

/** The pull request that the job is for. */
export function pullRequestOf(environment: Environment, given: number | undefined): number {
  if (given !== undefined) return given;
  const path = environment['GITHUB_EVENT_PATH'];
  const read = path === undefined ? undefined : readInputFile(path, LIMITS.small);
  const parsed = event.safeParse(read === undefined || 'problem' in read ? undefined : parseJson(read.text));
  const number = parsed.success ? (parsed.data.pull_request?.number ?? parsed.data.number) : undefined;
  if (number === undefined) throw missing('--pull-request', 'its number; the event that started this job has none');
  return number;
}

/** A file that another command wrote, given by a flag. @param cwd what its path is relative to */
export function readReport(flag: string, file: string, cwd: string): string {
  const read = readInputFile(resolve(cwd, file), LIMITS.large);
  if ('text' in read) return read.text;
  throw refused('H004', `${flag} ${file}`, read.problem, 'The command before this one writes it; see what that said.');
}

/** Adds to the page of the job; without a runner, to stdout. */
export async function addToSummary(
  environment: Environment,
  stdout: { write(text: string): Promise<void> },
  markdown: string,
): Promise<'summary' | 'stdout'> {
  const file = environment['GITHUB_STEP_SUMMARY'];
  if (file === undefined || file === '') {
    await stdout.write(`${markdown}\n`);
    return 'stdout';
  }
  await appendSafely(file, `${markdown}\n`, 'Unset GITHUB_STEP_SUMMARY, or set it to a file as the runner does.');
  return 'summary';
}

function missing(subject: string, what: string): ExplainedError {
  return refused('H002', subject, `is not set: ${what}`, 'Set it, or run this in a job of GitHub Actions.');
}
