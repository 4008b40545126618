/** A fake on a port of this machine, for tests that need sockets: TLS, proxies, commands in processes of their own. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FakeGrafana } from './index.ts';

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a fake.
 *
 * @param options.path the sub-path it is served from @param options.tls its key and certificate
 * @param options.port default: a free one
 */
export function serveFake(
  fake: FakeGrafana,
  options: {
    readonly path?: string;
    readonly tls?: { readonly key: string; readonly cert: string };
    readonly port?: number;
  } = {},
): Promise<Served> {
  const path = options.path ?? '';
  return serveListener(
    async (request, response) => {
      const place = request.url ?? '/';
      if (!place.startsWith(path)) {
        response.writeHead(404, { 'content-type': 'text/html' }).end('<html>nothing here</html>');
        return;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
      const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : [],
      );
      const answer = await fake.app.request(`http://fake${place.slice(path.length)}`, {
        method: request.method ?? 'GET',
        headers,
        ...body,
      });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    },
    options.tls,
    options.port,
  );
}

/** Serves anything, such as a page that is no Grafana. */
export function serveListener(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
  tls?: { readonly key: string; readonly cert: string },
  fixed = 0,
): Promise<Served> {
  const handler = listener as RequestListener;
  const server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
  return new Promise((resolve) => {
    server.listen(fixed, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
