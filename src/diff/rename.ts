/** What got another id: it is described as renamed, not as one removed and one added. */
import { groupBy } from '../model/group-by.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import { type Resource, resourceKey } from '../model/resource.ts';

/** A resource under its former id and under its new one. */
export interface Renamed {
  readonly former: Resource;
  readonly now: Resource;
}

/** The share of equal lines above which a new service is an old one under another id. */
const ALIKE = 0.7;

/**
 * What left under one id and came under another, by the new key: all of a service whose id changed, and of one service
 * a rule or dashboard whose UID alone changed.
 */
export function renamedResources(
  before: readonly Resource[],
  after: readonly Resource[],
): ReadonlyMap<string, Renamed> {
  const [oldKeys, newKeys] = [new Set(before.map(resourceKey)), new Set(after.map(resourceKey))];
  const gone = before.filter((resource) => !newKeys.has(resourceKey(resource)));
  const come = after.filter((resource) => !oldKeys.has(resourceKey(resource)));
  if (gone.length === 0 || come.length === 0) return new Map();
  const services = renamedServices(gone, come, before, after);
  const found = new Map<string, Renamed>();
  const left = new Set(gone);
  const take = (former: Resource | undefined, now: Resource) => {
    if (former === undefined || !left.delete(former)) return;
    found.set(resourceKey(now), { former, now });
  };
  const byKey = new Map(gone.map((resource) => [resourceKey(resource), resource]));
  for (const now of come) {
    const service = serviceOf(now);
    const former = services.get(service);
    if (former !== undefined) take(byKey.get(resourceKey({ ...now, uid: now.uid.replace(service, former) })), now);
  }
  const nameOf = ({ kind, title }: Resource, service: string) => JSON.stringify([kind, title, service]);
  const byName = groupBy(left, (resource) => nameOf(resource, serviceOf(resource)));
  for (const now of come.filter((resource) => !found.has(resourceKey(resource)))) {
    const service = serviceOf(now);
    take(byName.get(nameOf(now, services.get(service) ?? service))?.shift(), now);
  }
  return found;
}

function serviceOf(resource: Resource): string {
  return 'service' in resource ? (resource.service ?? '') : '';
}

/** The former id of each service that left under one id and came under another, by its new id. */
function renamedServices(
  gone: readonly Resource[],
  come: readonly Resource[],
  before: readonly Resource[],
  after: readonly Resource[],
): ReadonlyMap<string, string> {
  const names = (these: readonly Resource[], others: readonly Resource[]) => {
    const known = new Set(others.map(serviceOf));
    return [...new Set(these.map(serviceOf))].filter((id) => id !== '' && !known.has(id)).sort();
  };
  const left = new Set(names(gone, after));
  const found = new Map<string, string>();
  for (const now of names(come, before)) {
    const [best] = [...left]
      .map((former) => ({ former, alike: likeness(former, now, gone, come) }))
      .sort((one, other) => other.alike - one.alike);
    if (best === undefined || best.alike < ALIKE) continue;
    left.delete(best.former);
    found.set(now, best.former);
  }
  return found;
}

function likeness(former: string, now: string, gone: readonly Resource[], come: readonly Resource[]): number {
  const [old, fresh] = [lines(gone, former, [former, now]), lines(come, now, [former, now])];
  const known = new Set(old);
  const shared = fresh.filter((line) => known.has(line)).length;
  return fresh.length === 0 ? 0 : shared / Math.max(fresh.length, old.length);
}

/** Lines that tell one service from another: those that name it by either id, its expressions above all. */
function lines(resources: readonly Resource[], service: string, ids: readonly string[]): string[] {
  return resources
    .filter((resource) => serviceOf(resource) === service)
    .flatMap((resource) =>
      JSON.stringify(resource.kind === 'rule' ? resource.rule : 'spec' in resource ? resource.spec : null, null, 1)
        .split('\n')
        .flatMap((line) => {
          const masked = ids.reduce((text, id) => text.replaceAll(id, '\0'), line);
          return masked === line ? [] : [masked];
        }),
    );
}

/**
 * A value with former identifiers replaced by the new ones wherever they stand whole: UIDs, labels and links. Expressions
 * stay as they are, so that another job is described.
 *
 * @param names new identifiers by the former ones
 */
export function withNewNames(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return value.replace(/[\w-]+/g, (word) => names.get(word) ?? word);
  if (Array.isArray(value)) return value.map((each: Json) => withNewNames(each, names));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === 'expr' ? each : withNewNames(each, names)]),
  );
}
