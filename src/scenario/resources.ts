import type { SeriesBinding } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import { type Curve, product } from './curve.ts';
import type { Instance } from './instances.ts';
import type { Recorder } from './recorder.ts';
import { placeOf } from './requests.ts';

/** Limits of a container where the facts state none: only shares of them matter. */
const CONTAINER = { cores: 1, bytes: 512 * 1024 ** 2 } as const;

/** CPU series of an instance that uses a share of its limit. */
export function recordCpu(recorder: Recorder, service: Service, instance: Instance, share: Curve): void {
  const { cpu } = service.metrics;
  if (cpu === undefined) return;
  const place = (binding: SeriesBinding, label: 'pod' | 'instance') => ({
    ...placeOf(binding, { [label]: instance.name }),
    family: 'cpu' as const,
    instance,
  });
  switch (cpu.kind) {
    case 'container':
      recorder.counter(
        place(cpu.usage, 'pod'),
        recorder.values(product(share, typeof cpu.limit === 'number' ? cpu.limit : CONTAINER.cores), 'between'),
      );
      if (typeof cpu.limit === 'object')
        recorder.gauge({ ...place(cpu.limit, 'pod'), family: 'limits' }, recorder.values(CONTAINER.cores, 'at'));
      return;
    case 'process-seconds':
      recorder.counter(place(cpu.usage, 'instance'), recorder.values(product(share, cpu.limitCores), 'between'));
      return;
    case 'utilisation':
      recorder.gauge(place(cpu.usage, 'instance'), recorder.values(share, 'at'));
      return;
    default:
      cpu satisfies never;
  }
}

/** Memory series of an instance that uses a share of its limit. */
export function recordMemory(recorder: Recorder, service: Service, instance: Instance, share: Curve): void {
  const { memory } = service.metrics;
  if (memory === undefined) return;
  const place = (binding: SeriesBinding, label: 'pod' | 'instance') => ({
    ...placeOf(binding, { [label]: instance.name }),
    family: 'memory' as const,
    instance,
  });
  const used = (limit: number) => recorder.values(product(share, limit), 'at');
  switch (memory.kind) {
    case 'container':
      recorder.gauge(
        place(memory.usage, 'pod'),
        used(typeof memory.limit === 'number' ? memory.limit : CONTAINER.bytes),
      );
      if (typeof memory.limit === 'object')
        recorder.gauge({ ...place(memory.limit, 'pod'), family: 'limits' }, recorder.values(CONTAINER.bytes, 'at'));
      return;
    case 'ratio':
      recorder.gauge(place(memory.usage, 'instance'), used(CONTAINER.bytes));
      recorder.gauge(place(memory.limit, 'instance'), recorder.values(CONTAINER.bytes, 'at'));
      return;
    case 'declared':
      recorder.gauge(place(memory.usage, 'instance'), used(memory.limitBytes));
      return;
    default:
      memory satisfies never;
  }
}
