import {
  addToSummary,
  fitted,
  openGitHubOf,
  pullRequestOf,
  readReport,
  upsertComment,
} from '../adapters/github/index.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { COMMENT_MARK } from '../report/diff/markdown.ts';
import type { Io } from './io.ts';

/** Which report goes where. */
export interface CommentRequest {
  readonly file: string;
  /** Default: the one that started the job. */
  readonly pullRequest?: number;
  /** Only into the page of the job. */
  readonly summary?: true;
}

/** Writes the comment, or the page of the job where the token may not comment. Answers with what was done, in lines. */
export async function writeComment(
  { file, pullRequest, summary }: CommentRequest,
  { environment, http, cwd, stdout }: Io,
): Promise<readonly string[]> {
  const body = fitted(readReport('--file', file, cwd));
  const github = summary === true ? undefined : openGitHubOf(http);
  const lines: string[] = [];
  if (github !== undefined) {
    try {
      const number = pullRequestOf(environment, pullRequest);
      return [`Comment ${await upsertComment(github, number, COMMENT_MARK, body)}.`];
    } catch (error) {
      if (!(error instanceof ExplainedError && error.status === 403)) throw error;
      lines.push(`${error.message}. The report goes to the page of the job instead.`);
    }
  }
  const place = await addToSummary(environment, stdout, body);
  return [...lines, `Report written to ${place === 'summary' ? 'the page of the job' : 'stdout'}.`];
}
