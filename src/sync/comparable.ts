import type { Json, JsonObject } from '../model/json.ts';
import { type Resource, specOf } from '../model/resource.ts';

/** The part of a resource that targets hold and plans compare; where it comes from in the code is not. */
export function comparable(resource: Resource, unmodelled?: JsonObject): Json {
  const content = specOf(resource.kind).content(resource);
  // Plans in JSON call it `rest`, and stay as they are.
  return unmodelled === undefined ? content : { ...content, rest: unmodelled };
}
