/** One request to one server by axios: a deadline, a limit of bytes, the way there, and failures by kind. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createRequire } from 'node:module';
import { connect as connectTls } from 'node:tls';
import type { AxiosAdapter, AxiosInstance, AxiosProxyConfig, AxiosStatic } from 'axios';
import { ExplainedError } from '../../model/explained-error.ts';
import { visible } from '../../model/outside-text.ts';
import { LIMITS, readInputFile } from '../files.ts';
import type { ServerName } from './explain.ts';
import { HttpFailure, type Route, readFailure } from './failure.ts';
import { type ProxyAddress, proxyFor } from './proxy.ts';
import { createTunnel, proxyLogin } from './tunnel.ts';
import type { HttpWorld } from './world.ts';

/** What sends a request; tests have their own. */
export type HttpAdapter = AxiosAdapter;

/** Sockets to one server at once. */
const MOST_SOCKETS = 8;
/** Milliseconds to find out whether a port speaks TLS, once it ended a connection without a word. */
const PROBE = 2000;

export interface TransportOptions {
  readonly url: URL;
  /** The same as text, without a slash at its end. */
  readonly base: string;
  readonly world: HttpWorld;
  /** PEM file of an authority that Node does not know. */
  readonly caFile: string | undefined;
  /** For the errors. */
  readonly server: ServerName;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of an answer, unpacked. */
  readonly limit: number;
  /** Milliseconds for a proxy to connect. */
  readonly deadline: number;
  /** The text of an answer has a sign for each byte. Default: it is UTF-8. */
  readonly binary?: boolean;
  /** Replaces the network in tests. */
  readonly adapter?: HttpAdapter | undefined;
}

export interface Sent {
  readonly method: string;
  /** Below the address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  /** Milliseconds until the last byte of the answer. */
  readonly deadline: number;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Transport {
  /** @throws HttpFailure without an answer */
  send(request: Sent): Promise<Received>;
}

/** @throws ExplainedError for a certificate file or a proxy that cannot be used. */
export function createTransport(options: TransportOptions): Transport {
  const { url, world, limit } = options;
  const proxy = proxyFor(url, world.environment);
  const login = proxy === undefined ? undefined : proxyLogin(proxy.url);
  if (proxy !== undefined && login !== undefined) {
    for (const secret of [login, proxy.url.password, login.slice(login.indexOf(':') + 1)]) world.secrets.add(secret);
  }
  const route: Route = { secure: url.protocol === 'https:', proxied: proxy !== undefined };
  const ca = options.caFile === undefined ? undefined : readCa(options.caFile, options.server);
  let http: AxiosInstance | undefined;
  let answered = false;

  const send = async (request: Sent): Promise<Received> => {
    http ??= open(options, route, proxy, ca);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), request.deadline);
    try {
      const { status, data, headers } = await http.request<string>({
        method: request.method,
        url: request.path,
        headers: { ...request.headers },
        signal: deadline.signal,
        ...(request.body === undefined ? {} : { data: request.body }),
      });
      answered = true;
      if (status === 407) throw new HttpFailure('proxy wants a login', '407');
      return { status, headers: plainHeaders(headers), text: typeof data === 'string' ? data : '' };
    } catch (error) {
      if (error instanceof HttpFailure) throw error;
      // A fake may throw what is none of the network's errors.
      if (!isNetworkError(error)) throw error;
      throw await failureOfRequest(error, deadline.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
  };

  const failureOfRequest = async (error: NetworkError, late: boolean): Promise<HttpFailure> => {
    if (late || error.code === 'ETIMEDOUT' || /timeout/i.test(error.message)) return new HttpFailure('late');
    if (/maxContentLength/.test(error.message)) return new HttpFailure('too large', inMegabytes(limit));
    const own = error.cause;
    if (own instanceof HttpFailure) return own;
    const failure = readFailure(error, route);
    const mute = (failure.kind === 'broken' || failure.kind === 'not http') && !answered;
    const wantsTls = mute && !route.secure && !route.proxied && options.adapter === undefined && (await speaksTls(url));
    return wantsTls ? new HttpFailure('wants tls', failure.message) : failure;
  };

  return { send };
}

interface NetworkError extends Error {
  readonly isAxiosError: true;
  readonly code?: string;
}

function isNetworkError(error: unknown): error is NetworkError {
  return error instanceof Error && (error as Partial<NetworkError>).isAxiosError === true;
}

/** @example '64 MB' */
function inMegabytes(bytes: number): string {
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${bytes} bytes`;
}

function open(
  options: TransportOptions,
  route: Route,
  proxy: ProxyAddress | undefined,
  ca: string | undefined,
): AxiosInstance {
  const agent = { keepAlive: true, maxSockets: MOST_SOCKETS };
  const secure = { ...agent, ...(ca === undefined ? {} : { ca }) };
  const tunneled = route.secure && proxy !== undefined;
  return loadAxios().create({
    baseURL: options.base,
    allowAbsoluteUrls: false,
    headers: { ...options.headers },
    // A redirect would carry the credentials to another place; it is an error with a remedy instead.
    maxRedirects: 0,
    maxContentLength: options.limit,
    responseType: 'text',
    ...(options.binary === true ? { responseEncoding: 'latin1' } : {}),
    // Bodies are text in both directions; axios would parse what is sent once more.
    transformRequest: (data: unknown) => data,
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
    // Not what axios finds in `process.env`, and never undefined, which makes it look there.
    proxy: proxy === undefined || tunneled ? false : forwarding(proxy),
    httpAgent: new HttpAgent(agent),
    httpsAgent: tunneled ? createTunnel(proxy.url, options.deadline, secure) : new HttpsAgent(secure),
    ...(options.adapter === undefined ? {} : { adapter: options.adapter }),
  });
}

/**
 * At the first request: help, plans of a directory and wrong arguments do without. The build of a single file, because
 * the one of eighty files, which `import()` finds, takes five times as long to load.
 */
function loadAxios(): AxiosStatic {
  return createRequire(import.meta.url)('axios') as AxiosStatic;
}

function forwarding({ url }: ProxyAddress): AxiosProxyConfig {
  const login = proxyLogin(url);
  const colon = login?.indexOf(':') ?? 0;
  return {
    protocol: url.protocol.replace(':', ''),
    host: url.hostname,
    port: Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port),
    ...(login === undefined ? {} : { auth: { username: login.slice(0, colon), password: login.slice(colon + 1) } }),
  };
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function readCa(file: string, { caSetting, codes, kinds }: ServerName): string {
  const read = readInputFile(file, LIMITS.small);
  if ('text' in read) return read.text;
  throw new ExplainedError({
    code: codes.tls,
    message: `the certificate file ${visible(file)} ${read.problem}`,
    remedy: `Correct ${caSetting}.`,
    kind: kinds?.tls ?? 'failure',
  });
}

/** Asks the port itself: servers of TLS end a connection in the clear without a word. */
function speaksTls({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    // Nothing is sent, so that it does not matter who is there.
    const socket = connectTls({ host, port: port === '' ? 80 : Number(port), rejectUnauthorized: false });
    const end = (speaks: boolean): void => {
      socket.destroy();
      resolve(speaks);
    };
    socket.setTimeout(PROBE, () => end(false));
    socket.once('secureConnect', () => end(true));
    socket.once('error', () => end(false));
  });
}
