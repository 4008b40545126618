/** Requests to one server: repetition of what may be repeated, and errors that say what to do. */

import { type ExplainedError, refused } from '../../model/explained-error.ts';
import { visible } from '../../model/outside-text.ts';
import { explain, type ServerName } from './explain.ts';
import { HttpFailure } from './failure.ts';
import { parseBounded } from './json.ts';
import { isLoopback } from './proxy.ts';
import { createTransport, type HttpAdapter } from './transport.ts';
import type { HttpWorld } from './world.ts';

/** A value that is shown only where it is sent. */
export interface Revealed {
  reveal(): string;
}

/** As whom a server is asked. */
export type Credential =
  | { readonly kind: 'bearer'; readonly token: Revealed }
  | { readonly kind: 'basic'; readonly user: string; readonly password: Revealed };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One server, and how it is asked. */
export interface HttpOptions {
  readonly server: ServerName;
  /** http or https, with the sub-path it is served from, if any; without user, parameters and fragment. */
  readonly url: string;
  readonly world: HttpWorld;
  readonly credential?: Credential | undefined;
  /** Sent with every request. What is secret among them belongs to `world.secrets` too. */
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM file of an authority that Node does not know. */
  readonly caFile?: string | undefined;
  /** Milliseconds from the request to the last byte of its answer. Default: 30,000. */
  readonly deadline?: number | undefined;
  /** Bytes of an answer, unpacked. Default: 64 MB. */
  readonly limit?: number | undefined;
  /** How often a request is sent at most. Default: 5. */
  readonly tries?: number;
  /** How often at most where the answer was late. Default: 2: what came too late once comes too late again. */
  readonly lateTries?: number;
  /** The error of an answer that is an error. Texts of the server go through `quote` first. */
  readonly refusal: (what: string, answer: HttpAnswer, quote: Http['quote']) => ExplainedError;
  /** Whether the answer means that the server has too much to do, and did nothing. Default: 429, 502, 503, 504. */
  readonly isBusy?: (answer: HttpAnswer) => boolean;
  /** Hears of every answer that means trouble: busy, or 5xx. */
  readonly onTrouble?: (answer: HttpAnswer) => void;
  /** Replaces the network in tests. */
  readonly adapter?: HttpAdapter | undefined;
}

export interface Ask {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form instead. */
  readonly form?: Readonly<Record<string, string>>;
  /** Statuses besides 2xx that the caller deals with. */
  readonly accept?: readonly number[];
  /** Whether it may be sent again without knowing what became of the first. Default: all but POST and PATCH. */
  readonly repeat?: boolean;
  readonly tries?: number;
  /** Milliseconds, where it should be another than for others. */
  readonly deadline?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** The parsed JSON; undefined for no body, and for an error whose body is something else. */
  readonly body: unknown;
  /** As it came. */
  readonly text: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
}

export interface Http {
  /** The address, without a slash at its end. */
  readonly url: string;
  /**
   * @param path begins with a slash
   *
   * @throws ExplainedError for what is neither 2xx nor accepted, once it has been repeated as far as it may be; its
   *   `cause` says what failed where there was no answer (`failureOf`).
   */
  request(method: Method, path: string, ask?: Ask): Promise<HttpAnswer>;
  /** Text of a server for a message: without secrets, in one line, with nothing unseen in it, at most 300 characters. */
  quote(text: string): string;
  /** Waits before the next try of something that the caller repeats itself. */
  pause(attempt: number, signal?: AbortSignal): Promise<void>;
  /** Requests sent, repetitions included. */
  requests(): number;
}

export const DEADLINE = 30_000;
/** 64 MB: 20,000 alert rules in one list; parsing it takes seconds, not minutes. */
const LIMIT = 64_000_000;
/** How often a request is sent at most. */
export const TRIES = 5;
const LATE_TRIES = 2;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 60_000;
const LONGEST_QUOTE = 300;
/** Too much to do, or not there yet: it was not done, or may be done again later. */
export const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Opens a server; nothing is sent or loaded yet. Every client of ours is made of this one.
 *
 * What is sent is registered with `world.secrets`. A credential that would travel in the clear is a warning (C026).
 * Redirects are not followed, so that no credential leaves for another host.
 *
 * @throws ExplainedError C003 (usage) for an address, a proxy or a credential that cannot be used, the server's code of
 *   TLS for a certificate file.
 *
 * @example
 * const http = openHttp({ server: GRAFANA, url: 'https://grafana.example.com', world, credential, refusal });
 * const { body } = await http.request('GET', '/api/health');
 */
export function openHttp(options: HttpOptions): Http {
  const { world, server } = options;
  const target = readAddress(options.url, server);
  const url = options.url.replace(/(?<!\/)\/+$/, '');
  const deadline = options.deadline ?? DEADLINE;
  const transport = createTransport({
    url: target,
    base: url,
    world,
    caFile: options.caFile,
    server,
    headers: {
      ...checkedHeaders({ ...options.headers }, server),
      ...credentialHeader(options.credential, world, server),
    },
    limit: options.limit ?? LIMIT,
    deadline,
    adapter: options.adapter,
  });
  if (options.credential !== undefined) warnInTheClear(target, server, world);
  const isBusy = options.isBusy ?? (({ status }: HttpAnswer) => BUSY.has(status));
  const quote = (text: string): string => shortened(visible(world.secrets.redact(text.slice(0, LONGEST_READ))));
  const waitBefore = (attempt: number): number => FIRST_WAIT * 2 ** (attempt - 1) * (0.75 + world.random() / 2);
  let sent = 0;

  const once = async (method: Method, path: string, ask: Ask): Promise<HttpAnswer> => {
    sent += 1;
    const { status, headers, text } = await transport.send({
      method,
      path,
      headers: { accept: 'application/json', ...contentType(ask) },
      body: bodyOf(ask),
      deadline: Math.min(ask.deadline ?? deadline, LONGEST_DEADLINE),
    });
    if (status >= 300 && status < 400) throw new HttpFailure('redirect', quote(placeOf(headers['location'])));
    const now = Date.parse(headers['date'] ?? '') || world.clock.now();
    return { status, headers, text, now, body: parseBody(status, text) };
  };

  return {
    url,
    quote,
    requests: () => sent,
    pause: (attempt, signal) => world.clock.sleep(waitBefore(attempt), signal),
    async request(method, path, ask = {}) {
      if (!path.startsWith('/')) throw new Error(`a path begins with a slash: ${path}`);
      const place = path.split('?')[0] ?? '';
      const repeat = ask.repeat ?? (method !== 'POST' && method !== 'PATCH');
      const tries = ask.tries ?? options.tries ?? TRIES;
      const seconds = (ask.deadline ?? deadline) / 1000;
      for (let attempt = 1; ; attempt += 1) {
        let failure: ExplainedError;
        let again = repeat;
        let pause = waitBefore(attempt);
        try {
          const answer = await once(method, path, ask);
          const { status } = answer;
          if ((status >= 200 && status < 300) || ask.accept?.includes(status) === true) return answer;
          failure = options.refusal(`${method} ${place}`, answer, quote);
          const busy = isBusy(answer);
          if (busy || status >= 500) options.onTrouble?.(answer);
          // A GET of a server that stumbled is worth another try; a refused write only when it was too much.
          if (!busy && !(status >= 500 && method === 'GET')) throw failure;
          // A limit says that nothing was done, so that even a POST may come again.
          again ||= status === 429 || status === 403;
          pause = retryAfter(answer) ?? pause;
        } catch (error) {
          if (!(error instanceof HttpFailure)) throw error;
          failure = explain(server, error, { address: url, path: place, seconds });
          again &&= error.passing && !(error.kind === 'late' && attempt >= (options.lateTries ?? LATE_TRIES));
        }
        if (!again || attempt >= tries || pause > LONGEST_WAIT || isAborted(ask)) throw failure;
        await world.clock.sleep(pause, ask.signal);
        if (isAborted(ask)) throw failure;
      }
    },
  };
}

/** Of a server's text that is looked at; the rest is never shown. */
const LONGEST_READ = 10_000;
/** The longest that a timer of Node takes, in milliseconds. */
const LONGEST_DEADLINE = 2 ** 31 - 1;

function isAborted({ signal }: Ask): boolean {
  return signal?.aborted === true;
}

/** The address of a server. @throws ExplainedError C003 (usage) if it is not http or https, or holds more than a path */
export function readAddress(url: string, server: ServerName): URL {
  // The parser takes blanks and controls off the ends; paths are put behind the address as it is.
  const parsed = URL.canParse(url) && !/[\s\p{Cc}]/u.test(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw refused('C003', server.addressSetting, 'is not an http or https address', 'Such as https://example.com');
  }
  if (parsed.username !== '' || parsed.password !== '' || /[?#]/.test(url)) {
    throw refused(
      'C003',
      server.addressSetting,
      'holds a user, a password, parameters or a fragment (#), which would show up in logs',
      'Credentials have settings of their own; the address ends with the path.',
    );
  }
  return parsed;
}

/** The header of a credential, which `world.secrets` then knows. @throws ExplainedError C003 if no header can carry it */
export function credentialHeader(
  credential: Credential | undefined,
  world: HttpWorld,
  server: ServerName,
): Record<string, string> {
  return checkedHeaders(authorization(credential, world), server);
}

function authorization(credential: Credential | undefined, { secrets }: HttpWorld): Record<string, string> {
  if (credential === undefined) return {};
  if (credential.kind === 'bearer') {
    const token = credential.token.reveal();
    secrets.add(token);
    return { authorization: `Bearer ${token}` };
  }
  const password = credential.password.reveal();
  const pair = `${credential.user}:${password}`;
  secrets.add(password);
  secrets.add(pair);
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Node refuses such a header with an error that quotes it. */
function checkedHeaders(headers: Readonly<Record<string, string>>, { name }: ServerName): Record<string, string> {
  for (const [header, value] of Object.entries(headers)) {
    if (/^[\x20-\x7e]*$/.test(value)) continue;
    const what = header === 'authorization' ? `the credential for ${name}` : `${header} for ${name}`;
    throw refused('C003', what, 'holds a sign that no HTTP header can carry', 'Copy it again: ASCII, in one line');
  }
  return { ...headers };
}

/** Warns where a credential travels without TLS to another machine. */
export function warnInTheClear(
  { protocol, hostname, host }: URL,
  { name, addressSetting }: ServerName,
  world: HttpWorld,
): void {
  if (protocol !== 'http:' || isLoopback(hostname)) return;
  world.warn({
    code: 'C026',
    level: 'warning',
    subject: addressSetting,
    message: `is http://${host}: the credential for ${name} travels in the clear, and whoever sees it may use it`,
    remedy: 'Use https, as soon as the server offers it.',
  });
}

function contentType({ body, form }: Ask): Record<string, string> {
  if (form !== undefined) return { 'content-type': 'application/x-www-form-urlencoded' };
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

function bodyOf({ body, form }: Ask): string | undefined {
  if (form !== undefined) return new URLSearchParams(form).toString();
  return body === undefined ? undefined : JSON.stringify(body);
}

function parseBody(status: number, text: string): unknown {
  if (text === '') return undefined;
  try {
    return parseBounded(text);
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
    if (status >= 400) return undefined;
    if (/^\s*</.test(text)) throw new HttpFailure('web page', 'a web page');
    if (!/^\s*[[{"]/.test(text)) throw new HttpFailure('web page', 'something else');
    // What became of the request is unknown.
    throw new HttpFailure('cut off');
  }
}

/** Where a redirect points, without what may be a secret of the page there. */
function placeOf(location: string | undefined): string {
  const place = location?.split(/[?#]/)[0]?.replace(/\/\/[^/@]*@/, '//') ?? '';
  return place === '' ? 'another address' : place;
}

/** Milliseconds, for both forms of the header; undefined where the server does not say. */
function retryAfter({ headers, now }: HttpAnswer): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.max(Number(text) * 1000, FIRST_WAIT);
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(until - now, FIRST_WAIT);
}

function shortened(text: string): string {
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}
