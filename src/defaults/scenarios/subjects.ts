/** Which service of a catalog a scenario is about: by what the scenario needs, never by name. */
import { type Catalog, type Dependency, dependencyAddress, findService, type Service } from '../../model/service.ts';

/** Where users come in: the first service of the edge, or where none is stated, the first one. */
export function edgeOf({ services }: Catalog): Service | undefined {
  return services.find(({ tier }) => tier === 'edge') ?? services[0];
}

/** The first service that others call: what goes wrong there is seen elsewhere. Where none is, one behind the edge. */
export function calledOf(catalog: Catalog): Service | undefined {
  const { services } = catalog;
  return (
    services.find((service) => callersOf(service, catalog).length > 0) ??
    services.find(({ tier }) => tier !== 'edge') ??
    services[0]
  );
}

/** The last of the list: of several scenarios about any service, not all are about the same one. */
export function lastOf({ services }: Catalog): Service | undefined {
  return services.at(-1);
}

/** The first service whose pools have a gauge, which may differ from instance to instance. */
export function poolOwnerOf({ services }: Catalog): Service | undefined {
  return (
    services.find(({ pools }) => pools.some(({ kind }) => kind === 'database')) ??
    services.find(
      ({ pools, dependencies, metrics }) =>
        metrics.httpPool?.kind === 'gauge' && dependencies.length > 0 && pools.some(({ kind }) => kind === 'http'),
    )
  );
}

/** Services with a database, in the catalog's order. */
export function withDatabase({ services }: Catalog): readonly Service[] {
  return services.filter(({ databases }) => databases.length > 0);
}

/** The first service whose containers have limits that something reports. */
export function limitedOf({ services }: Catalog): Service | undefined {
  return services.find(({ metrics: { cpu, memory } }) =>
    [cpu, memory].some((one) => one?.kind === 'container' && typeof one.limit === 'object'),
  );
}

/** A service and what it calls: something outside that nobody here can repair, or else any of its dependencies. */
export function dependentOf({
  services,
}: Catalog): { readonly service: Service; readonly dependency: Dependency } | undefined {
  const all = services.flatMap((service) => service.dependencies.map((dependency) => ({ service, dependency })));
  return all.find(({ dependency }) => 'external' in dependency) ?? all[0];
}

/** What people call a dependency. */
export function titleOf(dependency: Dependency, catalog: Catalog): string {
  if ('external' in dependency) return dependency.title ?? dependency.external;
  return findService(catalog, dependency.service)?.title ?? dependency.service;
}

/** One service as another one sees it. */
export interface Caller {
  readonly service: Service;
  /** The address under which it calls. */
  readonly address: string;
}

/** The services that call a service. */
export function callersOf({ id }: Service, { services }: Catalog): readonly Caller[] {
  return services.flatMap((service) =>
    service.dependencies
      .filter((dependency) => 'service' in dependency && dependency.service === id)
      .map((dependency) => ({ service, address: dependencyAddress(dependency) })),
  );
}

/** A service and all that it calls, directly or through others. */
export function reachedFrom(service: Service, catalog: Catalog): readonly Service[] {
  const reached = new Set([service]);
  for (const one of reached) {
    for (const dependency of one.dependencies) {
      const behind = 'service' in dependency ? findService(catalog, dependency.service) : undefined;
      if (behind !== undefined) reached.add(behind);
    }
  }
  return [...reached];
}
