import { parse } from 'yaml';
import { z } from 'zod';
import type { AlertRule } from '../model/alert-rule.ts';
import { type Duration, isDuration } from '../model/duration.ts';

const duration = z.custom<Duration>(isDuration, 'is not a duration such as 2m');
const absence = z.enum(['KeepLast', 'Alerting', 'NoData', 'Error', 'OK']);
const rule = z.object({
  uid: z.string(),
  alert: z.string(),
  group: z.string(),
  signal: z.string(),
  expr: z.string(),
  comparison: z.enum(['gt', 'gte', 'lt']),
  threshold: z.number(),
  unit: z.enum(['ratio', 'seconds', 'count', 'factor']),
  for: duration,
  keepFiringFor: duration,
  evaluationInterval: duration,
  dataSourceUid: z.string(),
  severity: z.enum(['critical', 'warning', 'none']),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  dashboardUid: z.string(),
  panelId: z.number(),
  notification: z.object({
    receiver: z.string(),
    groupBy: z.array(z.string()),
    groupWait: duration,
    groupInterval: duration,
    repeatInterval: duration,
    muteTimeIntervals: z.array(z.string()).exactOptional(),
  }),
  noDataState: absence,
  execErrState: absence,
  missingSeriesEvalsToResolve: z.number(),
  paused: z.boolean(),
}) satisfies z.ZodType<AlertRule>;
const file = z.looseObject({ rules: z.array(rule) });

/** The rules of a rendered file, or what is wrong with it. Fields that this version does not know are left out. */
export function parseRenderedRules(
  text: string,
): { readonly rules: readonly AlertRule[] } | { readonly problem: string } {
  let content: unknown;
  try {
    // A rendered file is a program's: what is left out here only makes it slow to read.
    content = parse(text, { prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    return { problem: `is not YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = file.safeParse(content);
  return parsed.success
    ? { rules: parsed.data.rules }
    : { problem: z.prettifyError(parsed.error).split('\n').slice(0, 4).join(' ') };
}
