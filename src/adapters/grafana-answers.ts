/** Answers of Grafana's API: parsed, and lists read to their last page. Nothing of another form gets past here. */
import { z } from 'zod';
import { ExplainedError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import { type Page, readPages } from './http/index.ts';

/** What is asked: the client of a Grafana, as far as answers need it. */
interface Asked {
  readonly url: string;
  request(
    method: 'GET',
    path: string,
    ask?: { readonly accept?: readonly number[]; readonly signal?: AbortSignal | undefined },
  ): Promise<{ readonly status: number; readonly body: unknown; readonly now: number }>;
}

/** What a client of a Grafana makes of answers. */
export interface Answers {
  /** @throws ExplainedError G009 if an answer has another shape than Grafana's. */
  parse<T>(path: string, schema: z.ZodType<T>, body: unknown): T;
  /** Asks for one thing and parses the answer. */
  read<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Every page of a list below `/apis`, its items as they came: whose they are is for the reader to tell.
   *
   * @returns the items, and Grafana's clock
   * @throws ExplainedError G019 for a list that has no last page
   */
  list(path: string): Promise<{ readonly items: readonly unknown[]; readonly now: number }>;
}

/**
 * A client whose answers are parsed.
 *
 * @example withAnswers(openGrafanaClient(options)).read('/api/health', health)
 */
export function withAnswers<C extends Asked>(client: C): C & Answers {
  const parse = <T>(path: string, schema: z.ZodType<T>, body: unknown): T => parseAnswer(client, path, schema, body);
  return {
    ...client,
    parse,
    async read(path, schema, signal) {
      const { body } = await client.request('GET', path, { signal });
      return parse(path, schema, body);
    },
    list: (path) => readList(client, path),
  };
}

/** Whole specs, at most 500 or 2 MiB a page. */
const PAGE_SIZE = 500;
function parseAnswer<T>({ url }: Pick<Asked, 'url'>, path: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw unknownForm(url, path, problemOf(parsed.error));
}

/** Where a value is not as it should be, in a few words. @example 'metadata.generation is not a number' */
export function problemOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  const place = issue?.path.map(String).join('.') ?? '';
  return visible(`${place} ${issue?.message ?? ''}`.trim()).slice(0, 200);
}

const listPage = z.looseObject({
  metadata: z.looseObject({ continue: z.string().nullish() }),
  items: z.array(z.unknown()).nullable(),
});

async function readList(
  asked: Asked,
  path: string,
): Promise<{ readonly items: readonly unknown[]; readonly now: number }> {
  const read = async (token: string): Promise<Page<unknown, string> & { readonly now: number }> => {
    const query = `?limit=${PAGE_SIZE}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`;
    const { body, now } = await asked.request('GET', `${path}${query}`);
    const { metadata, items } = parseAnswer(asked, path, listPage, body);
    return { items: items ?? [], next: metadata.continue || undefined, now };
  };
  const items: unknown[] = [];
  let now = 0;
  for await (const found of readPages('', read, { subject: `${asked.url} answers ${path}`, code: 'G019' })) {
    for (const item of found.items) items.push(item);
    now = found.now;
  }
  return { items, now };
}

/** The fields of a value that may be anything. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function unknownForm(url: string, path: string, problem: string): ExplainedError {
  return new ExplainedError({
    code: 'G009',
    message: `${url} answered ${path.split('?')[0]} in an unknown form: ${problem}`,
    remedy: 'Is it a newer Grafana than this project knows? Nothing was written.',
  });
}

/** An item of a list that is not as Grafana makes them, with the name that it bears. */
export interface UnreadableItem {
  readonly name: string;
  readonly problem: string;
}

/**
 * Items of a known form, and those that have none but bear a name. What has neither cannot be anybody's we know.
 *
 * @param nameAt the keys that lead to the name
 */
export function sortItems<T>(
  items: readonly unknown[],
  schema: z.ZodType<T>,
  nameAt: readonly string[],
): { readonly readable: readonly T[]; readonly unreadable: readonly UnreadableItem[] } {
  const readable: T[] = [];
  const unreadable: UnreadableItem[] = [];
  for (const item of items) {
    const parsed = schema.safeParse(item);
    if (parsed.success) readable.push(parsed.data);
    else {
      const name = nameAt.reduce<unknown>((value, key) => fieldsOf(value)[key], item);
      if (typeof name === 'string') unreadable.push({ name, problem: problemOf(parsed.error) });
    }
  }
  return { readable, unreadable };
}
