/** Files that anybody may have: no credential is sent, so that redirects may be followed. */

import { ExplainedError } from '../../model/explained-error.ts';
import { visible } from '../../model/outside-text.ts';
import { explain, type ServerName } from './explain.ts';
import { HttpFailure } from './failure.ts';
import { createTransport, type Received } from './transport.ts';
import type { HttpWorld } from './world.ts';

export interface DownloadOptions {
  readonly world: HttpWorld;
  /** Who gives the file, for errors. */
  readonly server: ServerName;
  /** PEM file of an authority that Node does not know. */
  readonly caFile?: string | undefined;
  /** Milliseconds for the whole file, on each address that it is looked for at. Default: 120,000. */
  readonly deadline?: number;
  /** Bytes at most. Default: 300 MB. */
  readonly limit?: number;
}

const REDIRECTS = 5;

/**
 * Downloads a file, through the proxy of the command. Redirects are followed, five at most, and never from https to
 * http. Check what came: a sum that is pinned beside the address.
 *
 * @throws ExplainedError with a code of the server where it cannot be had.
 *
 * @example await download('https://github.com/…/prometheus-3.5.0.linux-amd64.tar.gz', { world: io.http, server: RELEASES })
 */
export async function download(address: string, options: DownloadOptions): Promise<Uint8Array> {
  const { server, deadline = 120_000 } = options;
  let place = new URL(address);
  for (let hop = 0; hop <= REDIRECTS; hop += 1) {
    const { status, headers, text } = await get(place, options, deadline);
    if (status === 200) return Buffer.from(text, 'latin1');
    const next = headers['location'];
    if (status < 300 || status >= 400 || next === undefined || !URL.canParse(next, place.href)) {
      throw new ExplainedError({
        code: server.codes.unreachable,
        message: `${place.origin}${visible(place.pathname)} answers ${status}`,
        remedy: `Is ${server.name} there, and may this machine reach it? Then run the command again.`,
        status,
      });
    }
    const led = new URL(next, place);
    if (place.protocol === 'https:' && led.protocol !== 'https:') break;
    place = led;
  }
  const failure = new HttpFailure('redirect', 'too many addresses, or to one without TLS');
  throw explain(server, failure, { address: new URL(address).origin, path: '', seconds: deadline / 1000 });
}

async function get(url: URL, options: DownloadOptions, deadline: number): Promise<Received> {
  const { world, server, caFile, limit = 300e6 } = options;
  const base = url.origin;
  const transport = createTransport({ url, base, world, caFile, server, headers: {}, limit, deadline, binary: true });
  try {
    return await transport.send({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: {},
      body: undefined,
      deadline,
    });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    throw explain(server, error, { address: base, path: visible(url.pathname), seconds: deadline / 1000 });
  }
}
