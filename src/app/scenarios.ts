/** The scenarios of a project that is built. */
import { type Scenario, scenariosFrom, scenarioWorld } from '../scenario/index.ts';
import type { Built } from './build-project.ts';

type BuiltProject = Pick<Extract<Built, { ok: true }>, 'source' | 'project' | 'catalog' | 'desired' | 'alertNames'>;

/** Every scenario of a project, in the order of its list: those that it has written, and those made from its services. */
export function scenariosOf({ source, project, catalog, desired, alertNames }: BuiltProject): readonly Scenario[] {
  const rules = desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  return scenariosFrom(source.scenarios, scenarioWorld(project, catalog, rules, alertNames));
}
