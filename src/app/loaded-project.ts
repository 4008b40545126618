/** What people's files export, before anything is made of it: a file may export anything. */
import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { environmentNames, inEnvironment } from '../project/in-environment.ts';
import type { LoadedProject } from '../project/source.ts';
import { brokenCode, CONFIG } from './broken-code.ts';
import { baseUrl } from './config.ts';
import { ENVIRONMENTS } from './environment.ts';
import type { Io } from './io.ts';

const callable = z.custom<() => unknown>((value) => typeof value === 'function', 'is not a function');
const text = z.string();
const facts = z.looseObject({
  owner: text,
  system: text,
  team: text,
  folder: z.looseObject({ uid: text, title: text }),
  dataSource: z.looseObject({ uid: text, name: text }),
  scrapeInterval: text,
  evaluationInterval: text,
  histogramBoundaries: z.looseObject({ server: z.array(z.number()), database: z.array(z.number()) }),
  repository: z.looseObject({ url: text, branch: text }),
  notifications: z.looseObject({
    groupWait: z.looseObject({ critical: text, warning: text }),
    groupInterval: text,
    repeatInterval: text,
  }),
  previewWebhook: text,
});
const contactPoint = z.looseObject({ name: text, integrations: z.array(z.looseObject({})) });
const ranges = z.array(text).optional();
const timeInterval = z.looseObject({
  name: text,
  intervals: z.array(
    z.looseObject({
      times: z.array(z.looseObject({ startTime: text, endTime: text })).optional(),
      weekdays: ranges,
      daysOfMonth: ranges,
      months: ranges,
      years: ranges,
      location: text.optional(),
    }),
  ),
});
const muteTimeIntervals = z.array(timeInterval).optional();
const alert = z.looseObject({ alert: text, slug: text, signal: text, muteTimeIntervals });
const about = z.looseObject({ alert: text });
const behaviour = z.looseObject({
  lost: z
    .array(z.looseObject({ families: z.union([z.literal('all'), z.array(text)]), from: text, until: text }))
    .optional(),
});
const scenario = z.looseObject({
  id: text,
  title: text,
  from: text,
  until: text,
  day: text,
  defaults: behaviour,
  services: z.record(text, behaviour),
  expect: z.looseObject({
    must: z.array(about.extend({ service: text, between: z.tuple([text, text]) })),
    may: z.array(about),
    never: z.array(about),
  }),
});
const scenarioSource = z.unknown().superRefine((value, context) => {
  if (typeof value === 'function') return;
  const { error } = scenario.safeParse(value);
  if (error === undefined) return;
  const named = typeof value === 'object' && value !== null && 'id' in value ? error.issues : [];
  if (named.length === 0)
    context.addIssue({ code: 'custom', message: 'is neither a scenario nor a function that makes some' });
  // What is wrong with it, at its own place.
  for (const { path, message } of named) context.addIssue({ code: 'custom', path, message });
});
const receivers = z.looseObject({
  critical: contactPoint.optional(),
  warning: contactPoint.optional(),
  none: contactPoint.optional(),
});
/** What `environments.ts` states. */
const environments = z.record(
  text,
  z.strictObject({
    mark: text,
    dataSource: z.looseObject({ uid: text, name: text }),
    folder: z.looseObject({ uid: text, title: text }),
    grafana: baseUrl.optional(),
    matchers: z.array(text).optional(),
    labels: z.record(text, text).optional(),
    routing: z.strictObject({ receivers, contactPoints: z.array(contactPoint).optional() }).optional(),
  }),
);
/** What `grafana.config.ts` chooses. What stands in the list of services is looked at one by one, as facts. */
const choices = z.looseObject({
  services: z.array(z.unknown()),
  dashboards: z.looseObject({
    shared: z.array(callable),
    sections: z.array(callable),
    extensions: z.record(text, z.looseObject({ extend: callable, source: text })),
    source: text,
  }),
  alerts: z.looseObject({
    service: z.array(alert),
    project: z.array(alert),
    receivers,
    contactPoints: z.array(contactPoint),
    timeIntervals: z.array(timeInterval),
    muteTimeIntervals: z.looseObject({
      critical: muteTimeIntervals,
      warning: muteTimeIntervals,
      none: muteTimeIntervals,
    }),
    source: text,
  }),
  scenarios: z.array(scenarioSource),
  incident: z
    .looseObject({ title: text, from: text, until: text, scenarios: z.record(text, scenario) })
    .refine(({ scenarios: shapes }) => Object.keys(shapes).length > 0, 'has no scenario')
    .optional(),
});

/**
 * The project's files, loaded and of a shape that can be worked with.
 *
 * @throws ExplainedError F000 or F013 with the file, whatever it does or exports
 */
export async function loadedProject({ loadProject, root }: Pick<Io, 'loadProject' | 'root'>): Promise<LoadedProject> {
  let loaded: LoadedProject;
  try {
    loaded = await loadProject();
  } catch (cause) {
    if (cause instanceof ExplainedError) throw cause;
    throw explained([brokenCode(cause, root, CONFIG)], cause);
  }
  const problems = [...placeProblems(loaded), ...shapeProblems(loaded)];
  if (problems.length > 0) throw explained(problems);
  return loaded;
}

/** What is wrong with the shape of `environments.ts`. */
function placeProblems({ environments: stated }: LoadedProject): readonly Diagnostic[] {
  if (stated === undefined) return [];
  if (Object.keys(stated).length === 0) {
    const remedy = 'Export what defineEnvironments returns as the default, or remove the file: one place needs none.';
    return [
      {
        code: 'F030',
        level: 'error',
        file: ENVIRONMENTS,
        subject: ENVIRONMENTS,
        message: 'states no environment',
        remedy,
      },
    ];
  }
  return issuesOf(environments, stated).map((issue) => ({
    ...wrong('F030', 'a wrong fact', issue),
    file: ENVIRONMENTS,
    subject: ENVIRONMENTS,
    remedy: 'The type Environment explains every fact; tsc --noEmit shows the line.',
  }));
}

/** What is wrong with the shape of facts and choices in any environment, each once. */
function shapeProblems(loaded: LoadedProject): readonly Diagnostic[] {
  if (placeProblems(loaded).length > 0) return [];
  const names = environmentNames(loaded);
  const found = (names.length === 0 ? [undefined] : names).flatMap((name) => {
    const source = inEnvironment(loaded, name);
    return [
      ...issuesOf(facts, source.project).map((issue) => wrong('F013', 'a wrong fact', issue)),
      ...issuesOf(choices, source).map((issue) => wrong('F000', 'a wrong choice', issue)),
    ];
  });
  return [...new Map(found.map((problem) => [problem.message, problem])).values()];
}

function issuesOf(schema: z.ZodType, value: unknown): readonly z.core.$ZodIssue[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues;
}

function wrong(code: 'F000' | 'F013' | 'F030', what: string, { path, message }: z.core.$ZodIssue): Diagnostic {
  const place = path.map(String).join('.');
  return {
    code,
    level: 'error',
    file: CONFIG,
    subject: 'project',
    message: `has ${what}${place === '' ? '' : ` at ${place}`}: ${message}`,
    remedy: 'Make it with defineProject, defineDashboards and defineAlerts; tsc --noEmit shows the line.',
  };
}

/** An error that holds what is wrong, one by one. */
export function explained(problems: readonly Diagnostic[], cause?: unknown): ExplainedError {
  const [first] = problems;
  return new ExplainedError({
    code: first?.code ?? 'F000',
    message: problems.map(({ subject, message }) => `${subject} ${message}`).join('; '),
    remedy: first?.remedy ?? '',
    problems,
    cause,
  });
}
