/** Lists that come in pages, read to their end; a server that never ends is distinguished from a long list. */

import { ExplainedError } from '../../model/explained-error.ts';

/** One page, and where the next one is; undefined at the end. */
export interface Page<T, C> {
  readonly items: readonly T[];
  readonly next: C | undefined;
}

export interface PageLimits {
  /** What the list is, for the error. @example 'https://grafana.example.com answers /apis/…/dashboards' */
  readonly subject: string;
  /** Of the error. @example 'G018' */
  readonly code: string;
  /** Pages at most. Default: 1,000. */
  readonly most?: number;
}

/** Pages without an item that may follow one another: a filter may leave out whole pages, but not for ever. */
const MOST_EMPTY = 20;

/**
 * The pages of a list, one after the other. Stop reading early by leaving the loop.
 *
 * @param read asks for the page at a token, or at a number; the first page is at `first`
 *
 * @throws ExplainedError with the given code where a page follows that was read before, where twenty pages in a row
 *   hold nothing, and after the most pages. Nothing that was read may be used then: it is no whole list.
 *
 * @example
 * for await (const { items } of readPages('', (token) => list(token), { subject: url, code: 'G018' })) …
 */
export async function* readPages<P extends Page<unknown, string | number>>(
  first: NonNullable<P['next']>,
  read: (place: NonNullable<P['next']>) => Promise<P>,
  limits: PageLimits,
): AsyncGenerator<P, void, undefined> {
  type Place = NonNullable<P['next']>;
  const { most = 1000 } = limits;
  const seen = new Set<Place>();
  let empty = 0;
  for (let place: Place | undefined = first; place !== undefined; ) {
    if (seen.has(place)) throw endless(limits, 'comes back to a page that was read before');
    if (seen.size >= most) throw endless(limits, `has more than ${most} pages`);
    seen.add(place);
    const page: P = await read(place);
    empty = page.items.length === 0 ? empty + 1 : 0;
    if (empty > MOST_EMPTY) throw endless(limits, `goes on after ${MOST_EMPTY} empty pages`);
    yield page;
    place = page.next as Place | undefined;
  }
}

function endless({ subject, code }: PageLimits, what: string): ExplainedError {
  return new ExplainedError({
    code,
    message: `${subject} with a list that ${what}`,
    remedy: 'The server, or something before it, does not page as it should; nothing of the list was used.',
  });
}
