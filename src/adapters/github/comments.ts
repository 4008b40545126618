/** Comments and issues at the repository's host (GitHub's REST API, or a GitHub Enterprise of your own). */

import { z } from 'zod';
import { parseJson } from '../../src/model/json.ts';

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
const COMMENT_LIMIT = 65_536;

/** The host did not do what it was asked. The token is in no message. */
export class HostingError extends Error {
  override readonly name = 'HostingError';
  readonly code = 'H001';
  readonly status: number;
  readonly remedy: string;

  /**
   * @param status of the answer; 0 without one
   * @param limited whether the host asks to slow down, which it does with a 403 too
   */
  constructor(status: number, what: string, answer: string, limited = false) {
    const said = status === 0 ? `the host can not be reached` : `the host answered ${status}`;
    super(`${what}: ${said}${answer === '' ? '' : ` (${answer})`}`);
    this.status = status;
    this.forbidden = status === 403 && !limited;
    this.remedy = remedyFor(status, limited);
  }

  /** True where the token may not write: the report then belongs into the job summary. */
  readonly forbidden: boolean;
}

function remedyFor(status: number, limited: boolean): string {
  if (limited || status === 429)
    return 'The host limits requests: run it again later. The comment is updated, never repeated.';
  if (status === 401) return 'GITHUB_TOKEN is wrong or has expired; give the job ${{ github.token }}.';
  if (status === 403 || status === 404)
    return 'The job needs "permissions: pull-requests: write" (or issues: write); from a fork it never has them.';
  if (status === 0) return 'Check GITHUB_API_URL and the network, then run it again.';
  return 'Run it again; the comment is updated, never repeated.';
}

/** A body that the host takes; of a longer one the beginning, and a line that says so. */
export function fitted(body: string): string {
  if (body.length <= COMMENT_LIMIT - ROOM) return body;
  const note = '\n\n_Cut: the host takes no longer text. The log of the job says where the whole report is._\n';
  return `${body.slice(0, COMMENT_LIMIT - ROOM - note.length).replace(/\n[^\n]*$/, '')}${note}`;
}

/** For the mark in front of an issue's text. */
const ROOM = 200;

const author = z.looseObject({ type: z.string() }).nullish();
const comments = z.array(z.looseObject({ id: z.number(), body: z.string().nullable(), user: author }));
const issues = z.array(
  z.looseObject({ number: z.number(), body: z.string().nullish(), user: author, pull_request: z.unknown().optional() }),
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
  const known = await find(hosting, place, comments, (comment) => isOurs(hosting, comment, mark));
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
    (issue) => issue.pull_request === undefined && isOurs(hosting, issue, mark),
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

/** People quote such a text, or begin theirs with its mark: it stays theirs. A job's own token writes as a bot. */
function isOurs(
  { token }: Hosting,
  {
    body,
    user,
  }: { readonly body?: string | null | undefined; readonly user?: { readonly type: string } | null | undefined },
  mark: string,
): boolean {
  return body?.startsWith(mark) === true && (!token.startsWith('ghs_') || user?.type === 'Bot');
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
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw new HostingError(200, `GET ${place}`, 'with something that is no list of this API');
    const items = parsed.data;
    const found = items.find(matches);
    if (found !== undefined || items.length < 100) return found;
  }
}

async function send(hosting: Hosting, method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown> {
  const request = hosting.fetch(`${hosting.apiUrl}${path}`, {
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
  const response = await request.catch((cause: Error & { cause?: { code?: string } }) => {
    throw new HostingError(0, `${method} ${path}`, cause.cause?.code ?? cause.name);
  });
  const text = await response.text();
  const json: unknown = parseJson(text);
  if (response.ok) return json;
  const said = problem.safeParse(json);
  const limited = response.headers.get('x-ratelimit-remaining') === '0' || response.headers.has('retry-after');
  throw new HostingError(response.status, `${method} ${path}`, said.success ? said.data.message : '', limited);
}
