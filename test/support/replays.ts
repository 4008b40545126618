/** Rules and scenarios of the bank, as tests of the replay need them. */
import { availableParallelism } from 'node:os';
import { openPromtool } from '../../src/adapters/promtool/index.ts';
import type { AlertRule } from '../../src/model/alert-rule.ts';
import { defineCatalog } from '../../src/model/service.ts';
import type { ReplayContext } from '../../src/replay/index.ts';
import { type Scenario, scenariosFrom, scenarioWorld } from '../../src/scenario/index.ts';
import { httpWorld } from './http-world.ts';
import { REPOSITORY } from './places.ts';
import { bankServices, desiredOf, project, rulesOf, sourceOf } from './world.ts';

export const ownRules: readonly AlertRule[] = rulesOf(desiredOf()).map(({ rule }) => rule);

/** The bank's scenarios: its incident, and the standard ones. */
export const scenarios: readonly Scenario[] = scenariosFrom(
  sourceOf().scenarios,
  scenarioWorld(project, defineCatalog(bankServices), ownRules),
);

/** With the answers that people's own replays in this repository use: what one test file has asked is known to all. */
export async function replayContext(): Promise<ReplayContext> {
  const opened = await openPromtool({ root: REPOSITORY, environment: process.env, clock: Date, http: httpWorld() });
  return { catalog: defineCatalog(bankServices), project, processes: availableParallelism(), ...opened };
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
