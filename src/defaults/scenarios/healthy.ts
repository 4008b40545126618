/** Days on which nobody must be woken up. */
import { type Duration, toSeconds } from '../../model/duration.ts';
import {
  daily,
  defineScenario,
  type Expectations,
  product,
  type Scenario,
  type ScenarioWorld,
  type ServiceBehaviour,
  through,
} from '../../scenario/index.ts';
import { passingErrors, passingQueue } from './passing.ts';
import type { Stage } from './stage.ts';
import { withinLimits } from './within-limits.ts';

const SILENT: Expectations = { must: [], may: [], never: [] };
/** One request in a hundred fails and one in fifty takes seconds: any real service, on any day. */
const NOISY = { errors: 0.01, tail: { share: 0.02, p95: 3 } } as const;
/** Chance makes every sample a number of its own: half of the usual ones are enough for a two-minute window. */
const RARE: Duration = '30s';

function rarely({ project }: ScenarioWorld): { readonly sampleInterval?: Duration } {
  return toSeconds(project.scrapeInterval) < toSeconds(RARE) ? { sampleInterval: RARE } : {};
}

/** The same for every service, and less for those whose limits are stricter than usual. */
function everywhere(world: ScenarioWorld, defaults: Partial<ServiceBehaviour>, youngOnly = false) {
  return { defaults, services: withinLimits(world, { defaults, youngOnly }) };
}

/** Two deployments in a rhythm of the day, with requests that arrive by chance. */
function healthyDay(world: ScenarioWorld, level: string, peak: number, span: 'day' | 'morning'): Scenario {
  const long = span === 'day';
  return defineScenario({
    id: `healthy-${span}-${level}`,
    title: `A healthy ${span}, ${peak} requests a second at its peak`,
    because: 'Whoever is paged on a healthy day stops believing pages.',
    from: long ? '00:00' : '07:30',
    until: long ? '24:00' : '10:30',
    arrivals: 'poisson',
    events: [
      { at: '09:00', title: 'Deployment' },
      ...(long ? ([{ at: '15:00', title: 'Deployment' }] as const) : ([{ at: '10:00', title: 'Deployment' }] as const)),
    ],
    ...everywhere(world, {
      ...NOISY,
      traffic: daily({ low: peak / 6, high: peak, peak: '14:00' }),
      cpu: daily({ low: 0.1, high: 0.6, peak: '14:00' }),
      restarts: [
        // One resets counters, the other brings new series: both happen.
        { kind: 'in place', at: '09:00' },
        { kind: 'rollout', at: long ? '15:00' : '10:00', apart: '1m' },
      ],
    }),
    expect: SILENT,
    ...rarely(world),
    ...(long ? ({ long: true } as const) : {}),
  });
}

/** Steady traffic of one rate for a day, by chance alone. */
function noise(world: ScenarioWorld, rate: number): Scenario {
  return defineScenario({
    id: `noise-${rate}`,
    title: `A day of chance at ${rate} requests a second`,
    because: 'Small numbers jump: what is a trend at 400 a second is a single request at one in twenty seconds.',
    from: '00:00',
    until: '24:00',
    arrivals: 'poisson',
    ...everywhere(world, { ...NOISY, traffic: rate }),
    expect: SILENT,
    ...rarely(world),
    long: true,
  });
}

const LEVELS = [
  ['low', 0.5],
  ['mid', 40],
  ['high', 400],
] as const;

export function healthyMornings(world: ScenarioWorld): readonly Scenario[] {
  return LEVELS.map(([level, peak]) => healthyDay(world, level, peak, 'morning'));
}

export function healthyDays(world: ScenarioWorld): readonly Scenario[] {
  return LEVELS.map(([level, peak]) => healthyDay(world, level, peak, 'day'));
}

export function noisyDays(world: ScenarioWorld): readonly Scenario[] {
  return [0.05, 0.5, 4, 40, 400].map((rate) => noise(world, rate));
}

export function spike(world: ScenarioWorld): readonly Scenario[] {
  return [
    defineScenario({
      id: 'spike-served-well',
      title: 'Five times the traffic, served well',
      because: 'Busy is not broken.',
      from: '12:40',
      until: '15:25',
      events: [
        { at: '14:00', title: 'A campaign is sent' },
        { at: '14:45', title: 'It is over' },
      ],
      ...everywhere(world, {
        traffic: through(['14:00', 40], ['14:05', 200], ['14:45', 200], ['14:55', 40]),
        cpu: through(['14:00', 0.3], ['14:05', 0.7], ['14:45', 0.7], ['14:55', 0.3]),
        latencyP95: through(['14:00', 0.05], ['14:05', 0.09], ['14:45', 0.09], ['14:55', 0.05]),
      }),
      expect: SILENT,
    }),
  ];
}

export function idleNight(world: ScenarioWorld): readonly Scenario[] {
  const idle = { instances: 1, traffic: 0.02 };
  const slow = through(['02:30', 0.05], ['02:30:01', 5], ['02:30:50', 5], ['02:30:51', 0.05]);
  return [
    defineScenario({
      id: 'idle-night',
      title: 'An idle night with a single failed request',
      because: 'One of one is 100 %, and nobody gets up for it.',
      from: '01:00',
      until: '04:00',
      events: [{ at: '02:30', title: 'The failed request' }],
      assumptions: ['A request every 50 seconds; the failed one takes 5 s.'],
      defaults: {
        ...idle,
        errors: through(['02:30', 0], ['02:30:01', 1], ['02:30:50', 1], ['02:30:51', 0]),
        latencyP95: slow,
      },
      // What the failed request does is left to the guards of the rules; all else is kept from the limits.
      services: Object.fromEntries(
        Object.entries(withinLimits(world, { defaults: idle })).map(([id, { cpu, memory }]) => [
          id,
          { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) },
        ]),
      ),
      expect: SILENT,
    }),
  ];
}

export function minorTroubles(world: Stage): readonly Scenario[] {
  const cold: Partial<ServiceBehaviour> = {
    latencyP95: product(0.05, through(['14:30', 1], ['14:30:15', 8], ['14:32', 8], ['14:33', 1])),
    lost: [{ families: 'all', from: '14:00', until: '14:04' }],
    restarts: [{ kind: 'rollout', at: '14:30', apart: '15s' }],
  };
  const { defaults, services } = everywhere(world, cold, true);
  return [
    defineScenario({
      id: 'minor-troubles',
      title: 'A full pool for a minute, a brownout, a scrape gap, cold instances',
      because: 'Gone before anybody could look.',
      from: '12:00',
      until: '15:30',
      events: [
        { at: '13:00', title: 'Requests wait for a connection for a minute' },
        { at: '13:30', title: 'A minute of errors' },
        { at: '14:00', title: 'Four minutes without scrapes' },
        { at: '14:30', title: 'Rollout: new instances are slow for two minutes' },
      ],
      defaults,
      services: Object.fromEntries(
        world.catalog.services.map((service) => {
          const own = services[service.id];
          const queue = passingQueue(service, world);
          return [
            service.id,
            {
              ...own,
              errors: passingErrors(service, world),
              pools: {
                ...own?.pools,
                ...Object.fromEntries(
                  service.pools.filter(({ kind }) => kind === 'database').map(({ name }) => [name, queue]),
                ),
              },
            },
          ];
        }),
      ),
      expect: SILENT,
    }),
  ];
}
