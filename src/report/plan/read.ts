import { z } from 'zod';
import { refused } from '../../model/explained-error.ts';
import { parseJson } from '../../model/json.ts';
import { planJsonSchema } from './schema.ts';

/** What is read of it; a plan of a later version may have more in it. */
const read = z.looseObject({
  ...planJsonSchema.pick({ format: true, changed: true }).shape,
  counts: z.looseObject({ blocked: z.number() }),
  drift: z.array(z.unknown()).optional(),
});

/**
 * Whether a plan's JSON says that Grafana is not as the code wants it: to be written, blocked, or edited by hand.
 *
 * @throws ExplainedError H003 if it is not such JSON
 */
export function planDiffers(text: string): boolean {
  const parsed = read.safeParse(parseJson(text));
  if (!parsed.success) {
    throw refused('H003', '--plan', 'is not a plan', 'Make it with: npm run plan -- --format json --out FILE');
  }
  const { changed, counts, drift } = parsed.data;
  return changed || counts.blocked > 0 || (drift ?? []).length > 0;
}
