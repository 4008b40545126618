import type { Service } from '../../src/model/service.ts';
import { refused } from './command.ts';
import { chosenServices } from './options.ts';

/** Services with pools: the one of an id, or all. @throws UsageError where there is no pool to size. */
export function pooledServices<S extends Pick<Service, 'id' | 'pools'>>(
  services: readonly S[],
  id: string | undefined,
): readonly S[] {
  const pooled = chosenServices(services, id).filter(({ pools }) => pools.length > 0);
  if (pooled.length > 0) return pooled;
  const subject = id === undefined ? 'services/' : `--service ${id}`;
  const known = services.filter(({ pools }) => pools.length > 0).map((service) => service.id);
  const others = known.length === 0 ? '' : `, or ask for another service: ${known.join(', ')}`;
  throw refused('K017', subject, 'has no pool to size', `State its pools (docs/add-a-service.md)${others}`);
}
