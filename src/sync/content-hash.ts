import { createHash } from 'node:crypto';
import { configure } from 'safe-stable-stringify';
import type { Resource } from '../model/resource.ts';
import { comparable } from './comparable.ts';

const stringify = configure({ deterministic: true });

/**
 * A short hash of what is sent for a resource, the same on every machine: key order does not matter.
 *
 * @example contentHash(dashboard) // '9f86d081884c7d65'
 */
export function contentHash(resource: Resource): string {
  return createHash('sha256')
    .update(stringify(comparable(resource)) ?? '')
    .digest('hex')
    .slice(0, 16);
}
