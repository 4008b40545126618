import { daily, defineScenario, product, type Scenario, type ScenarioWorld } from '../../scenario/index.ts';
import { withinLimits } from './within-limits.ts';

/** Three times as many requests at two in the afternoon as at two in the night. */
const rhythm = daily({ low: 0.35, high: 1, peak: '14:00' });
const ORDINARY = {
  traffic: product(40, rhythm),
  latencyP95: 0.05,
  errors: 0.001,
  tail: { share: 0.005, p95: 0.6 },
  cpu: daily({ low: 0.12, high: 0.4, peak: '14:00' }),
};

/** The services on a day like any other, as the preview shows them where nobody asks for trouble. */
export function ordinaryDay(world: Pick<ScenarioWorld, 'catalog' | 'project'>): Scenario {
  return defineScenario({
    id: 'healthy',
    title: 'A day like any other',
    because: 'Whoever looks for the first time has to see what well looks like.',
    from: '00:00',
    until: '24:00',
    arrivals: 'poisson',
    defaults: ORDINARY,
    services: withinLimits(world, { defaults: ORDINARY }),
    expect: { must: [], may: [], never: [] },
  });
}
