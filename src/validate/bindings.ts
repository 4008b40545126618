/** The shape of a service's metric bindings, and whether their matchers can find what they are for. */
import { z } from 'zod';
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
const MATCHER = /^[A-Za-z_]\w*\s*(=~|!~|!=|=)\s*"((?:[^"\\\n]|\\.)*)"$/;
const matcher = z
  .string()
  .refine((text) => MATCHER.test(text), 'is not a matcher such as job="acme/payments"')
  .refine((text) => !/^\w*=""$/.test(text), 'matches series without the label');
const failed = z.string().refine((text) => MATCHER.test(text), 'is not a matcher such as status!~"[1-4].."');
const metric = z.string().regex(/^[A-Za-z_:][\w:]*$/, 'is not the name of a metric');
const label = z.string().regex(/^[A-Za-z_]\w*$/, 'is not the name of a label');
const series = z.strictObject({ name: metric, matchers: z.array(matcher).min(1) });

/** The bindings of a service. Unknown ones are refused: a misspelt one would be used by nothing. */
export const metricProfile = z.strictObject({
  convention: name,
  server: series.extend({ failed, route: label, status: label }),
  client: series.extend({ failed, address: label }),
  database: series.extend({ failed, operation: label }),
  databasePool: z.strictObject({
    pool: label,
    used: series,
    max: series.optional(),
    waiting: series.optional(),
    waitTime: series.optional(),
    useTime: series.optional(),
    timeouts: series.optional(),
  }),
  httpPool: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('gauge'), used: series, address: label }),
    z.strictObject({ kind: z.literal('littles-law') }),
  ]),
  cpu: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('container'),
      usage: series,
      limit: series,
      throttled: z.strictObject({ periods: series, total: series }).optional(),
    }),
    z.strictObject({ kind: z.literal('process-seconds'), usage: series, limitCores: positive }),
    z.strictObject({ kind: z.literal('utilisation'), usage: series }),
  ]),
  memory: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('container'), usage: series, limit: series }),
    z.strictObject({ kind: z.literal('ratio'), usage: series, limit: series }),
    z.strictObject({ kind: z.literal('declared'), usage: series, limitBytes: positive }),
  ]),
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
      : [found(each, `${place}.failed`, failing, faultOf(failing) ?? '')]),
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
    const [, name_ = '', value = ''] = /^(\w+)\s*=\s*"(.*)"$/.exec(text) ?? [];
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
  const { matchers, failed: failing } = value as { matchers?: readonly Matcher[]; failed?: Matcher };
  const inner = Object.entries(value).flatMap(([key, one]) =>
    Array.isArray(one) ? [] : bindingsIn(one, `${place}.${key}`),
  );
  return Array.isArray(matchers) ? [{ place, matchers, failed: failing }, ...inner] : inner;
}

/**
 * A service that finds all requests of another one too, by fewer or wider matchers: job="a" beside job="a",env="prod",
 * or job=~"acme/.*" beside job="acme/a". Where it is about the whole, as a fleet is, that is meant.
 */
export function overlappingMetrics(services: readonly Service[]): Diagnostic[] {
  const byName = groupBy(services, ({ metrics: { server } }) => server.name);
  return [...byName.values()].flatMap((same) => {
    const parsed = same.map((service) => ({ service, matchers: service.metrics.server.matchers.map(partsOf) }));
    return parsed.flatMap((wide) => {
      const inside = parsed.find(
        (narrow) =>
          narrow.service.id !== wide.service.id && !sameText(narrow, wide) && covers(wide.matchers, narrow.matchers),
      );
      if (inside === undefined) return [];
      const problem = error(
        'F019',
        wide.service,
        `finds its requests by ${wide.service.metrics.server.matchers.join(',')}, and those of ${inside.service.id} are among them`,
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
  return { label: /^\w+/.exec(text)?.[0] ?? '', operator, value };
}

type Parsed = { readonly service: Service };

/** Those are an error of their own. */
function sameText(one: Parsed, other: Parsed): boolean {
  const text = ({ service }: Parsed) => [...service.metrics.server.matchers].sort().join();
  return text(one) === text(other);
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
  const key = ({ metrics: { server } }: Service) => `${server.name}{${[...server.matchers].sort().join(',')}}`;
  return [...groupBy(services, key)].flatMap(([selector, [first, ...others]]) =>
    others
      .filter(({ id }) => id !== first?.id)
      .map((other) =>
        error(
          'F019',
          other,
          `finds its requests by ${selector}, and so does ${first?.id ?? '?'}`,
          'Give each its own job, or a matcher that tells them apart.',
        ),
      ),
  );
}
