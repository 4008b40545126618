/** A project as scenarios are made for it, and its services on a day like any other. */
import type { Service } from '../../model/service.ts';
import {
  type Curve,
  healthyBehaviour,
  product,
  rangeOf,
  type ScenarioWorld,
  type ServiceBehaviour,
} from '../../scenario/index.ts';
import { withinLimits } from './within-limits.ts';

/** A project, and what has to differ for single services of it on a day like any other. */
export interface Stage extends ScenarioWorld {
  readonly ordinary: Readonly<Record<string, Partial<ServiceBehaviour>>>;
}

/** Where scenarios of trouble are made for a project. */
export function stageOf(world: ScenarioWorld): Stage {
  return { ...world, ordinary: withinLimits(world, { defaults: {} }) };
}

/** How a service is before and after its trouble. */
export interface Well extends Record<'latencyP95' | 'queryP95' | 'errors' | 'cpu' | 'memory', number> {
  readonly calls: ServiceBehaviour['calls'];
}

/** A service on a day like any other. */
export function healthyOf({ ordinary }: Stage, { id }: Pick<Service, 'id'>): Well {
  const behaviour = { ...healthyBehaviour, ...ordinary[id] };
  const steady = (curve: Curve) => tidy(rangeOf(curve)[1]);
  const { latencyP95, errors, cpu, memory, calls } = behaviour;
  return {
    latencyP95: steady(latencyP95),
    queryP95: steady(behaviour.queryP95 ?? product(latencyP95, 0.9)),
    errors: steady(errors),
    cpu: steady(cpu),
    memory: steady(memory),
    calls,
  };
}

/** A number without the dust of floating point: scenarios are printed and compared. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
