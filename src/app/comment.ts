import { fitted, HostingError, upsertComment } from '../../scripts/support/hosting.ts';
import { addToSummary, hostingOf, pullRequestOf, readReport } from '../../scripts/support/runner.ts';
import { COMMENT_MARK } from '../report/diff-markdown.ts';
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
  { environment }: Io,
): Promise<readonly string[]> {
  const body = fitted(await readReport('--file', file));
  const hosting = summary === true ? undefined : hostingOf(environment);
  const lines: string[] = [];
  if (hosting !== undefined) {
    try {
      const number = await pullRequestOf(environment, pullRequest);
      return [`Comment ${await upsertComment(hosting, number, COMMENT_MARK, body)}.`];
    } catch (error) {
      if (!(error instanceof HostingError && error.forbidden)) throw error;
      lines.push(`${error.message}. The report goes to the page of the job instead.`);
    }
  }
  const place = await addToSummary(environment, body);
  return [...lines, `Report written to ${place === 'summary' ? 'the page of the job' : 'stdout'}.`];
}
