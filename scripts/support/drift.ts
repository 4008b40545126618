import { z } from 'zod';
import { parseJson } from '../../src/model/json.ts';
import { UsageError } from './command.ts';

const plan = z.looseObject({
  format: z.literal('grafana-as-code/plan'),
  changed: z.boolean(),
  counts: z.looseObject({ blocked: z.number() }),
  drift: z.array(z.unknown()).optional(),
});

/** Whether a plan's JSON says that Grafana is not as the code wants it: to be written, blocked, or edited by hand. */
export function differs(text: string): boolean {
  const parsed = plan.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new UsageError([
      {
        code: 'H003',
        level: 'error',
        subject: '--plan',
        message: 'is no plan',
        remedy: 'Make it with: npm run plan -- --format json --out FILE',
      },
    ]);
  }
  const { changed, counts, drift } = parsed.data;
  return changed || counts.blocked > 0 || (drift ?? []).length > 0;
}
