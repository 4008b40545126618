/** A small world for tests: services and a built project that tests can change one fact of. */
import { assemble, type Built, buildFrom, catalogOf } from '../../src/app/build-project.ts';
import { loadProject } from '../../src/cli/load-project.ts';
import { otel } from '../../src/metrics/index.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import type { Project } from '../../src/model/project.ts';
import type { DashboardResource, Desired, RuleResource } from '../../src/model/resource.ts';
import { defineService, type Service, type ServiceFacts } from '../../src/model/service.ts';
import type { ProjectSource } from '../../src/project/source.ts';
import { PROJECT } from './places.ts';

const bank = await loadProject(PROJECT);

export const { project, services: bankServices } = bank;

/** The bank's dashboards and alerts with other services. */
export function sourceOf(services: readonly Service[] = bankServices, facts: Partial<Project> = {}): ProjectSource {
  // The mark of a project of one place is its owner.
  const { owner = project.owner, mark = owner } = facts;
  return { ...bank, environment: undefined, services, project: { ...project, ...facts, mark } };
}

/** A service like the user account, with some facts of its own. */
export function aService(facts: Partial<ServiceFacts> = {}): Service {
  const id = facts.id ?? 'payments';
  return defineService({
    id,
    title: 'Payments',
    team: 'money',
    tier: 'internal',
    metrics: otel({ job: `bank/${id}` }),
    databases: [{ name: 'ledger', system: 'postgresql' }],
    pools: [{ kind: 'database', name: 'primary', maxConnections: 20 }],
    ...facts,
  });
}

/** Everything built from some services, unchecked. */
export function desiredOf(services: readonly Service[] = bankServices, facts: Partial<Project> = {}): Desired {
  const source = sourceOf(services, facts);
  return assemble(source, catalogOf(source));
}

/** Everything built and checked. */
export function builtOf(services: readonly Service[], facts: Partial<Project> = {}): Built {
  return buildFrom(sourceOf(services, facts));
}

/** A service with other facts, as if its file had been edited. */
export function edited(id: string, change: (facts: Service) => Partial<Service>): readonly Service[] {
  return bankServices.map((service) => (service.id === id ? { ...service, ...change(service) } : service));
}

export function rulesOf(desired: Desired): readonly RuleResource[] {
  return desired.resources.filter((resource) => resource.kind === 'rule');
}

export function dashboardsOf(desired: Desired): readonly DashboardResource[] {
  return desired.resources.filter((resource) => resource.kind === 'dashboard');
}

/** The rule of an alert for a service. */
export function ruleOf(desired: Desired, alert: string, service: string): AlertRule {
  const found = rulesOf(desired).find((resource) => resource.title === alert && resource.service === service);
  if (found === undefined) throw new Error(`no rule ${alert} for ${service}`);
  return found.rule;
}

/** A panel of a dashboard's JSON, as tests look at it. */
export interface SeenPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly mappings?: readonly unknown[];
      readonly custom?: { readonly axisSoftMax?: number };
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
    };
  };
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly options?: Readonly<Record<string, unknown>>;
}

export function panelsOf(dashboard: DashboardResource): readonly SeenPanel[] {
  return dashboard.spec['panels'] as unknown as readonly SeenPanel[];
}

/** A service that finds its requests by other matchers. */
export function foundBy(service: Service, matchers: readonly string[]): Service {
  const { server } = service.metrics;
  if (server?.latency === undefined) throw new Error(`${service.id} has no latency`);
  return {
    ...service,
    metrics: { ...service.metrics, server: { ...server, latency: { ...server.latency, matchers } } },
  };
}
