import { through } from './curve.ts';
import { defineScenario } from './scenario.ts';

/**
 * A template for the next incident. Copy this file to `scenarios/<name>.ts` of a project, import both names from
 * `grafana-as-code/scenarios` instead, fill it in from the review, and add it to the project's scenarios. docs/replay.md
 * goes through it step by step.
 */
export const template = defineScenario({
  // What `npm run replay -- <id>` takes.
  id: 'template',
  title: 'Incident of 2026-01-14: payments fail after a deployment',
  // Why it has to be noticed; shown when an expectation breaks.
  because: 'Payments failed for twenty minutes before anybody knew.',
  day: '2026-01-14',
  // Begin ninety minutes before the trouble: baselines look an hour back. End when all has to be resolved.
  from: '12:30',
  until: '15:00',
  // The review's timeline. `sign`: the first thing that was wrong. `page`: when on-call was paged.
  events: [
    { at: '14:00', title: 'Deployment of Payments', source: 'incident review' },
    { at: '14:05', title: 'Payments begin to fail', source: 'incident review', sign: true },
    { at: '14:25', title: 'On-call hears of it from a customer', source: 'incident review', page: true },
    { at: '14:30', title: 'Rollback', source: 'incident review' },
  ],
  // What the review does not say, and you take to be so.
  assumptions: ['Errors go from nothing to a fifth of all payments within five minutes.'],
  // By service id. What is left out is healthy: 40 requests a second, 50 ms, one in a thousand fails.
  services: {
    payments: {
      errors: through(['14:05', 0.001], ['14:10', 0.2], ['14:30', 0.2], ['14:31', 0.001]),
      restarts: [
        { kind: 'rollout', at: '14:00', apart: '30s' },
        { kind: 'rollout', at: '14:30', apart: '30s' },
      ],
    },
    // What the caller sees of it follows from its behaviour. Here a retry hides the errors from users.
    web: { calls: { payments: { errors: 0.001 } } },
  },
  expect: {
    // Which alerts have to fire, from when to when, and why a person wants them.
    must: [
      {
        alert: 'ServiceErrorRateHigh',
        service: 'payments',
        // Whether somebody is woken up, or a message is read in the morning.
        pages: true,
        between: ['14:07', '14:12'],
        untilAtLeast: '14:30',
        resolvedBy: '14:42',
        because: 'A quarter of an hour before the customer called.',
      },
    ],
    // Which may, without being needed.
    may: [
      {
        alert: 'ServiceInstanceErrorsHigh',
        service: 'payments',
        because: 'At a fifth, chance decides which instance passes its limit.',
      },
    ],
    // Which must not, though one might think so. Whatever is named nowhere must not fire either.
    never: [{ alert: 'ServiceLatencyP95High', because: 'Failing was quick.' }],
  },
});
