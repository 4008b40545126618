/** Comments and issues at the repository's host (GitHub's REST API, or a GitHub Enterprise of your own). */
import { z } from 'zod';

/** Where and as whom. */
export interface Hosting {
  /** Default of the runner: `https://api.github.com`. */
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  readonly fetch: typeof fetch;
}

/** The most characters that the host takes in a comment or an issue. */
export const COMMENT_LIMIT = 65_536;

/** The host did not do what it was asked. The token is in no message. */
export class HostingError extends Error {
  override readonly name = 'HostingError';
  readonly code = 'H001';
  readonly status: number;
  readonly remedy: string;

  constructor(status: number, what: string, answer: string) {
    super(`${what}: the host answered ${status}${answer === '' ? '' : ` (${answer})`}`);
    this.status = status;
    this.remedy =
      status === 401 || status === 403 || status === 404
        ? 'The job needs "permissions: pull-requests: write" (or issues: write); from a fork it never has them.'
        : 'Run it again; the comment is updated, never repeated.';
  }

  /** True where the token may not write: the report then belongs into the job summary. */
  get forbidden(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

const comments = z.array(z.looseObject({ id: z.number(), body: z.string().nullable() }));
const issues = z.array(
  z.looseObject({ number: z.number(), body: z.string().nullish(), pull_request: z.unknown().optional() }),
);
const problem = z.looseObject({ message: z.string() });

/**
 * Writes a comment once: the one that carries the mark is updated, and made where there is none.
 *
 * @returns what was done
 */
export async function upsertComment(
  hosting: Hosting,
  pullRequest: number,
  mark: string,
  body: string,
): Promise<'created' | 'updated' | 'unchanged'> {
  const place = `/repos/${hosting.repository}/issues/${pullRequest}/comments`;
  const known = await find(hosting, place, comments, (comment) => comment.body?.includes(mark) === true);
  if (known?.body === body) return 'unchanged';
  if (known === undefined) {
    await send(hosting, 'POST', place, { body });
    return 'created';
  }
  await send(hosting, 'PATCH', `/repos/${hosting.repository}/issues/comments/${known.id}`, { body });
  return 'updated';
}

/**
 * Keeps one open issue for a lasting condition: opened when it appears, updated while it lasts, closed when it ends.
 *
 * @param body what is wrong; undefined: nothing is, any more
 */
export async function upsertIssue(
  hosting: Hosting,
  mark: string,
  title: string,
  body: string | undefined,
): Promise<'opened' | 'updated' | 'closed' | 'unchanged'> {
  const place = `/repos/${hosting.repository}/issues`;
  const known = await find(
    hosting,
    `${place}?state=open`,
    issues,
    (issue) => issue.pull_request === undefined && issue.body?.includes(mark) === true,
  );
  if (body === undefined) {
    if (known === undefined) return 'unchanged';
    await send(hosting, 'PATCH', `${place}/${known.number}`, { state: 'closed' });
    return 'closed';
  }
  const text = `${mark}\n${body}`;
  if (known?.body === text) return 'unchanged';
  if (known === undefined) {
    await send(hosting, 'POST', place, { title, body: text });
    return 'opened';
  }
  await send(hosting, 'PATCH', `${place}/${known.number}`, { body: text });
  return 'updated';
}

/** The first match of a paged list. */
async function find<T>(
  hosting: Hosting,
  place: string,
  schema: z.ZodType<T[]>,
  matches: (item: T) => boolean,
): Promise<T | undefined> {
  for (let page = 1; ; page += 1) {
    const separator = place.includes('?') ? '&' : '?';
    const answer = await send(hosting, 'GET', `${place}${separator}per_page=100&page=${page}`);
    const items = schema.parse(answer);
    const found = items.find(matches);
    if (found !== undefined || items.length < 100) return found;
  }
}

async function send(hosting: Hosting, method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown> {
  const response = await hosting.fetch(`${hosting.apiUrl}${path}`, {
    method,
    signal: AbortSignal.timeout(30_000),
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${hosting.token}`,
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json: unknown = parseJson(text);
  if (response.ok) return json;
  const said = problem.safeParse(json);
  throw new HostingError(response.status, `${method} ${path}`, said.success ? said.data.message : '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
