import { type Incident, type ScenarioSource, standardScenarios } from 'grafana-as-code/scenarios';
import { incidentExponential, incidentLinear } from './incident.ts';

/** What the rules are proven with: the incident first, then what any project is held to. */
export const scenarios: readonly ScenarioSource[] = [incidentLinear, incidentExponential, standardScenarios];

/** What the overview links to, and runbooks and reviews refer to. */
export const incident: Incident = {
  title: 'Incident of 2026-03-16',
  from: '13:30',
  until: '16:01',
  scenarios: { linear: incidentLinear, exponential: incidentExponential },
};
