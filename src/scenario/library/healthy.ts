/** Days on which nobody must be woken up. */
import { daily, product, through } from '../curve.ts';
import { defineScenario, type Expectations, type Scenario } from '../scenario.ts';

const SILENT: Expectations = { must: [], may: [], never: [] };
/** One request in a hundred fails and one in fifty takes seconds: any real service, on any day. */
const NOISY = { errors: 0.01, tail: { share: 0.02, p95: 3 } } as const;

/** Two deployments in a rhythm of the day, with requests that arrive by chance. */
function healthyDay(level: string, peak: number, span: 'day' | 'morning'): Scenario {
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
    defaults: {
      ...NOISY,
      traffic: daily({ low: peak / 6, high: peak, peak: '14:00' }),
      cpu: daily({ low: 0.1, high: 0.6, peak: '14:00' }),
      restarts: [
        // One resets counters, the other brings new series: both happen.
        { kind: 'in place', at: '09:00' },
        { kind: 'rollout', at: long ? '15:00' : '10:00', apart: '1m' },
      ],
    },
    expect: SILENT,
    // Chance makes every sample a number of its own: half of them are enough for a two-minute window.
    sampleInterval: '30s',
    ...(long ? ({ long: true } as const) : {}),
  });
}

/** Steady traffic of one rate for a day, by chance alone. */
function noise(rate: number): Scenario {
  return defineScenario({
    id: `noise-${rate}`,
    title: `A day of chance at ${rate} requests a second`,
    because: 'Small numbers jump: what is a trend at 400 a second is a single request at one in twenty seconds.',
    from: '00:00',
    until: '24:00',
    arrivals: 'poisson',
    defaults: { ...NOISY, traffic: rate },
    expect: SILENT,
    sampleInterval: '30s',
    long: true,
  });
}

export const healthyMornings = [
  healthyDay('low', 0.5, 'morning'),
  healthyDay('mid', 40, 'morning'),
  healthyDay('high', 400, 'morning'),
];
export const healthyDays = [
  healthyDay('low', 0.5, 'day'),
  healthyDay('mid', 40, 'day'),
  healthyDay('high', 400, 'day'),
];
export const noisyDays = [0.05, 0.5, 4, 40, 400].map(noise);

export const spike = defineScenario({
  id: 'spike-served-well',
  title: 'Five times the traffic, served well',
  because: 'Busy is not broken.',
  from: '12:40',
  until: '15:25',
  events: [
    { at: '14:00', title: 'A campaign is sent' },
    { at: '14:45', title: 'It is over' },
  ],
  defaults: {
    traffic: through(['14:00', 40], ['14:05', 200], ['14:45', 200], ['14:55', 40]),
    cpu: through(['14:00', 0.3], ['14:05', 0.7], ['14:45', 0.7], ['14:55', 0.3]),
    latencyP95: through(['14:00', 0.05], ['14:05', 0.09], ['14:45', 0.09], ['14:55', 0.05]),
  },
  expect: SILENT,
});

export const idleNight = defineScenario({
  id: 'idle-night',
  title: 'An idle night with a single failed request',
  because: 'One of one is 100 %, and nobody gets up for it.',
  from: '01:00',
  until: '04:00',
  events: [{ at: '02:30', title: 'The failed request' }],
  assumptions: ['A request every 50 seconds; the failed one takes 5 s.'],
  defaults: {
    instances: 1,
    traffic: 0.02,
    errors: through(['02:30', 0], ['02:30:01', 1], ['02:30:50', 1], ['02:30:51', 0]),
    latencyP95: through(['02:30', 0.05], ['02:30:01', 5], ['02:30:50', 5], ['02:30:51', 0.05]),
  },
  expect: SILENT,
});

export const minorTroubles = defineScenario({
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
  defaults: {
    errors: through(['13:30', 0.001], ['13:30:15', 0.3], ['13:31', 0.3], ['13:31:15', 0.001]),
    latencyP95: product(0.05, through(['14:30', 1], ['14:30:15', 8], ['14:32', 8], ['14:33', 1])),
    lost: [{ families: 'all', from: '14:00', until: '14:04' }],
    restarts: [{ kind: 'rollout', at: '14:30', apart: '15s' }],
    pools: { primary: { used: 0.4, waiting: through(['13:00', 0], ['13:00:15', 5], ['13:01', 5], ['13:01:15', 0]) } },
  },
  expect: SILENT,
});
