/** Services that options name. */
import { refused } from '../model/explained-error.ts';
import type { Service } from '../model/service.ts';

/** The service of an id. @throws ExplainedError if there is none */
export function serviceNamed<S extends Pick<Service, 'id'>>(services: readonly S[], id: string): S {
  const found = services.find((service) => service.id === id);
  if (found !== undefined) return found;
  const known = services.map((service) => service.id).join(', ');
  throw refused('C005', `--service ${id}`, 'is not a service of the catalog', `Services: ${known}`);
}

/** The services that an option chooses: one, or without it all. @throws ExplainedError if there is none of that id */
export function chosenServices<S extends Pick<Service, 'id'>>(
  services: readonly S[],
  id: string | undefined,
): readonly S[] {
  return id === undefined ? services : [serviceNamed(services, id)];
}

/** Services with pools: the one of an id, or all. @throws ExplainedError where there is no pool to size */
export function pooledServices<S extends Pick<Service, 'id' | 'pools'>>(
  services: readonly S[],
  id: string | undefined,
): readonly S[] {
  const pooled = chosenServices(services, id).filter(({ pools }) => pools.length > 0);
  if (pooled.length > 0) return pooled;
  const subject = id === undefined ? 'services/' : `--service ${id}`;
  const known = services.filter(({ pools }) => pools.length > 0).map((service) => service.id);
  const others = known.length === 0 ? '' : `, or ask for another service: ${known.join(', ')}`;
  throw refused(
    'K017',
    subject,
    'has no pool to size',
    `State its pools in its file, pools: [{ kind: 'database', name: 'primary', maxConnections: 20 }]${others}`,
  );
}
