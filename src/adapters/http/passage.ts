/** Requests that somebody else makes, such as a page, passed on to one server with our credential. */

import { explain, type ServerName } from './explain.ts';
import { HttpFailure } from './failure.ts';
import { type Credential, credentialHeader, readAddress, warnInTheClear } from './http.ts';
import { createTransport } from './transport.ts';
import type { HttpWorld } from './world.ts';

/** A request to pass on. */
export interface PassageRequest {
  readonly method: string;
  /** Below the server's address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** What the server answered, unpacked. */
export interface PassageAnswer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends it once, and follows no redirect. @throws ExplainedError where there is no answer */
export type Passage = (request: PassageRequest) => Promise<PassageAnswer>;

/** Bytes of one answer, unpacked. */
const LIMIT = 64_000_000;

/**
 * Opens the way to one server, with everything that the network between may need: a proxy, an authority of its own, a
 * deadline, a limit of bytes.
 *
 * @throws ExplainedError as `openHttp`
 */
export function openPassage(options: {
  readonly server: ServerName;
  readonly url: string;
  readonly world: HttpWorld;
  readonly credential?: Credential | undefined;
  readonly caFile?: string | undefined;
  /** Milliseconds until the last byte of an answer. */
  readonly deadline: number;
}): Passage {
  const { server, world, credential, caFile, deadline } = options;
  const address = readAddress(options.url, server);
  const base = options.url.replace(/(?<!\/)\/+$/, '');
  const { pathname } = new URL(base);
  const transport = createTransport({
    url: address,
    base,
    world,
    caFile,
    server,
    headers: credentialHeader(credential, world, server),
    limit: LIMIT,
    deadline,
    binary: true,
  });
  if (credential !== undefined) warnInTheClear(address, server, world);
  return async ({ method, url, headers, body }) => {
    const to = new URL(url);
    if (to.origin !== address.origin) throw new Error(`${to.origin} is not ${address.origin}`);
    const path = to.pathname.slice(pathname === '/' ? 0 : pathname.length) || '/';
    try {
      const {
        status,
        headers: got,
        text,
      } = await transport.send({ method, path: `${path}${to.search}`, headers, body, deadline });
      return { status, headers: got, body: Buffer.from(text, 'latin1') };
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      throw explain(server, error, { address: base, path, seconds: deadline / 1000 });
    }
  };
}
