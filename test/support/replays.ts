/** Rules and scenarios of this project, as tests of the replay need them. */
import { availableParallelism } from 'node:os';
import { openPromtool } from '../../src/adapters/promtool/index.ts';
import { standardScenarios } from '../../src/defaults/scenarios/index.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import { defineCatalog } from '../../src/model/service.ts';
import type { ReplayContext } from '../../src/replay/index.ts';
import { type Scenario, scenariosFrom, scenarioWorld } from '../../src/scenario/index.ts';
import { httpWorld } from './http-world.ts';
import { PROJECT } from './run.ts';
import { incidentExponential, incidentLinear } from './shop/incident.ts';
import { desiredOf, project, rulesOf, shopServices } from './world.ts';

export const ownRules: readonly AlertRule[] = rulesOf(desiredOf()).map(({ rule }) => rule);

/** The shop's scenarios: its incident, and the standard ones. */
export const scenarios: readonly Scenario[] = scenariosFrom(
  [incidentLinear, incidentExponential, standardScenarios],
  scenarioWorld(project, defineCatalog(shopServices), ownRules),
);

/** With the answers that people's own replays of this project use: what one test file has asked is known to all. */
export async function replayContext(): Promise<ReplayContext> {
  const opened = await openPromtool({ root: PROJECT, environment: process.env, clock: Date, http: httpWorld() });
  return { catalog: defineCatalog(shopServices), project, processes: availableParallelism(), ...opened };
}

export function scenarioOf(id: string): Scenario {
  const found = scenarios.find((scenario) => scenario.id === id);
  if (found === undefined) throw new Error(`no scenario ${id}`);
  return found;
}

/** The rules of one service. */
export function rulesOfService(service: string): readonly AlertRule[] {
  return ownRules.filter(({ group }) => group === service);
}

/** The rules with one of them changed. */
export function withChange(
  rules: readonly AlertRule[],
  alert: string,
  change: (rule: AlertRule) => Partial<AlertRule>,
): readonly AlertRule[] {
  return rules.map((rule) => (rule.alert === alert ? { ...rule, ...change(rule) } : rule));
}
