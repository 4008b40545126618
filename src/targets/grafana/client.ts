/** Requests to one Grafana: timeouts, repetition of what may be repeated, and errors that say what to do. */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createRequire } from 'node:module';
import type { AxiosAdapter, AxiosInstance, AxiosStatic } from 'axios';
import { TargetError } from '../../sync/index.ts';
import { connectionError, fieldsOf, RefusedError, refusal, UnreachableError } from './errors.ts';
import { createPressure, type Pressure } from './pressure.ts';

/** Its single-file build: the one of eighty files takes five times as long to load, a fifth of a second of every plan. */
const axios = createRequire(import.meta.url)('axios') as AxiosStatic;

/** A value that is shown only where it is sent. */
export interface Revealed {
  reveal(): string;
}

/** How to reach a Grafana. */
export interface ConnectionOptions {
  /** With the sub-path it is served from, if any. @example 'https://example.com/grafana' */
  readonly url: string;
  readonly token?: Revealed | undefined;
  /** Instead of a token, as for a preview. */
  readonly user?: string | undefined;
  readonly password?: Revealed | undefined;
  /** For user and password: the organisation, where it is not the user's current one. */
  readonly orgId?: string | undefined;
  /** PEM file of an authority that Node does not know. */
  readonly caFile?: string | undefined;
  /** Milliseconds for one request. Default: 30,000. */
  readonly timeout?: number | undefined;
  /** Waits between tries; tests make it short. */
  readonly sleep?: ((milliseconds: number, signal?: AbortSignal) => Promise<void>) | undefined;
  /** Replaces the network in tests. */
  readonly adapter?: AxiosAdapter | undefined;
}

export interface Ask {
  readonly body?: unknown;
  /** Statuses besides 2xx that the caller deals with. */
  readonly accept?: readonly number[];
  /** Whether it may be sent again without knowing what became of the first. Default: all but POST. */
  readonly repeat?: boolean;
  /** Default: 5. */
  readonly tries?: number;
  /** Milliseconds, where it should be less than for others. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Grafana's clock, in milliseconds. */
  readonly now: number;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Client {
  readonly url: string;
  /** Signed in by user and password, not by a token. */
  readonly byPassword: boolean;
  readonly pressure: Pressure;
  /** @throws TargetError for what is neither 2xx nor accepted, once it has been repeated as far as it may be. */
  request(method: Method, path: string, ask?: Ask): Promise<Answer>;
  /** Waits before the next try of something that the caller repeats itself. */
  pause(attempt: number, signal?: AbortSignal): Promise<void>;
  /** Requests sent, repetitions included. */
  requests(): number;
}

/** How often a request is sent at most. */
export const TRIES = 5;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 60_000;
const BUSY = new Set([429, 502, 503, 504]);

/** @throws TargetError if the certificate file can not be read. */
export function createClient(options: ConnectionOptions): Client {
  const url = options.url.replace(/\/+$/, '');
  const timeout = options.timeout ?? 30_000;
  const http = createHttp(url, timeout, options);
  const pressure = createPressure();
  const sleep = options.sleep ?? wait;
  let sent = 0;

  const once = async (method: Method, path: string, ask: Ask): Promise<Answer & { retryAfter: number | undefined }> => {
    sent += 1;
    const patience = Math.min(timeout, ask.timeout ?? timeout);
    try {
      const { status, data, headers } = await http.request<string>({
        method,
        url: path,
        timeout: patience,
        ...(ask.body === undefined ? {} : { data: JSON.stringify(ask.body) }),
      });
      if (status >= 300 && status < 400) throw redirected(url, String(headers['location'] ?? ''));
      const retryAfter = secondsOf(headers['retry-after']);
      const now = Date.parse(String(headers['date'] ?? '')) || Date.now();
      return { status, body: parseBody(url, path, status, data), now, retryAfter };
    } catch (error) {
      if (axios.isAxiosError(error)) throw connectionError(url, error.code ?? codeIn(error.message), patience / 1000);
      throw error;
    }
  };

  return {
    url,
    byPassword: options.token === undefined && options.user !== undefined,
    pressure,
    requests: () => sent,
    async request(method, path, ask = {}) {
      const repeat = ask.repeat ?? method !== 'POST';
      const tries = ask.tries ?? TRIES;
      for (let attempt = 1; ; attempt += 1) {
        let failure: Error;
        let pause = waitBefore(attempt);
        try {
          const answer = await once(method, path, ask);
          const { status, body } = answer;
          if ((status >= 200 && status < 300) || ask.accept?.includes(status) === true) return answer;
          failure = refusal(`${method} ${path.split('?')[0]}`, status, body);
          const busy = BUSY.has(status) || (status >= 500 && isLocked(body));
          if (busy || status >= 500) pressure.tooMuch();
          // A GET of a Grafana that stumbled is worth another try; a refused write only when it was too much.
          if (!busy && !(status >= 500 && method === 'GET')) throw failure;
          if (answer.retryAfter !== undefined) pause = answer.retryAfter * 1000;
        } catch (error) {
          if (!(error instanceof UnreachableError)) throw error;
          failure = error;
        }
        // 429 says that nothing was done, so that even a POST may come again.
        const again = repeat || (failure instanceof RefusedError && failure.status === 429);
        if (!again || attempt >= tries || pause > LONGEST_WAIT || isAborted(ask)) throw failure;
        await sleep(pause, ask.signal);
        if (isAborted(ask)) throw failure;
      }
    },
    pause: (attempt, signal) => sleep(waitBefore(attempt), signal),
  };
}

function isAborted({ signal }: Ask): boolean {
  return signal?.aborted === true;
}

/** Twice as long each time, and not in step with other runs. */
function waitBefore(attempt: number): number {
  return FIRST_WAIT * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
}

function createHttp(url: string, timeout: number, options: ConnectionOptions): AxiosInstance {
  const headers: Record<string, string> = { accept: 'application/json', 'content-type': 'application/json' };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token.reveal()}`;
  else if (options.user !== undefined) {
    const pair = `${options.user}:${options.password?.reveal() ?? ''}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    if (options.orgId !== undefined) headers['x-grafana-org-id'] = options.orgId;
  }
  const agent = { keepAlive: true, maxSockets: 8 };
  return axios.create({
    baseURL: url,
    headers,
    timeout,
    // A redirect would carry the token to another place; it is an error with a remedy instead.
    maxRedirects: 0,
    responseType: 'text',
    // Bodies are text in both directions; axios would parse what is sent once more.
    transformRequest: (data: unknown) => data,
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
    ...(isLoopback(url) ? { proxy: false } : {}),
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent({ ...agent, ...(options.caFile === undefined ? {} : { ca: readCa(options.caFile) }) }),
    ...(options.adapter === undefined ? {} : { adapter: options.adapter }),
  });
}

/** This machine itself: no proxy leads there. */
function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TargetError('G002', `the certificate file ${file} can not be read (${code})`, 'Correct GRAFANA_CA_FILE.');
  }
}

function parseBody(url: string, path: string, status: number, text: string): unknown {
  if (text === undefined || text === null || text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (status >= 400) return undefined;
    if (/^\s*</.test(text)) {
      throw new TargetError(
        'G013',
        `${url} answers ${path.split('?')[0]} with a web page instead of JSON`,
        'A login page or another server stands there: correct GRAFANA_URL, and add the sub-path Grafana is served from, such as /grafana.',
      );
    }
    // The answer was cut off: what became of the request is unknown.
    return cutOff(url, path);
  }
}

function cutOff(url: string, path: string): never {
  throw new UnreachableError(
    'G009',
    `${url} answered ${path.split('?')[0]} with JSON that is cut off`,
    'Something between here and Grafana breaks connections. Run the command again.',
  );
}

function redirected(url: string, location: string): TargetError {
  const place = location === '' ? 'another address' : location.split('?')[0];
  return new TargetError('G008', `${url} redirects to ${place}`, 'Set GRAFANA_URL to the address it redirects to.');
}

function isLocked(body: unknown): boolean {
  return /database is locked|deadlock/i.test(fieldsOf(body).message ?? '');
}

function secondsOf(header: unknown): number | undefined {
  const text = typeof header === 'string' ? header : undefined;
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, (until - Date.now()) / 1000);
}

function codeIn(message: string): string {
  return /timeout/i.test(message) ? 'ETIMEDOUT' : (/[A-Z][A-Z_]{4,}/.exec(message)?.[0] ?? 'connection failed');
}

async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
}
