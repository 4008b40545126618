/** What people's files export, before anything is made of it: a file may export anything. */
import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { brokenCode } from './broken-code.ts';
import type { Io } from './io.ts';
import type { ProjectSource } from './project-source.ts';

const callable = z.custom<() => unknown>((value) => typeof value === 'function', 'is not a function');
const alerts = z.array(z.looseObject({ alert: z.string() }));
const text = z.string();
const project = z.looseObject({
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
/** By file: which of its exports are needed, and what they have to be. */
const FILES = {
  'src/project.ts': { code: 'F013', exports: z.looseObject({ project }) },
  // What stands in the list is looked at service by service, by the validation of facts.
  'services/index.ts': { code: 'F001', exports: z.looseObject({ services: z.array(z.unknown()) }) },
  'dashboards/index.ts': {
    code: 'F000',
    exports: z.looseObject({ extendedServices: z.array(text), buildDashboards: callable }),
  },
  'alerts/index.ts': {
    code: 'F000',
    exports: z.looseObject({
      serviceAlerts: alerts,
      projectAlerts: alerts,
      alertNames: z.record(text, text),
      buildRules: callable,
      buildContactPoints: callable,
    }),
  },
  'alerts/routing.ts': { code: 'F000', exports: z.looseObject({ receivers: z.looseObject({}) }) },
} as const;

/**
 * The project's files, loaded and of a shape that can be worked with.
 *
 * @throws ExplainedError F000, F001 or F013 with the file, whatever it does or exports
 */
export async function loadedProject({ loadProject, root }: Pick<Io, 'loadProject' | 'root'>): Promise<ProjectSource> {
  let source: ProjectSource;
  try {
    source = await loadProject();
  } catch (cause) {
    if (cause instanceof ExplainedError) throw cause;
    throw explained([brokenCode(cause, root, 'services/, dashboards/ or alerts/')], cause);
  }
  const { services, dashboards, alerts: all, project: facts } = source;
  const exported: Readonly<Record<keyof typeof FILES, unknown>> = {
    'src/project.ts': { project: facts },
    'services/index.ts': { services },
    'dashboards/index.ts': dashboards,
    'alerts/index.ts': all,
    'alerts/routing.ts': { receivers: all.receivers },
  };
  const problems = (Object.keys(FILES) as (keyof typeof FILES)[]).flatMap((file) => {
    const parsed = FILES[file].exports.safeParse(exported[file]);
    return parsed.success ? [] : parsed.error.issues.map((issue) => wrongExport(file, issue));
  });
  if (problems.length > 0) throw explained(problems);
  return source;
}

function wrongExport(file: keyof typeof FILES, { path, message }: z.core.$ZodIssue): Diagnostic {
  const { code } = FILES[file];
  const place = path.map(String).join('.');
  if (code === 'F013') {
    const [, ...rest] = path.map(String);
    const at = rest.length === 0 ? '' : ` at ${rest.join('.')}`;
    const remedy = 'src/model/project.ts explains every fact.';
    return { code, level: 'error', file, subject: 'project', message: `has a wrong fact${at}: ${message}`, remedy };
  }
  return {
    code,
    level: 'error',
    file,
    subject: file,
    message: `exports a wrong ${place}: ${message}`,
    remedy: 'Export it as the file of this name does on the main branch; npm run check shows the line.',
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
