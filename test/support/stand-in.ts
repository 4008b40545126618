/** A small HTTP server on the loopback: stands before a real Prometheus, as a gateway does, or for something else. */
import { createServer, type IncomingMessage } from 'node:http';

export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StandIn {
  readonly url: string;
  readonly seen: readonly Seen[];
  readonly stop: () => Promise<void>;
}

/** Starts one; `answer` says what comes back. */
export async function startStandIn(answer: (request: Seen) => Promise<Reply> | Reply): Promise<StandIn> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      seen.push(one);
      void Promise.resolve(answer(one)).then((reply) => {
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(reply.body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, seen, stop };
}

/** Passes a request on, and gives the answer with a change. */
export async function passedOn(
  request: Seen,
  to: string,
  change: (body: string) => string = (body) => body,
): Promise<Reply> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(`${to}${request.path}`, { method: 'POST', headers, body: request.body });
  return { status: answer.status, body: change(await answer.text()) };
}
