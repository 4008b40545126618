/** The bank's estate for another owner, so that tests on one Grafana do not meet. */
import type { Desired, Resource } from '../../src/model/resource.ts';
import type { Service } from '../../src/model/service.ts';
import { bankServices, desiredOf } from './world.ts';

const texts = new Map<string, string>();

/** Everything of some services, owned by `owner`: dashboards, rules, contact points and a folder of its own. */
export function estateOf(owner: string, services: readonly Service[] = bankServices): Desired {
  const key = services.map(({ id }) => id).join();
  const text = texts.get(key) ?? JSON.stringify(desiredOf(services));
  texts.set(key, text);
  return JSON.parse(
    text
      .replaceAll('"bank-', `"${owner}-`)
      .replaceAll('as-code:bank', `as-code:${owner}`)
      .replaceAll('"as_code":"bank"', `"as_code":"${owner}"`)
      .replaceAll('"title":"Bank"', `"title":"Bank of ${owner}"`),
  ) as Desired;
}

export function only(desired: Desired, keep: (resource: Resource) => boolean): Desired {
  return { resources: desired.resources.filter(keep) };
}

/** The estate with one resource changed. */
export function changed(desired: Desired, uid: string, change: (resource: Resource) => Resource): Desired {
  return { resources: desired.resources.map((resource) => (resource.uid === uid ? change(resource) : resource)) };
}

/** A dashboard with another title of its first real panel. */
export function retitled(desired: Desired, uid: string, title: string): Desired {
  return changed(desired, uid, (resource) => {
    if (resource.kind !== 'dashboard') return resource;
    const spec = structuredClone(resource.spec) as { panels: { type: string; title: string }[] };
    const panel = spec.panels.find(({ type }) => type !== 'row');
    if (panel !== undefined) panel.title = title;
    return { ...resource, spec: spec as never };
  });
}

/** A rule with another threshold. */
export function withThreshold(desired: Desired, uid: string, threshold: number): Desired {
  return changed(desired, uid, (resource) =>
    resource.kind === 'rule' ? { ...resource, rule: { ...resource.rule, threshold } } : resource,
  );
}
