/** Companies that have nothing in common but that their pages are written by the same texts. */
import { loadProject } from '../../src/cli/load-project.ts';
import { micrometer, otel, promClient } from '../../src/metrics/index.ts';
import type { Project } from '../../src/model/project.ts';
import { milliseconds, percent, seconds } from '../../src/model/quantity.ts';
import { defineService, type Service } from '../../src/model/service.ts';
import type { ProjectSource } from '../../src/project/source.ts';
import { SMALL_PROJECT } from '../support/places.ts';

export interface Company {
  readonly name: string;
  readonly services: readonly Service[];
  readonly facts?: Partial<Project>;
}

const acme = await loadProject(SMALL_PROJECT);

/** Their files: all of them choose what acme chooses. */
export function sourceOf({ services, facts }: Pick<Company, 'services' | 'facts'>): ProjectSource {
  return { ...acme, environment: undefined, services, project: { ...acme.project, ...facts } };
}

const MIB = 1024 ** 2;
const payments = {
  id: 'payments',
  title: 'Payments',
  team: 'money',
  tier: 'internal',
} as const;

/** One service that has nothing: no database, no pool, and calls nobody. */
export const alone: Company = {
  name: 'one service without anything',
  services: acme.services,
};

export const node: Company = {
  name: 'prom-client, with a pool whose agent reports little',
  services: [
    defineService({
      ...payments,
      tier: 'edge',
      metrics: promClient({ job: 'payments', cpuLimitCores: 0.5, memoryLimitBytes: 512 * MIB }),
      databases: [{ name: 'ledger', system: 'postgresql' }],
      pools: [
        { kind: 'database', name: 'primary', maxConnections: 10 },
        { kind: 'http', name: 'outbound', maxConnections: 30 },
      ],
      dependencies: [{ external: 'bank.example.com', title: 'The bank' }],
    }),
  ],
};

export const java: Company = {
  name: 'Micrometer, without PostgreSQL, scraped once a minute',
  facts: { scrapeInterval: '60s' },
  services: [
    defineService({
      ...payments,
      metrics: micrometer({ job: 'payments' }),
      databases: [{ name: 'ledger', system: 'mysql' }],
      pools: [{ kind: 'database', name: 'primary', maxConnections: 10 }],
      dependencies: [{ service: 'mail' }],
    }),
    defineService({ id: 'mail', title: 'Mail', team: 'mail', tier: 'internal', metrics: micrometer({ job: 'mail' }) }),
  ],
};

/** Every profile, several databases and pools, names that Markdown and SQL could take for their own, limits of its own. */
export const mixed: Company = {
  name: 'every profile, several databases and pools, odd names',
  services: [
    defineService({
      id: 'edge',
      title: 'Edge [v2] *new* | <b>',
      team: 'web',
      tier: 'edge',
      metrics: otel({ job: 'acme.eu/edge', namespace: 'web-1' }),
      pools: [
        { kind: 'http', name: 'payments', maxConnections: 50, address: 'payments.internal' },
        { kind: 'http', name: 'bank', maxConnections: 5, address: 'bank.example.com' },
      ],
      dependencies: [{ service: 'payments', address: 'payments.internal' }, { external: 'bank.example.com' }],
      thresholds: { latencyP95: { above: seconds(2.5), for: '4m' }, errorRatio: { above: percent(7) } },
    }),
    defineService({
      ...payments,
      metrics: otel({ job: 'acme.eu/payments' }),
      databases: [
        { name: "ledger's", system: 'postgresql' },
        { name: 'archive', system: 'mysql' },
      ],
      pools: [
        { kind: 'database', name: 'primary', maxConnections: 20 },
        { kind: 'database', name: 'reports', maxConnections: 5 },
        { kind: 'http', name: 'outbound', maxConnections: 30 },
      ],
      dependencies: [{ service: 'rates' }, { service: 'mail' }],
      thresholds: { queryP95: { above: milliseconds(100) }, poolUtilisation: { atLeast: percent(60) } },
    }),
    defineService({
      id: 'rates',
      title: 'Rates_and_fees',
      team: 'money',
      tier: 'internal',
      metrics: {
        ...promClient({ job: 'rates', cpuLimitCores: 1, memoryLimitBytes: 256 * MIB }),
        httpPool: { kind: 'littles-law' },
      },
      databases: [{ name: 'rates', system: 'redis' }],
      pools: [{ kind: 'database', name: 'primary', maxConnections: 4 }],
      // A circle: each calls the other.
      dependencies: [{ service: 'payments' }],
    }),
    defineService({
      id: 'mail',
      title: 'Mail',
      team: 'mail',
      tier: 'internal',
      metrics: {
        ...micrometer({ job: 'mail' }),
        databasePool: otel({ job: 'acme.eu/mail' }).databasePool,
      },
      databases: [{ name: 'mail', system: 'postgresql' }],
      pools: [{ kind: 'database', name: 'primary', maxConnections: 4 }],
    }),
  ],
};

/** More services than a sentence names. */
export const fleet: Company = {
  name: 'a fleet',
  services: Array.from({ length: 20 }, (_, index) =>
    defineService({
      id: `service-${index}`,
      title: `Service ${index}`,
      team: 'fleet',
      tier: index === 0 ? 'edge' : 'internal',
      metrics: otel({ job: `fleet/service-${index}` }),
      databases: index % 2 === 0 ? [] : [{ name: `db${index}`, system: 'postgresql' }],
      pools: index % 2 === 0 ? [] : [{ kind: 'database', name: 'primary', maxConnections: 10 }],
      dependencies: index < 19 ? [{ service: `service-${index + 1}` }] : [],
    }),
  ),
};

export const companies: readonly Company[] = [alone, node, java, mixed, fleet];
