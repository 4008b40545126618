/** The shape of a service's metric bindings, and whether their matchers can find what they are for. */
import { z } from 'zod';
import type { AnyBinding } from '../metrics/bindings.ts';
import { bindingOf, requestsOf } from '../metrics/requests.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { groupBy } from '../model/group-by.ts';
import type { Matcher } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import { onService as error } from './on-service.ts';

/** Names stand in labels, titles and templates of Grafana. */
export const name = z
  .string()
  .refine((text) => text.trim() !== '', 'is empty')
  .refine((text) => text === text.trim(), 'begins or ends with a blank, which Grafana takes away')
  .refine((text) => !/\p{Cc}/u.test(text), 'holds a line break or another control character')
  .refine((text) => !text.includes('{{'), 'holds {{, which Grafana takes for a template');
/** No maximum and no limit is 0, negative or infinite. */
export const positive = z.number().positive();
/** A label that Prometheus 3 takes beside the usual ones stands in quotation marks. */
const MATCHER = /^(?:[A-Za-z_]\w*|"[^"\\\n]+")\s*(=~|!~|!=|=)\s*"((?:[^"\\\n]|\\.)*)"$/;
const LABEL = /^(?:[A-Za-z_]\w*|"[^"\\]+")/;
const matcher = z
  .string()
  .refine((text) => MATCHER.test(text), 'is not a matcher such as job="acme/payments"')
  .refine((text) => !/^\w*=""$/.test(text), 'matches series without the label');
const failed = z.string().refine((text) => MATCHER.test(text), 'is not a matcher such as status!~"[1-4].."');
const metric = z.string().regex(/^[A-Za-z_:][\w:./-]*$/, 'is not the name of a metric');
export const label = z.string().regex(/^[A-Za-z_][\w./-]*$/, 'is not the name of a label');
const lacks = z.array(label).optional();
const series = z.strictObject({ name: metric, matchers: z.array(matcher).min(1), lacks });
const histogram = series.extend({
  unit: z.enum(['s', 'ms']).optional(),
  buckets: z.union([z.literal('native'), z.array(positive).min(1)]).optional(),
});
const requests = z.strictObject({
  requests: z.union([z.strictObject({ counter: series }), z.strictObject({ countOf: z.literal('latency') })]),
  failures: z.union([z.strictObject({ where: failed }), z.strictObject({ counter: series })]).optional(),
  latency: histogram.optional(),
});
const database = requests.extend({
  operation: label.optional(),
  system: label.optional(),
  namespace: label.optional(),
});
const limit = z.union([series, positive, z.literal('none')]);
const databasePool = z.strictObject({
  pool: label,
  used: series,
  max: series.optional(),
  waiting: z.union([z.strictObject({ gauge: series }), z.strictObject({ seconds: series })]).optional(),
  waitTime: histogram.optional(),
  useTime: histogram.optional(),
  timeouts: series.optional(),
});

/** The bindings of a service. Unknown ones are refused: a misspelt one would be used by nothing. */
export const metricProfile = z.strictObject({
  convention: name,
  server: requests.extend({ route: label.optional(), status: label.optional() }).optional(),
  client: requests.extend({ address: label }).optional(),
  database: database.optional(),
  databases: z.record(z.string(), database).optional(),
  databasePool: databasePool.optional(),
  databasePools: z.record(z.string(), databasePool).optional(),
  httpPool: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('gauge'), used: series, address: label }),
      z.strictObject({ kind: z.literal('littles-law') }),
    ])
    .optional(),
  cpu: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('container'),
        usage: series,
        limit,
        throttled: z.strictObject({ periods: series, total: series }).optional(),
      }),
      z.strictObject({ kind: z.literal('process-seconds'), usage: series, limitCores: positive }),
      z.strictObject({ kind: z.literal('utilisation'), usage: series }),
    ])
    .optional(),
  memory: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('container'), usage: series, limit }),
      z.strictObject({ kind: z.literal('ratio'), usage: series, limit: series }),
      z.strictObject({ kind: z.literal('declared'), usage: series, limitBytes: positive }),
    ])
    .optional(),
  runtime: z
    .strictObject({ title: name, unit: z.enum(['seconds', 'ratio']), kind: z.enum(['gauge', 'counter']), series })
    .optional(),
  restarts: z.strictObject({ kind: z.enum(['counter', 'start-time']), series }).optional(),
  version: z.strictObject({ series, label }).optional(),
});

/** Values of all kinds of labels: a pattern that takes all of them, or none, tells nothing apart. */
const SAMPLES = [
  '',
  '200',
  '2xx',
  '404',
  '500',
  '5xx',
  'OK',
  'Internal',
  'timeout',
  'none',
  'acme/payments',
  'a-b.c_d',
];

/** Matchers that are right PromQL and find nothing, or everything: their alerts are silent, or about others. */
export function matcherProblems(each: Service): Diagnostic[] {
  return bindingsIn(each.metrics, 'metrics').flatMap(({ place, matchers, failed: failing }) => [
    ...matchers.flatMap((text) => {
      const fault = faultOf(text);
      return fault === undefined ? [] : [found(each, place, text, fault)];
    }),
    ...contradictions(matchers).map((text) => found(each, place, text, 'can never hold together')),
    ...(failing === undefined || !['finds every series', 'finds no series'].includes(faultOf(failing) ?? '')
      ? []
      : [found(each, `${place}.where`, failing, faultOf(failing) ?? '')]),
  ]);
}

function found(each: Service, place: string, text: string, fault: string): Diagnostic {
  return error(
    'F018',
    each,
    `has a matcher at ${place} that ${fault}: ${text}`,
    'Its alerts would be silent, or about other services. Name the series as the metrics do.',
  );
}

function faultOf(text: Matcher): string | undefined {
  const [, operator = '', value = ''] = MATCHER.exec(text) ?? [];
  if (operator === '=') {
    return /\.\*|\.\+|[|^$]|\[[^\]]*\]/.test(value)
      ? 'has signs of a pattern, and compares letter by letter'
      : undefined;
  }
  if (operator === '!=') return undefined;
  const taken = SAMPLES.filter((sample) => matches(value, sample));
  if (taken.length === 0 && matches(value, '')) return 'finds no series';
  if (taken.length === SAMPLES.length) return operator === '=~' ? 'finds every series' : 'finds no series';
  // Everything but series without the label.
  if (taken.length === SAMPLES.length - 1 && !taken.includes('') && operator === '=~') return 'finds every series';
  return undefined;
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern.replace(/\\\\/g, '\\')})$`).test(text);
  } catch {
    return false;
  }
}

/** Two values of one label: no series has both. */
function contradictions(matchers: readonly Matcher[]): string[] {
  const exact = matchers.flatMap((text) => {
    const [, name_ = '', value = ''] = /^([\w".]+)\s*=\s*"(.*)"$/.exec(text) ?? [];
    return name_ === '' ? [] : [{ text, name: name_, value }];
  });
  return [...groupBy(exact, (one) => one.name).values()].flatMap((same) =>
    new Set(same.map(({ value }) => value)).size > 1 ? [same.map(({ text }) => text).join(', ')] : [],
  );
}

interface Binding {
  readonly place: string;
  readonly matchers: readonly Matcher[];
  readonly failed: Matcher | undefined;
}

function bindingsIn(value: unknown, place: string): Binding[] {
  if (typeof value !== 'object' || value === null) return [];
  const { matchers = [], where } = value as { matchers?: readonly Matcher[]; where?: Matcher };
  const inner = Object.entries(value).flatMap(([key, one]) =>
    Array.isArray(one) ? [] : bindingsIn(one, `${place}.${key}`),
  );
  return matchers.length > 0 || where !== undefined ? [{ place, matchers, failed: where }, ...inner] : inner;
}

/**
 * A service that finds all requests of another one too, by fewer or wider matchers: job="a" beside job="a",env="prod",
 * or job=~"acme/.*" beside job="acme/a". Where it is about the whole, as a fleet is, that is meant.
 */
export function overlappingMetrics(services: readonly Service[]): Diagnostic[] {
  const byName = groupBy(answering(services), ({ requests: { name: metricName } }) => metricName);
  return [...byName.values()].flatMap((same) => {
    const parsed = same.map((one) => ({
      ...one,
      matchers: one.requests.matchers.map(partsOf),
      text: textOf(one.requests.matchers),
    }));
    return parsed.flatMap((wide) => {
      const inside = parsed.find(
        (narrow) =>
          narrow.service.id !== wide.service.id &&
          // Those are an error of their own.
          narrow.text !== wide.text &&
          covers(wide.matchers, narrow.matchers),
      );
      if (inside === undefined) return [];
      const problem = error(
        'F019',
        wide.service,
        `finds its requests by ${wide.requests.matchers.join(',')}, and those of ${inside.service.id} are among them`,
        'Give each a matcher that tells them apart. If it is about both, leave it: nothing is stopped.',
      );
      return [{ ...problem, level: 'warning' as const }];
    });
  });
}

interface MatcherParts {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

function partsOf(text: Matcher): MatcherParts {
  const [, operator = '', value = ''] = MATCHER.exec(text) ?? [];
  return { label: LABEL.exec(text)?.[0] ?? '', operator, value };
}

/** A service with what counts its requests. */
interface Answering {
  readonly service: Service;
  readonly requests: AnyBinding;
}

function answering(services: readonly Service[]): readonly Answering[] {
  return services.flatMap((service) => {
    const { server } = service.metrics;
    return server === undefined ? [] : [{ service, requests: bindingOf(requestsOf(server)) }];
  });
}

/** Matchers in any order. */
function textOf(matchers: readonly Matcher[]): string {
  return [...matchers].sort().join();
}

/** Whether what the narrow matchers find is sure to be found by the wide ones: each holds for what they fix. */
function covers(wide: readonly MatcherParts[], narrow: readonly MatcherParts[]): boolean {
  return wide.every(({ label: name_, operator, value }) =>
    narrow.some((fixed) => {
      if (fixed.label !== name_) return false;
      if (fixed.operator === operator && fixed.value === value) return true;
      return fixed.operator === '=' && holds(operator, value, fixed.value);
    }),
  );
}

function holds(operator: string, value: string, text: string): boolean {
  switch (operator) {
    case '=':
      return value === text;
    case '!=':
      return value !== text;
    case '=~':
      return matches(value, text);
    default:
      return !matches(value, text);
  }
}

/** Two services that find the same requests alert about each other, and staging pages production. */
export function sharedMetrics(services: readonly Service[]): Diagnostic[] {
  const key = ({ requests: { name: metricName, matchers } }: Answering) =>
    `${metricName}{${[...matchers].sort().join(',')}}`;
  return [...groupBy(answering(services), key)].flatMap(([selector, [first, ...others]]) =>
    others
      .filter(({ service }) => service.id !== first?.service.id)
      .map((other) =>
        error(
          'F019',
          other.service,
          `finds its requests by ${selector}, and so does ${first?.service.id ?? '?'}`,
          'Give each its own job, or a matcher that tells them apart.',
        ),
      ),
  );
}
