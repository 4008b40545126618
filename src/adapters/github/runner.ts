/** What the host's runner tells a job about itself. */

import { appendFile, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../../src/model/json.ts';
import { refused, type UsageError } from './command.ts';
import type { Hosting } from './hosting.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the job runs and as whom; undefined without a token: then nothing can be written to the host. */
export function hostingOf(
  environment: Environment,
  repository = environment['GITHUB_REPOSITORY'],
): Hosting | undefined {
  const token = environment['GITHUB_TOKEN'];
  if (token === undefined || token === '') return undefined;
  if (repository === undefined) throw missing('GITHUB_REPOSITORY', 'the repository, as owner/name');
  return { apiUrl: environment['GITHUB_API_URL'] ?? 'https://api.github.com', repository, token, fetch };
}

const event = z.looseObject({
  pull_request: z.looseObject({ number: z.number() }).optional(),
  number: z.number().optional(),
});

/** The pull request that the job is for. */
export async function pullRequestOf(environment: Environment, given: number | undefined): Promise<number> {
  if (given !== undefined) return given;
  const path = environment['GITHUB_EVENT_PATH'];
  const text = path === undefined ? undefined : await readFile(path, 'utf8').catch(() => undefined);
  const parsed = event.safeParse(text === undefined ? undefined : parseJson(text));
  const number = parsed.success ? (parsed.data.pull_request?.number ?? parsed.data.number) : undefined;
  if (number === undefined) throw missing('--pull-request', 'its number; the event that started this job has none');
  return number;
}

/** A file that another command wrote, given by a flag. */
export async function readReport(flag: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw refused(
      'H004',
      `${flag} ${file}`,
      `can not be read (${cause.code ?? cause.message})`,
      'The command before this one writes it; see what that said.',
    );
  });
}

/** Adds to the page of the job; without a runner, to stdout. */
export async function addToSummary(environment: Environment, markdown: string): Promise<'summary' | 'stdout'> {
  const file = environment['GITHUB_STEP_SUMMARY'];
  if (file === undefined) {
    process.stdout.write(`${markdown}\n`);
    return 'stdout';
  }
  await appendFile(file, `${markdown}\n`, 'utf8');
  return 'summary';
}

function missing(subject: string, what: string): UsageError {
  return refused('H002', subject, `is not set: ${what}`, 'Set it, or run this in a job of the host.');
}
