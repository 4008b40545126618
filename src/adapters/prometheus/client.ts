/** Queries to one Prometheus, or to what speaks like one: Mimir, Thanos, VictoriaMetrics. */

import pLimit from 'p-limit';
import { z } from 'zod';
import { parseJson } from '../model/json.ts';
import type { Point, Span } from '../model/time.ts';
import { connectionFailure, notPrometheus, PrometheusError, refusalFailure, timeoutFailure } from './errors.ts';

/** A value that is shown only where it is sent. */
interface Revealed {
  reveal(): string;
}

/** How to reach a Prometheus. */
export interface PrometheusOptions {
  /** With the prefix it is served from, if any. @example 'https://mimir.example.com/prometheus' */
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: Revealed | undefined;
  /** A bearer token; wins over user and password. */
  readonly token?: Revealed | undefined;
  /** Sent as `X-Scope-OrgID`: the tenant of Mimir, Cortex and Loki-like gateways; Thanos takes it where configured. */
  readonly tenant?: string | undefined;
  /** Milliseconds for one request. Default: 30,000. */
  readonly timeout?: number | undefined;
  /** The network. */
  readonly fetch: typeof fetch;
  /** Waits between tries; tests make it short. */
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** A series with its values at some times, in seconds since 1970. NaN and infinities are as Prometheus has them. */
export interface TimeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

/** What a query gave, and what Prometheus has to say about it. */
export interface Answer {
  readonly series: readonly TimeSeries[];
  /** The answer is not complete, or not to be trusted: a store that did not answer, a malformed bucket. */
  readonly warnings: readonly string[];
}

export interface Prometheus {
  /** The address, without credentials. */
  readonly address: string;
  /** A query at one time. */
  instant(expression: string, at: number): Promise<Answer>;
  /** A query at every step from one time to another, both included. */
  range(expression: string, span: Span & { readonly step: number }): Promise<Answer>;
  /** Requests sent, repetitions included. */
  requests(): number;
}

const TRIES = 3;
const FIRST_WAIT = 500;
/** Queries under way at once: a gate is no load test of Prometheus. */
const AT_ONCE = 4;

const sample = z.tuple([z.number(), z.string()]);
const answer = z.looseObject({
  status: z.literal('success'),
  warnings: z.array(z.string()).optional(),
  data: z.discriminatedUnion('resultType', [
    z.looseObject({
      resultType: z.literal('vector'),
      result: z.array(z.looseObject({ metric: z.record(z.string(), z.string()), value: sample })),
    }),
    z.looseObject({
      resultType: z.literal('matrix'),
      result: z.array(z.looseObject({ metric: z.record(z.string(), z.string()), values: z.array(sample) })),
    }),
  ]),
});
const failure = z.looseObject({ error: z.string() });

/**
 * Opens a Prometheus; nothing is sent yet.
 *
 * @example openPrometheus({ url: 'http://127.0.0.1:9090', fetch })
 */
export function openPrometheus(options: PrometheusOptions): Prometheus {
  const address = options.url.replace(/\/+$/, '');
  const timeout = options.timeout ?? 30_000;
  const sleep = options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
  const limit = pLimit(AT_ONCE);
  const headers = headersOf(options);
  let sent = 0;

  const once = async (path: string, parameters: Readonly<Record<string, string>>): Promise<Answer> => {
    sent += 1;
    let status: number;
    let text: string;
    try {
      // POST: expressions are longer than some proxies let an address be.
      const response = await options.fetch(`${address}${path}`, {
        method: 'POST',
        headers,
        body: new URLSearchParams(parameters).toString(),
        // A redirect would carry the credentials to another place.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') throw timeoutFailure(address, timeout / 1000);
      throw connectionFailure(address, error);
    }
    return parseAnswer(address, status, text);
  };

  const ask = (path: string, parameters: Readonly<Record<string, string>>): Promise<Answer> =>
    limit(async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(path, parameters);
        } catch (error) {
          if (!(error instanceof PrometheusError) || !error.passing || attempt === TRIES) throw error;
          await sleep(FIRST_WAIT * 2 ** (attempt - 1));
        }
      }
    });

  return {
    address,
    instant: (query, at) => ask('/api/v1/query', { query, time: String(at) }),
    range: (query, { from, until, step }) =>
      ask('/api/v1/query_range', { query, start: String(from), end: String(until), step: String(step) }),
    requests: () => sent,
  };
}

function headersOf({ token, user, password, tenant }: PrometheusOptions): Record<string, string> {
  const pair = user === undefined ? undefined : `${user}:${password?.reveal() ?? ''}`;
  const authorization =
    token !== undefined
      ? `Bearer ${token.reveal()}`
      : pair === undefined
        ? undefined
        : `Basic ${Buffer.from(pair).toString('base64')}`;
  return {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    ...(authorization === undefined ? {} : { authorization }),
    ...(tenant === undefined ? {} : { 'x-scope-orgid': tenant }),
  };
}

function parseAnswer(address: string, status: number, text: string): Answer {
  const body = parseJson(text);
  if (status < 200 || status >= 300) {
    const said = failure.safeParse(body);
    throw refusalFailure(address, status, said.success ? said.data.error : plain(text));
  }
  if (body === undefined) throw notPrometheus(address, /^\s*</.test(text) ? 'a web page' : 'something else than JSON');
  const parsed = answer.safeParse(body);
  if (!parsed.success) throw notPrometheus(address, 'JSON of another form');
  const { data, warnings = [] } = parsed.data;
  const series: TimeSeries[] =
    data.resultType === 'vector'
      ? data.result.map(({ metric, value }) => ({ labels: metric, points: [pointOf(value)] }))
      : data.result.map(({ metric, values }) => ({ labels: metric, points: values.map(pointOf) }));
  // Prometheus 2.49 to 2.54 put mere hints about PromQL among the warnings.
  return { series, warnings: warnings.filter((warning) => !warning.startsWith('PromQL info')) };
}

function pointOf([at, value]: readonly [number, string]): Point {
  const number =
    value === '+Inf' ? Number.POSITIVE_INFINITY : value === '-Inf' ? Number.NEGATIVE_INFINITY : Number(value);
  return { at, value: number };
}

/** An error that is no JSON: its first line, if it is no web page. */
function plain(text: string): string {
  return /^\s*</.test(text) ? '' : (text.trim().split('\n')[0] ?? '');
}
