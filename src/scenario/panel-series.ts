/** Series that no rule reads, only panels: without them a preview would show empty ones. */
import type { SeriesBinding } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import type { Curve } from './curve.ts';
import type { Grid, Instance } from './instances.ts';
import type { Recorder, Values } from './recorder.ts';
import { placeOf } from './requests.ts';

/** Time slices of a container's CPU limit that Linux counts each second: 100 ms each. */
const SLICES = 10;
/** The share of its CPU limit from which a container is throttled now and then. */
const THROTTLED_FROM = 0.7;
/** Seconds by which an event loop that has nothing to do is late, or garbage collection a second takes. */
const IDLE = 0.011;

/**
 * Routes of a service, for the label of its requests: what it serves, or for one that only passes requests on, what
 * the services behind it serve.
 *
 * @example routesOf(orderService) // ['/orders']
 */
export function routesOf({ id, databases, dependencies }: Service): readonly string[] {
  const behind = dependencies.flatMap((dependency) => ('service' in dependency ? [dependency.service] : []));
  return (databases.length === 0 && behind.length > 0 ? behind : [id]).map(
    (name) => `/${name.replace(/(-service|s)$/, '')}s`,
  );
}

/** How the process itself feels: throttling, the runtime's delay, and restarts. */
export function recordRuntime(
  recorder: Recorder,
  { metrics: { cpu, runtime, restarts } }: Service,
  instance: Instance,
  cpuShare: Curve,
  grid: Grid,
): void {
  const place = (binding: SeriesBinding, label: 'pod' | 'instance') => ({
    ...placeOf(binding, { [label]: instance.name }),
    family: 'cpu' as const,
    instance,
  });
  const busy = recorder.values(cpuShare, 'between');
  if (cpu?.kind === 'container' && cpu.throttled !== undefined) {
    recorder.counter(place(cpu.throttled.total, 'pod'), recorder.values(SLICES, 'between'));
    recorder.counter(
      place(cpu.throttled.periods, 'pod'),
      busy.map((share) => (SLICES * Math.max(0, share - THROTTLED_FROM)) / (1 - THROTTLED_FROM)),
    );
  }
  if (runtime !== undefined) {
    const felt = busy.map((share) => IDLE / Math.max(0.05, 1 - share));
    recorder[runtime.kind](place(runtime.series, 'instance'), felt);
  }
  if (restarts !== undefined) {
    const counted = restarts.kind === 'counter';
    const values = restartsAt(instance, grid, counted ? () => 1 : (sample) => sample * grid.step);
    recorder.gauge(place(restarts.series, counted ? 'pod' : 'instance'), values);
  }
}

/** Goes up at each restart in place, by 1 or to another time. */
function restartsAt({ resets }: Instance, grid: Grid, by: (sample: number) => number): Values {
  const values = new Float64Array(grid.samples);
  for (let sample = 1; sample < grid.samples; sample += 1) {
    values[sample] = (values[sample - 1] ?? 0) + (resets.has(sample) ? by(sample) : 0);
  }
  return values;
}
