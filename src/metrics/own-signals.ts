/** The signals that a project defines, for a service of it. */
import type { AnyLimit, SignalDefinition } from '../model/own-signal.ts';
import type { Catalog, Service } from '../model/service.ts';
import type { Limit, Signal } from '../model/signal.ts';
import { bindingsOf } from './bindings.ts';
import { identityOf } from './identity.ts';
import type { Terms } from './timing.ts';

/** Those that apply to a service, with its limits. */
export function ownSignals(terms: Terms, service: Service, { signals = [] }: Catalog): readonly Signal[] {
  // Dimensions that none of the service's metrics has: its own ones will not have them either.
  const all = bindingsOf(service.metrics);
  const lacks = terms.dimensions
    .map(({ label }) => label)
    .filter((label) => all.length > 0 && all.every((binding) => binding.lacks?.includes(label)));
  const identity = identityOf(terms, { lacks });
  return signals.flatMap((signal): Signal[] => {
    const expression = signal.expression({ service, identity, window: terms.window('5m'), only: [] });
    if (expression === undefined) return [];
    return [
      {
        id: signal.id,
        family: signal.family ?? 'resources',
        title: signal.title,
        unit: signal.unit,
        panelExpression: (window, only = []) => signal.expression({ service, identity, window, only }) ?? expression,
        alertExpression: expression,
        limit: limitOf(signal, service),
        ...(signal.perSeries === undefined ? {} : { perSeries: signal.perSeries }),
      },
    ];
  });
}

function limitOf(signal: SignalDefinition, { limits }: Service): Limit {
  const own = limits.find((one) => one.signal.id === signal.id)?.limit;
  const all: AnyLimit = { ...signal.limit, ...own };
  const held = all.for ?? signal.limit.for;
  if (all.atLeast !== undefined) return { comparison: 'gte', value: all.atLeast, for: held };
  if (all.below !== undefined) return { comparison: 'lt', value: all.below, for: held };
  return { comparison: 'gt', value: all.above ?? { unit: signal.unit, value: 0 }, for: held };
}
