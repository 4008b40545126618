import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Comment {
  readonly id: number;
  body: string;
  readonly user?: { readonly type: string };
}
interface Issue {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  readonly pull_request?: object;
}

/** A small stand-in for the host's API: comments and issues of one repository, paged as the real one pages them. */
export interface FakeHost {
  readonly url: string;
  readonly comments: Comment[];
  readonly issues: Issue[];
  readonly requests: string[];
  /** Tokens that may only read, as those of forks. */
  readonly readOnly: Set<string>;
  /** Tokens that have used up their requests. */
  readonly limited: Set<string>;
  close(): Promise<void>;
}

export async function startFakeHost(): Promise<FakeHost> {
  const comments: Comment[] = [];
  const issues: Issue[] = [];
  const requests: string[] = [];
  const readOnly = new Set<string>();
  const limited = new Set<string>();
  let next = 1;
  const answer = (method: string, url: URL, body: Record<string, string>, token: string): [number, unknown] => {
    if (limited.has(token)) return [403, { message: 'API rate limit exceeded' }];
    if (!token.includes('good')) return [401, { message: 'Bad credentials' }];
    if (method !== 'GET' && readOnly.has(token)) return [403, { message: 'Resource not accessible by integration' }];
    const page = Number(url.searchParams.get('page') ?? 1);
    const paged = (items: readonly unknown[]) => items.slice((page - 1) * 100, page * 100);
    if (/\/issues\/\d+\/comments$/.test(url.pathname)) {
      if (method === 'GET') return [200, paged(comments)];
      const type = token.startsWith('ghs_') ? 'Bot' : 'User';
      comments.push({ id: next++, body: body['body'] ?? '', user: { type } });
      return [201, comments.at(-1)];
    }
    const comment = comments.find(({ id }) => url.pathname.endsWith(`/issues/comments/${id}`));
    if (comment !== undefined && method === 'PATCH') return [200, Object.assign(comment, body)];
    if (/\/issues$/.test(url.pathname)) {
      if (method === 'GET') return [200, paged(issues.filter(({ state }) => state === 'open'))];
      issues.push({
        id: 10_000 + next,
        number: next++,
        title: body['title'] ?? '',
        body: body['body'] ?? '',
        state: 'open',
      });
      return [201, issues.at(-1)];
    }
    const issue = issues.find(({ number }) => url.pathname.endsWith(`/issues/${number}`));
    if (issue !== undefined && method === 'PATCH') return [200, Object.assign(issue, body)];
    return [404, { message: 'Not Found' }];
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://host');
    requests.push(`${request.method} ${url.pathname}`);
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const [status, json] = answer(request.method ?? 'GET', url, await bodyOf(request), token);
    const headers = limited.has(token) ? { 'x-ratelimit-remaining': '0' } : {};
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    comments,
    issues,
    requests,
    readOnly,
    limited,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
}
