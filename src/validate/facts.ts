/** Checks of what people write: services and the project. They run before anything is built. */
import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isDuration, toSeconds } from '../model/duration.ts';
import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import type { Catalog, Service } from '../model/service.ts';
import { closest } from './closest.ts';
import { onService as error } from './on-service.ts';
import { thresholdProblems } from './thresholds.ts';

/** Grafana refuses longer UIDs. */
export const MAX_UID = 40;
/** The longest end of a rule's UID, with its hyphen: `-dependency`. */
const LONGEST_SLUG = '-dependency'.length;
/** Ids that mean something else: the overview's dashboard and the group of the project's own rules. */
const RESERVED = ['overview', 'project', 'services'];

/** Names stand in labels, titles and templates of Grafana. */
const name = z
  .string()
  .refine((text) => text.trim() !== '', 'is empty')
  .refine((text) => !/\p{Cc}/u.test(text), 'holds a line break or another control character')
  .refine((text) => !text.includes('{{'), 'holds {{, which Grafana takes for a template');
const positive = z.number().positive();
const matcher = z.string().refine((text) => !/^\w*=?""$/.test(text), 'matches series without the label');
const series = z.strictObject({ name, matchers: z.array(matcher).min(1) });
const quantity = z.strictObject({ unit: z.string(), value: z.number() });
const pool = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('database'), name, maxConnections: positive }),
  z.strictObject({ kind: z.literal('http'), name, maxConnections: positive, address: name.optional() }),
]);
const service = z.strictObject({
  id: z.string(),
  title: name,
  team: name,
  tier: z.enum(['edge', 'internal']),
  metrics: z.looseObject({
    convention: name,
    server: series.loose(),
    client: series.loose(),
    database: series.loose(),
    databasePool: z.looseObject({ pool: name, used: series.loose() }),
    httpPool: z.looseObject({ kind: z.string() }),
    cpu: z.looseObject({ kind: z.string() }),
    memory: z.looseObject({ kind: z.string() }),
  }),
  databases: z.array(z.strictObject({ name, system: name })),
  pools: z.array(pool),
  dependencies: z.array(
    z.union([
      z.strictObject({ service: name, address: name.optional() }),
      z.strictObject({ external: name, title: name.optional() }),
    ]),
  ),
  thresholds: z.record(z.string(), z.record(z.string(), z.union([z.string(), quantity]))),
  source: z.string(),
});

/** All that is wrong with the facts. */
export function validateFacts(catalog: Catalog, project: Project): readonly Diagnostic[] {
  const shapes = catalog.services.flatMap(shape);
  // Facts of the wrong shape can not be looked into further.
  if (shapes.length > 0) return [...projectProblems(project), ...shapes];
  return [
    ...projectProblems(project),
    ...catalog.services.flatMap((each) => [
      ...idProblems(each, project),
      ...thresholdProblems(each, project),
      ...poolProblems(each),
    ]),
    ...duplicateIds(catalog),
    ...catalog.services.flatMap((each) => dependencyProblems(each, catalog)),
  ];
}

function shape(each: Service): Diagnostic[] {
  const parsed = service.safeParse(each);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const path = issue.path.map(String).join('.');
    return error(
      'F001',
      each,
      `has a wrong fact${path === '' ? '' : ` at ${path}`}: ${issue.message}`,
      'The type ServiceFacts in src/model/service.ts explains every fact; npm run check shows the line.',
    );
  });
}

function projectProblems({ owner, evaluationInterval, folder }: Project): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const at = (code: string, message: string, remedy: string) =>
    problems.push({ code, level: 'error', file: 'src/project.ts', subject: 'project', message, remedy });
  if (!/^[a-z][a-z0-9]*$/.test(owner))
    at(
      'F010',
      `has the owner "${owner}", which is not lower-case letters and digits`,
      'Choose one without a hyphen: UIDs are taken apart at hyphens.',
    );
  if (!folder.uid.startsWith(`${owner}-`) || folder.uid.length > MAX_UID)
    at(
      'F011',
      `has the folder UID "${folder.uid}", which does not begin with "${owner}-" or is longer than ${MAX_UID}`,
      `Name it such as ${owner}-services.`,
    );
  if (!isDuration(evaluationInterval) || toSeconds(evaluationInterval) % 10 !== 0)
    at('F012', `evaluates every ${evaluationInterval}, which is no multiple of 10 s`, 'Grafana accepts 10s, 30s, 1m …');
  return problems;
}

function idProblems(each: Service, { owner }: Project): Diagnostic[] {
  const { id } = each;
  const longest = MAX_UID - owner.length - 1 - LONGEST_SLUG;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    return [
      error(
        'F002',
        each,
        `has the id "${id}", which is not lower-case letters, digits and single hyphens`,
        'Write it such as order-service.',
      ),
    ];
  if (id.length > longest)
    return [
      error(
        'F002',
        each,
        `has an id of ${id.length} characters; the UIDs made of it would be longer than ${MAX_UID}`,
        `Use at most ${longest} characters.`,
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
        'Give each service an id of its own, and list each once in services/index.ts.',
      ),
    ),
  );
}

function dependencyProblems(each: Service, { services }: Catalog): Diagnostic[] {
  const known = services.map(({ id }) => id);
  return each.dependencies.flatMap((dependency) => {
    if (!('service' in dependency) || known.includes(dependency.service)) return [];
    const near = closest(dependency.service, known);
    return [
      error(
        'F004',
        each,
        `depends on "${dependency.service}", which no service defines`,
        `${near === undefined ? '' : `Did you mean "${near}"? `}Services: ${known.join(', ')}. Something outside is { external: 'address' }.`,
      ),
    ];
  });
}

function poolProblems(each: Service): Diagnostic[] {
  return [...sameName(each), ...sameCalls(each)];
}

/** Outbound pools are told apart by the address that they are for; without one, a pool is for all calls. */
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
        `has two http pools that can not be told apart: "${first}" and "${second}"`,
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
