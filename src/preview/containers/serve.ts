/** The least of an HTTP server: what the simulator and the pager have in common. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Reply, Routes } from '../index.ts';

/** What `healthcheck` of compose.yaml asks. */
const HEALTHY = 'GET /-/healthy';

/** Styles of the page itself, and nothing from elsewhere. */
const SAFE = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/**
 * Serves routes until the server is closed.
 *
 * @param listen where. @example '127.0.0.1:9464'
 * @param ended closes it, with the connections that are open. Default: nothing does.
 * @throws Error if the port is taken.
 */
export async function serve(routes: Routes, listen: string, ended?: AbortSignal): Promise<Server> {
  const server = createServer((request, response) => {
    answer(routes, request)
      .then((reply) => send(reply, response))
      .catch((error: unknown) => send({ status: 500, body: `${String(error)}\n` }, response));
  });
  const [, host, port] = /^(.+):(\d+)$/.exec(listen) ?? [];
  server.listen(Number(port), host ?? '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  if (ended?.aborted === true) stop();
  else ended?.addEventListener('abort', stop, { once: true });
  return server;
}

async function answer(routes: Routes, request: IncomingMessage): Promise<Reply> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const route = `${request.method} ${pathname}`;
  if (route === HEALTHY) return { body: 'well\n' };
  const found = Object.hasOwn(routes, route) ? routes[route] : undefined;
  return found === undefined
    ? { status: 404, body: 'There is nothing here.\n' }
    : found({ json: () => readJson(request) });
}

function send({ status = 200, type = 'text/plain; charset=utf-8', body }: Reply, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': type, ...SAFE });
  if (typeof body === 'string') response.end(body);
  else Readable.from(body).pipe(response);
}

/** Bytes, more than any notification has. */
const MOST = 2 ** 20;

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MOST) return undefined;
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
