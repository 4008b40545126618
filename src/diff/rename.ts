/** Services that got another id: they are told as renamed, not as one removed and one added. */
import type { Json } from '../model/json.ts';
import type { Compared } from './report.ts';

/** The share of equal lines above which a new service is an old one under another id. */
const ALIKE = 0.7;

/**
 * The former id of each renamed service, by its new id. A service that left and one that came are one if their
 * dashboards and rules are alike but for the id.
 */
export function renamedServices(before: readonly Compared[], after: readonly Compared[]): ReadonlyMap<string, string> {
  const gone = servicesOnlyIn(before, after);
  const come = servicesOnlyIn(after, before);
  const found = new Map<string, string>();
  for (const now of come) {
    const ranked = gone
      .filter((former) => ![...found.values()].includes(former))
      .map((former) => ({ former, alike: likeness(former, now, before, after) }))
      .sort((left, right) => right.alike - left.alike);
    const [best] = ranked;
    if (best !== undefined && best.alike >= ALIKE) found.set(now, best.former);
  }
  return found;
}

/** A value with a service's former id replaced by its new one. */
export function withFormerName(value: Json, former: string, now: string): Json {
  return JSON.parse(JSON.stringify(value).replaceAll(former, now)) as Json;
}

function servicesOnlyIn(these: readonly Compared[], others: readonly Compared[]): string[] {
  const known = new Set(others.map(({ service }) => service));
  return [
    ...new Set(these.flatMap(({ service }) => (service === undefined || known.has(service) ? [] : [service]))),
  ].sort();
}

function likeness(former: string, now: string, before: readonly Compared[], after: readonly Compared[]): number {
  const old = lines(before.filter(({ service }) => service === former)).map((line) => line.replaceAll(former, now));
  const fresh = lines(after.filter(({ service }) => service === now));
  const known = new Set(old);
  const shared = fresh.filter((line) => known.has(line)).length;
  return fresh.length === 0 ? 0 : shared / Math.max(fresh.length, old.length);
}

/** Lines that tell one service from another: those that name it, its expressions above all. */
function lines(resources: readonly Compared[]): string[] {
  return resources.flatMap((resource) =>
    JSON.stringify(resource.kind === 'rule' ? resource.rule : resource.spec, null, 1)
      .split('\n')
      .filter((line) => line.includes(resource.service ?? '')),
  );
}
