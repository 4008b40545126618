/** One comment on a pull request, one issue for a lasting condition. */

import { z } from 'zod';
import { readPages } from '../http/index.ts';
import { type GitHub, unknownForm } from './client.ts';

/** The most characters that GitHub takes in a comment or an issue. */
const COMMENT_LIMIT = 65_536;
/** Pages of a hundred: thirty thousand open issues. */
const MOST_PAGES = 300;

/** A body that GitHub takes; of a longer one the beginning, and a line that says so. */
export function fitted(body: string): string {
  if (body.length <= COMMENT_LIMIT - ROOM) return body;
  const note = '\n\n_Cut: GitHub takes no longer text. The log of the job says where the whole report is._\n';
  return `${body.slice(0, COMMENT_LIMIT - ROOM - note.length).replace(/\n[^\n]*$/, '')}${note}`;
}

/** For the mark in front of an issue's text. */
const ROOM = 200;

const author = z.looseObject({ type: z.string() }).nullish();
const comments = z.array(z.looseObject({ id: z.number(), body: z.string().nullable(), user: author }));
const issues = z.array(
  z.looseObject({
    id: z.number(),
    number: z.number(),
    body: z.string().nullish(),
    user: author,
    pull_request: z.unknown().optional(),
  }),
);
/**
 * Writes a comment once: the one that carries the mark is updated, and made where there is none.
 *
 * @returns what was done
 */
export async function upsertComment(
  github: GitHub,
  pullRequest: number,
  mark: string,
  body: string,
): Promise<'created' | 'updated' | 'unchanged'> {
  const place = `/repos/${github.repository}/issues/${pullRequest}/comments`;
  const known = await find(github, place, comments, (comment) => isOurs(github, comment, mark));
  if (known?.body === body) return 'unchanged';
  if (known === undefined) {
    await github.request('POST', place, { body });
    return 'created';
  }
  await github.request('PATCH', `/repos/${github.repository}/issues/comments/${known.id}`, { body });
  return 'updated';
}

/**
 * Keeps one open issue for a lasting condition: opened when it appears, updated while it lasts, closed when it ends.
 *
 * @param body what is wrong; undefined: nothing is, any more
 */
export async function upsertIssue(
  github: GitHub,
  mark: string,
  title: string,
  body: string | undefined,
): Promise<'opened' | 'updated' | 'closed' | 'unchanged'> {
  const place = `/repos/${github.repository}/issues`;
  const known = await find(
    github,
    `${place}?state=open`,
    issues,
    (issue) => issue.pull_request === undefined && isOurs(github, issue, mark),
  );
  if (body === undefined) {
    if (known === undefined) return 'unchanged';
    await github.request('PATCH', `${place}/${known.number}`, { state: 'closed' });
    return 'closed';
  }
  const text = `${mark}\n${body}`;
  if (known?.body === text) return 'unchanged';
  if (known === undefined) {
    await github.request('POST', place, { title, body: text });
    return 'opened';
  }
  await github.request('PATCH', `${place}/${known.number}`, { body: text });
  return 'updated';
}

/** People quote such a text, or begin theirs with its mark: it stays theirs. A job's own token writes as a bot. */
function isOurs(
  { asJob }: GitHub,
  {
    body,
    user,
  }: { readonly body?: string | null | undefined; readonly user?: { readonly type: string } | null | undefined },
  mark: string,
): boolean {
  return body?.startsWith(mark) === true && (!asJob || user?.type === 'Bot');
}

/** The first match of a list. */
async function find<T extends { readonly id: number }>(
  github: GitHub,
  place: string,
  schema: z.ZodType<readonly T[]>,
  matches: (item: T) => boolean,
): Promise<T | undefined> {
  const separator = place.includes('?') ? '&' : '?';
  const seen = new Set<number>();
  const read = async (number: number) => {
    const parsed = schema.safeParse(await github.request('GET', `${place}${separator}per_page=100&page=${number}`));
    if (!parsed.success) throw unknownForm(github, place);
    // Other answers while a list grows push items to the next page; a server that does not page repeats the first.
    const items = parsed.data.filter(({ id }) => !seen.has(id));
    for (const { id } of items) seen.add(id);
    return { items, next: parsed.data.length < 100 ? undefined : number + 1 };
  };
  const limits = { subject: `${github.url} answers ${place}`, code: 'H001', most: MOST_PAGES };
  for await (const { items } of readPages(1, read, limits)) {
    const found = items.find(matches);
    if (found !== undefined) return found;
  }
  return undefined;
}
