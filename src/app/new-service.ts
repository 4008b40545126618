import { isTaken, writeFileSafely } from '../adapters/files.ts';
import { otel } from '../metrics/index.ts';
import { type ExplainedError, refused, usageError } from '../model/explained-error.ts';
import { fileNameProblem } from '../model/file-name.ts';
import { visible } from '../model/outside-text.ts';
import type { Project } from '../model/project.ts';
import { defineCatalog, defineService } from '../model/service.ts';
import { validateFacts } from '../validate/index.ts';
import { CONFIG } from './broken-code.ts';

export interface NewService {
  readonly id: string;
  readonly title?: string;
  readonly team: string;
  readonly metrics: 'otel' | 'micrometer' | 'prom-client';
}

const PROFILES = {
  otel: { name: 'otel', facts: (job: string) => `{ job: ${quoted(job)} }` },
  micrometer: { name: 'micrometer', facts: (job: string) => `{ job: ${quoted(job)} }` },
  'prom-client': {
    name: 'promClient',
    facts: (job: string) => `{ job: ${quoted(job)}, cpuLimitCores: 1, memoryLimitBytes: 512 * 1024 ** 2 }`,
  },
} as const;

/**
 * Writes `services/<id>.ts`, by which the service is found. Answers with what it wrote.
 *
 * @param project whose system is part of the job, as OpenTelemetry's collector makes it
 * @param root of the project, with a slash at its end
 * @throws ExplainedError if the id, title or team cannot be used, or the service exists; nothing is written then.
 */
export async function scaffoldService(
  service: NewService,
  { project, root }: { readonly project: Project; readonly root: string },
): Promise<readonly string[]> {
  const { id, metrics } = service;
  const title = service.title ?? titleOf(id);
  const job = metrics === 'otel' ? `${project.system}/${id}` : id;
  const planned = defineService({ id, title, team: service.team, tier: 'internal', metrics: otel({ job }) });
  const problems = validateFacts(defineCatalog([planned]), project).filter(({ level }) => level === 'error');
  const file = `services/${id}.ts`;
  if (problems.length > 0) {
    // The service stands nowhere yet; what is wrong with the project stands where it says.
    const ofProject = (place: string | undefined): boolean => place === CONFIG;
    throw usageError(problems.map((each) => (ofProject(each.file) ? each : { ...each, file })));
  }
  const oddName = fileNameProblem(`${id}.ts`);
  if (oddName !== undefined) throw unusable(id, `cannot be: ${file} ${oddName}`, 'Choose another id');
  if (isTaken(`${root}${file}`)) throw unusable(id, `exists: ${file}`, 'Edit that file, or choose another id');
  const variable = nameOf(id);
  await writeFileSafely(`${root}${file}`, facts({ ...service, title }, variable, job), {
    within: root,
    existing: 'refuse',
  });
  return [file];
}

/** A constant's name. A word of the language, or what the file imports, gets a longer one. */
function nameOf(id: string): string {
  const camel = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return isName(camel) ? camel : `${camel}Service`;
}

/** Whether a text can name a constant. */
function isName(text: string): boolean {
  try {
    new Function(`'use strict'; const ${text} = 0;`);
    return !['services', 'await', 'defineService', 'otel', 'micrometer', 'promClient', 'Service'].includes(text);
  } catch {
    return false;
  }
}

function titleOf(id: string): string {
  return id
    .split('-')
    .map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`)
    .join(' ');
}

function facts({ id, title, team, metrics }: Required<NewService>, variable: string, job: string): string {
  const profile = PROFILES[metrics];
  return `import { ${['defineService', profile.name].join(', ')} } from 'grafana-as-code';

export const ${variable} = defineService({
  id: '${id}',
  title: ${quoted(title)},
  team: ${quoted(team)},
  tier: 'internal',
  metrics: ${profile.name}(${profile.facts(job)}),
  databases: [],
  pools: [],
  dependencies: [],
});
`;
}

function quoted(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}

function unusable(id: string, message: string, remedy: string): ExplainedError {
  return refused('C008', `service "${visible(id)}"`, message, remedy);
}
