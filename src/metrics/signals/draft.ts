/** A signal of the engine before its unit is looked up and its expressions are laid out. */
import type { Thresholds } from '../../model/service.ts';
import type { KnownSignal, Limit, Signal } from '../../model/signal.ts';

export type Draft = Omit<Signal, 'unit' | 'id'> & { readonly id: KnownSignal };

/** A service's threshold, whatever its comparison, in the form rules and panels share. */
export function limitOf(threshold: Thresholds[keyof Thresholds]): Limit {
  if ('above' in threshold) return { comparison: 'gt', value: threshold.above, for: threshold.for };
  if ('atLeast' in threshold) return { comparison: 'gte', value: threshold.atLeast, for: threshold.for };
  return { comparison: 'lt', value: threshold.below, for: threshold.for };
}
