/** Checks of what people write: services and the project. They run before anything is built. */
import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isDuration, toSeconds } from '../model/duration.ts';
import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import { type Catalog, dependencyAddress, type Service } from '../model/service.ts';
import { MAX_UID } from '../model/uid.ts';
import {
  label,
  matcherProblems,
  metricProfile,
  name,
  overlappingMetrics,
  positive,
  sharedMetrics,
} from './bindings.ts';
import { closest } from './closest.ts';
import { dimensionProblems, dimensionSlips } from './dimensions.ts';
import { onService as error } from './on-service.ts';
import { limitProblems, signalProblems } from './own-signals.ts';
import { slips } from './slips.ts';
import { thresholdProblems } from './thresholds.ts';
import { unbound } from './unbound.ts';

/** An owner that leaves a UID room for a service and what is said of it. */
const LONGEST_OWNER = 28;
/** What names of hosts and containers may have; Grafana's groups and files of every system take it too. */
const LONGEST_ID = 63;
/** Ids that mean something else: the overview's dashboard and the group of the project's own rules. */
const RESERVED = ['overview', 'project', 'services'];

const quantity = z.strictObject({ unit: z.string(), value: z.number() });
/** Connections are counted. */
const whole = z.union([z.number().int().positive(), z.literal('unlimited')]);
const pool = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('database'), name, maxConnections: whole }),
  z.strictObject({ kind: z.literal('http'), name, maxConnections: whole, address: name.optional() }),
]);
const service = z.strictObject({
  id: z.string(),
  title: name,
  team: name,
  tier: z.enum(['edge', 'internal']),
  metrics: metricProfile,
  databases: z.array(z.strictObject({ name, system: name })),
  pools: z.array(pool),
  dependencies: z.array(
    z.union([
      z.strictObject({ service: name, address: name.optional() }),
      z.strictObject({ external: name, title: name.optional() }),
    ]),
  ),
  thresholds: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), quantity]))),
  limits: z.array(
    z.strictObject({
      signal: z.strictObject({ id: z.string() }),
      limit: z.strictObject({
        above: quantity.optional(),
        atLeast: quantity.optional(),
        below: quantity.optional(),
        for: z.string().optional(),
      }),
    }),
  ),
  source: z.string(),
});

const duration = z.string().refine(isDuration, 'is not a duration such as 30s or 2m');
const lasting = duration.refine((text) => !isDuration(text) || toSeconds(text) > 0, 'is no time at all');
/** Facts of the project that everything is made of. */
const otherFacts = z.looseObject({
  system: name,
  team: name,
  folder: z.looseObject({ title: name }),
  dataSource: z.looseObject({ uid: name, name }),
  // A value is looked for in the last five minutes: with longer intervals one lost scrape is a gap everywhere.
  scrapeInterval: lasting.refine((text) => !isDuration(text) || toSeconds(text) <= 120, 'is longer than 2m'),
  dimensions: z.array(z.strictObject({ label, values: z.array(name).min(1).optional() })).optional(),
  histogramBoundaries: z.looseObject({ server: z.array(positive).min(1), database: z.array(positive).min(1) }),
  repository: z.looseObject({
    url: z
      .url({ protocol: /^https?$/, error: 'is not an http or https address' })
      .refine((url) => !url.endsWith('/'), 'ends with a slash, and paths are put behind it'),
    branch: name,
  }),
  notifications: z.looseObject({
    groupWait: z.looseObject({ critical: duration, warning: duration }),
    groupInterval: lasting,
    repeatInterval: lasting,
  }),
  previewWebhook: z.url({ protocol: /^https?$/, error: 'is not an http or https address' }),
});

/** All that is wrong with the facts. */
export function validateFacts(catalog: Catalog, project: Project): readonly Diagnostic[] {
  const listed = catalog.services.filter(isListed);
  const wrong = new Map(listed.map((each) => [each, shape(each)]));
  // Facts of the wrong shape cannot be looked into further; those of others can.
  const sound = listed.filter((each) => wrong.get(each)?.length === 0);
  return [
    ...projectProblems(project),
    ...dimensionProblems(project),
    ...signalProblems(catalog, project),
    ...(listed.length === catalog.services.length ? [] : [noService()]),
    ...[...wrong.values()].flat(),
    ...sound.flatMap((each) => {
      const thresholds = thresholdProblems(each, project);
      return [
        ...idProblems(each),
        ...thresholds,
        ...poolProblems(each),
        ...matcherProblems(each),
        ...unbound(each),
        ...dimensionSlips(each, project),
        ...limitProblems(each, catalog, project),
        // What cannot be right at all needs no guess at what was meant.
        ...(thresholds.length === 0 ? slips(each) : []),
      ];
    }),
    ...duplicateIds({ services: sound }),
    ...sharedMetrics(sound),
    ...overlappingMetrics(sound),
    ...sound.flatMap((each) => dependencyProblems(each, { services: listed })),
  ];
}

/** Two files that import each other leave a hole in the list. */
function isListed(each: Service | undefined): each is Service {
  return typeof each === 'object' && each !== null;
}

function noService(): Diagnostic {
  return {
    code: 'F001',
    level: 'error',
    file: 'services/',
    subject: 'the list of services',
    message: 'holds something that is not a service',
    remedy: 'List what the files export; service files must not import each other.',
  };
}

function shape(each: Service): Diagnostic[] {
  const parsed = service.safeParse(each);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    const near = issue.code === 'unrecognized_keys' ? nearKeys(issue.keys, issue.path) : '';
    return error(
      'F001',
      each,
      `has a wrong fact${path === '' ? '' : ` at ${path}`}: ${issue.message}`,
      `${near}The type ServiceFacts explains every fact; tsc --noEmit shows the line.`,
    );
  });
}

/** What misspelt keys were most likely meant to be, by the keys that may stand at their place. */
function nearKeys(keys: readonly string[], path: readonly PropertyKey[]): string {
  const known = [...new Set(keysAt(service, path))];
  return keys
    .flatMap((key) => {
      const near = closest(key, known);
      return near === undefined ? [] : [`Did you mean "${near}"? `];
    })
    .join('');
}

/** The keys of a schema's objects at a place, of every form that the place may have. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodArray) return keysAt(schema.element, path.slice(1));
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path));
  if (!(schema instanceof z.ZodObject)) return [];
  const shapeOf = schema.shape as Readonly<Record<string, unknown>>;
  const [key, ...rest] = path;
  return key === undefined ? Object.keys(shapeOf) : keysAt(shapeOf[String(key)], rest);
}

function projectProblems(project: Project): Diagnostic[] {
  const { owner, mark, evaluationInterval, folder } = project;
  const problems: Diagnostic[] = [];
  const at = (code: string, message: string, remedy: string) =>
    problems.push({ code, level: 'error', file: 'grafana.config.ts', subject: 'project', message, remedy });
  if (!/^[a-z][a-z0-9]*$/.test(owner))
    at(
      'F010',
      `has the owner "${owner}", which is not lower-case letters and digits`,
      'Choose one without a hyphen: UIDs are taken apart at hyphens.',
    );
  if (owner.length > LONGEST_OWNER)
    at(
      'F010',
      `has an owner of ${owner.length} characters, which is longer than ${LONGEST_OWNER}`,
      `Choose a shorter one: it stands before each UID, and those have at most ${MAX_UID}.`,
    );
  if (!folder.uid.startsWith(`${mark}-`) || folder.uid.length > MAX_UID)
    at(
      'F011',
      `has the folder UID "${folder.uid}", which does not begin with "${mark}-" or is longer than ${MAX_UID}`,
      `Name it such as ${mark}-services.`,
    );
  const seconds = isDuration(evaluationInterval) ? toSeconds(evaluationInterval) : 0;
  if (seconds === 0 || seconds % 10 !== 0)
    at(
      'F012',
      `evaluates every ${evaluationInterval}, which is not a multiple of 10 s`,
      'Grafana accepts 10s, 30s, 1m …',
    );
  const parsed = otherFacts.safeParse(project);
  for (const { path, message } of parsed.success ? [] : parsed.error.issues)
    at(
      'F013',
      `has a wrong fact at ${path.map(String).join('.')}: ${message}`,
      'The type ProjectFacts explains every fact.',
    );
  return problems;
}

function idProblems(each: Service): Diagnostic[] {
  const { id } = each;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    return [
      error(
        'F002',
        each,
        `has the id "${id}", which is not lower-case letters, digits and single hyphens`,
        'Write it such as order-history.',
      ),
    ];
  if (id.length > LONGEST_ID)
    return [
      error(
        'F002',
        each,
        `has an id of ${id.length} characters, and names of hosts have at most ${LONGEST_ID}`,
        `Use at most ${LONGEST_ID} characters.`,
      ),
    ];
  if (RESERVED.includes(id))
    return [
      error('F002', each, `has the id "${id}", which names something of the project itself`, 'Choose another id.'),
    ];
  return [];
}

function duplicateIds({ services }: Catalog): Diagnostic[] {
  return [...groupBy(services, ({ id }) => id).values()].flatMap(([first, ...others]) =>
    others.map((other) =>
      error(
        'F003',
        other,
        `has the same id as the service in ${first?.source ?? '?'}`,
        'Give each service an id of its own.',
      ),
    ),
  );
}

function dependencyProblems(each: Service, { services }: Catalog): Diagnostic[] {
  const known = services.map(({ id }) => id);
  const unknown = each.dependencies.flatMap((dependency) => {
    if (!('service' in dependency) || known.includes(dependency.service)) return [];
    const near = closest(
      dependency.service,
      // Neither itself nor what it calls already can be what was meant.
      known.filter((id) => id !== each.id && !each.dependencies.some((one) => 'service' in one && one.service === id)),
    );
    return [
      error(
        'F004',
        each,
        `depends on "${dependency.service}", which no service defines`,
        `${near === undefined ? '' : `Did you mean "${near}"? `}Services: ${known.join(', ')}. Something outside is { external: 'address' }.`,
      ),
    ];
  });
  const itself = each.dependencies.some((dependency) => 'service' in dependency && dependency.service === each.id);
  const twice = [...groupBy(each.dependencies, dependencyAddress)].filter(([, members]) => members.length > 1);
  return [
    ...unknown,
    ...(itself ? [error('F014', each, 'depends on itself', 'Leave it out: its own panels show it.')] : []),
    ...twice.map(([address]) =>
      error('F014', each, `depends on "${address}" twice`, 'State each dependency once: its address tells them apart.'),
    ),
  ];
}

function poolProblems(each: Service): Diagnostic[] {
  return [...sameName(each), ...sameCalls(each), ...sameDatabase(each)];
}

function sameDatabase(each: Service): Diagnostic[] {
  return [...groupBy(each.databases, ({ name: database, system }) => `${system} ${database}`)].flatMap(
    ([key, members]) =>
      members.length > 1
        ? [error('F009', each, `has two databases named "${key}"`, 'State each once, by its name in the metrics.')]
        : [],
  );
}

/** Outbound pools are distinguished by the address that they are for; without one, a pool is for all calls. */
function sameCalls(each: Service): Diagnostic[] {
  const pools = each.pools.filter((pool) => pool.kind === 'http');
  const clashes = pools.flatMap((pool, index) => {
    const other = pools
      .slice(0, index)
      .find(({ address }) => address === undefined || pool.address === undefined || address === pool.address);
    return other === undefined ? [] : [[other.name, pool.name] as const];
  });
  return clashes
    .filter(([first, second]) => first !== second)
    .map(([first, second]) =>
      error(
        'F009',
        each,
        `has two http pools that cannot be distinguished: "${first}" and "${second}"`,
        'Give each the address of the dependency that it is for, or declare one pool for all calls.',
      ),
    );
}

function sameName(each: Service): Diagnostic[] {
  return [...groupBy(each.pools, ({ name: poolName, kind }) => `${kind} ${poolName}`)].flatMap(([key, members]) =>
    members.length > 1
      ? [error('F009', each, `has two pools named "${key}"`, 'Name each pool as its metrics do.')]
      : [],
  );
}
