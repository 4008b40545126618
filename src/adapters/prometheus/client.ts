/** Queries to one Prometheus, or to what speaks like one: Mimir, Thanos, VictoriaMetrics. */

import pLimit from 'p-limit';
import { z } from 'zod';
import type { Answer, Prometheus, TimeSeries } from '../../model/prometheus.ts';
import type { Point } from '../../model/time.ts';
import { type Credential, type HttpAnswer, type HttpWorld, openHttp, type Revealed } from '../http/index.ts';
import { notPrometheus, PROMETHEUS, refusalOf } from './errors.ts';

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
  /** PEM file of an authority that Node does not know. */
  readonly caFile?: string | undefined;
  /** Milliseconds for one query, to the last byte of its answer. Default: 30,000. */
  readonly deadline?: number | undefined;
  /** Of the command: environment, time, secrets, warnings. */
  readonly world: HttpWorld;
}

const TRIES = 3;
/** A tenant this long, with digits, is made like a key, and kept like one. */
const KEY_LIKE = 16;
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
 * @throws ExplainedError C003 (usage) for an address, a certificate file, a proxy or a token that cannot be used.
 *
 * @example openPrometheus({ url: 'http://127.0.0.1:9090', world })
 */
export function openPrometheus(options: PrometheusOptions): Prometheus {
  const { url, tenant, world } = options;
  if (tenant !== undefined && tenant.length >= KEY_LIKE && /\d/.test(tenant)) world.secrets.add(tenant);
  const http = openHttp({
    server: PROMETHEUS,
    url,
    world,
    credential: credentialOf(options),
    headers: tenant === undefined ? {} : { 'x-scope-orgid': tenant },
    caFile: options.caFile,
    deadline: options.deadline,
    tries: TRIES,
    lateTries: 1,
    refusal: (_, answer, quote) => refusalOf(http.url, answer.status, quote(saidBy(answer))),
  });
  const limit = pLimit(AT_ONCE);
  // POST, because expressions are longer than some proxies let an address be; a query changes nothing.
  const ask = (path: string, form: Readonly<Record<string, string>>): Promise<Answer> =>
    limit(async () => parseAnswer(http.url, await http.request('POST', path, { form, repeat: true })));

  return {
    address: http.url,
    instant: (query, at) => ask('/api/v1/query', { query, time: String(at) }),
    range: (query, { from, until, step }) =>
      ask('/api/v1/query_range', { query, start: String(from), end: String(until), step: String(step) }),
    requests: http.requests,
  };
}

function credentialOf({ token, user, password }: PrometheusOptions): Credential | undefined {
  if (token !== undefined) return { kind: 'bearer', token };
  return user === undefined ? undefined : { kind: 'basic', user, password: password ?? { reveal: () => '' } };
}

function parseAnswer(address: string, { body }: HttpAnswer): Answer {
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

/** What an error answer says: in its JSON, or in its first line, if it is not a web page. */
function saidBy({ body, text }: HttpAnswer): string {
  const said = failure.safeParse(body);
  if (said.success) return said.data.error;
  return /^\s*</.test(text) ? '' : (text.trim().split('\n', 1)[0] ?? '');
}

function pointOf([at, value]: readonly [number, string]): Point {
  const number =
    value === '+Inf' ? Number.POSITIVE_INFINITY : value === '-Inf' ? Number.NEGATIVE_INFINITY : Number(value);
  return { at, value: number };
}
