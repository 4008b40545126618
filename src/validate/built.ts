/** The shape of what the project's own functions built: they may return anything. */
import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isDuration } from '../model/duration.ts';
import type { JsonObject } from '../model/json.ts';
import { type Kind, specOf } from '../model/resource.ts';
import { board } from './boards.ts';

const text = z.string();
const duration = text.refine(isDuration, 'is no duration such as 30s or 2m');
const common = { uid: text, title: text, source: text };
const absence = z.enum(['KeepLast', 'Alerting', 'NoData', 'Error', 'OK']);
const words = z.record(text, text);
const rule = z.looseObject({
  uid: text,
  alert: text,
  group: text,
  signal: text,
  expr: text,
  comparison: text,
  threshold: z.number(),
  unit: z.enum(['ratio', 'seconds', 'count', 'factor']),
  for: duration,
  keepFiringFor: duration,
  evaluationInterval: duration,
  dataSourceUid: text,
  severity: z.enum(['critical', 'warning', 'none']),
  labels: words,
  annotations: words,
  dashboardUid: text,
  panelId: z.number(),
  notification: z.looseObject({
    receiver: text,
    groupBy: z.array(text),
    groupWait: duration,
    groupInterval: duration,
    repeatInterval: duration,
  }),
  noDataState: absence,
  execErrState: absence,
  missingSeriesEvalsToResolve: z.number(),
  paused: z.boolean(),
});
const setting = z.union([text, z.boolean(), z.number(), z.looseObject({ secret: text })]);
const SHAPES = {
  rule: z.looseObject({ kind: z.literal('rule'), ...common, folderUid: text, service: text.optional(), rule }),
  dashboard: z.looseObject({
    kind: z.literal('dashboard'),
    ...common,
    folderUid: text,
    service: text.optional(),
    spec: board.refine(isJson, 'is not JSON'),
    signalPanels: z.record(text, z.number().optional()),
  }),
  'contact-point': z.looseObject({
    kind: z.literal('contact-point'),
    ...common,
    contactPoint: z.looseObject({
      name: text,
      integrations: z.array(z.looseObject({ type: text, settings: z.record(text, setting) })),
    }),
  }),
} as const satisfies Readonly<Partial<Record<Kind, z.ZodType>>>;

/** The shape of a kind, which may have no more to say than what its resources are in files. */
function shapeOf(kind: Kind): z.ZodType {
  const shapes: Readonly<Partial<Record<Kind, z.ZodType>>> = SHAPES;
  return (
    shapes[kind] ??
    z.looseObject({ kind: z.literal(kind), ...common }).superRefine((built, { addIssue }) => {
      for (const { path, message } of specOf(kind).problems(built as unknown as JsonObject))
        addIssue({ code: 'custom', path: [...path], message });
    })
  );
}

/**
 * What is wrong with the shape of what a function of the project returned.
 *
 * @param called the function. @param file where it is exported
 */
export function shapeProblems(
  kind: Kind,
  built: unknown,
  { called, file }: { readonly called: string; readonly file: string },
): readonly Diagnostic[] {
  return issuesOf(kind, built)
    .slice(0, 20)
    .map(({ path, message }) => {
      const [index] = path;
      const source = sourceOf(built, index) ?? file;
      return {
        code: 'F000',
        level: 'error',
        file: source,
        subject: `${called}()${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')}`,
        message: `is not what it has to be: ${message}`,
        remedy: 'Build it with the functions of grafana-as-code/panels; tsc --noEmit shows what the compiler knows.',
      };
    });
}

/** Looked at one by one: what is parsed is a copy, and copies of all of them would take as much memory again. */
function issuesOf(kind: Kind, built: unknown): readonly Pick<z.core.$ZodIssue, 'path' | 'message'>[] {
  const list = z.array(z.unknown()).safeParse(built);
  if (!list.success) return list.error.issues;
  const shape = shapeOf(kind);
  return list.data.flatMap((one, index) => {
    const { error } = shape.safeParse(one);
    return (error?.issues ?? []).map(({ path, message }) => ({ path: [index, ...path], message }));
  });
}

/** A dashboard may refer to itself, or hold what no file can. */
function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

function sourceOf(built: unknown, index: PropertyKey | undefined): string | undefined {
  const one: unknown = Array.isArray(built) && typeof index === 'number' ? built[index] : undefined;
  const source: unknown = typeof one === 'object' && one !== null && 'source' in one ? one.source : undefined;
  return typeof source === 'string' && !source.startsWith('/') ? source : undefined;
}
