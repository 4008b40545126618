/** Makes scenarios of trouble: what happens is stated, and what alerting has to make of it follows from the rules. */
import { defineScenario, type Scenario, type ScenarioEvent, secondsOf, type TimeOfDay } from '../../scenario/index.ts';
import { expectations, mustFire, type Noticeable, slowest } from './expected.ts';
import type { Stage } from './stage.ts';
import { later } from './timing.ts';
import type { Happening } from './usage.ts';

/** What happens, and what is to be noticed of it. Times are those of a project with the usual limits and timing. */
export interface Trouble extends Noticeable {
  readonly id: string;
  readonly title: string;
  readonly because: string;
  /** Default: 12:40. Baselines look an hour back, and services that are well have the same series in several scenarios. */
  readonly from?: TimeOfDay;
  /** Default: 15:25. */
  readonly until?: TimeOfDay;
  readonly arrivals?: Scenario['arrivals'];
  readonly events: readonly ScenarioEvent[];
  readonly assumptions?: readonly string[];
}

/** The latest time of a rule, and what is left until the trouble is over. */
const SPARE = 60;
/** Trouble is made longer a few times at most: each time by all that is missing. */
const TRIES = 4;

/**
 * A scenario of a trouble; none where no rule of the project could notice it.
 *
 * @param make the trouble, with what comes after its notice some seconds later than usual: `then('14:40')`.
 */
export function troubleScenario(
  world: Stage,
  make: (then: (time: TimeOfDay) => TimeOfDay) => Trouble,
): readonly Scenario[] {
  let longer = 0;
  for (let tried = 1; ; tried += 1) {
    const trouble = make((time) => later(time, longer));
    const happening = happeningOf(trouble, world, longer);
    const must = trouble.must.flatMap((noticed) => mustFire(noticed, happening, world));
    if (must.length === 0) return [];
    const missing = Math.max(
      ...must.map(({ between: [, latest], before }) => secondsOf(latest) + SPARE - secondsOf(before)),
    );
    if (missing > 0 && tried < TRIES) {
      longer += Math.ceil(missing / 60) * 60;
      continue;
    }
    return [defineScenario({ ...happening, expect: expectations(trouble, must, happening, world) })];
  }
}

function happeningOf(trouble: Trouble, world: Stage, longer: number): Happening {
  const { id, title, because, arrivals = 'even', events, assumptions = [], outages = [] } = trouble;
  const { ordinary } = world;
  const services = new Set([...Object.keys(ordinary), ...Object.keys(trouble.services)]);
  return {
    id,
    title,
    because,
    day: '2026-01-14',
    from: trouble.from ?? '12:40',
    until: later(trouble.until ?? '15:25', longer + slowest(world)),
    arrivals,
    events,
    assumptions,
    outages,
    series: [],
    defaults: {},
    services: Object.fromEntries([...services].map((name) => [name, { ...ordinary[name], ...trouble.services[name] }])),
  };
}
