import type { Json, JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';

/** The part of a resource that targets hold and plans compare; where it comes from in the code is not. */
export function comparable(resource: Resource, unmodelled?: JsonObject): Json {
  // Plans in JSON call it `rest`, and stay as they are.
  const extra = unmodelled === undefined ? {} : { rest: unmodelled };
  switch (resource.kind) {
    case 'folder':
      return { title: resource.title, ...extra };
    case 'contact-point':
      return { ...(resource.contactPoint as unknown as JsonObject), ...extra };
    case 'dashboard':
      return { folderUid: resource.folderUid, spec: resource.spec, ...extra };
    case 'rule':
      return { folderUid: resource.folderUid, rule: resource.rule as unknown as JsonObject, ...extra };
    default:
      return resource satisfies never;
  }
}
