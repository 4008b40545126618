import { isTaken, LIMITS, readInputFile, writeFileSafely } from '../adapters/files.ts';
import { otel } from '../metrics/index.ts';
import { type ExplainedError, refused, usageError } from '../model/explained-error.ts';
import { fileNameProblem } from '../model/file-name.ts';
import { visible } from '../model/outside-text.ts';
import type { Project } from '../model/project.ts';
import { defineCatalog, defineService } from '../model/service.ts';
import { validateFacts } from '../validate/index.ts';

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
const LIST = 'services/index.ts';

/**
 * Writes `services/<id>.ts`, and its line in `services/index.ts` where the project lists its services. Answers with what
 * it wrote.
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
    const ofProject = (place: string | undefined): boolean => place?.endsWith('project.ts') === true;
    throw usageError(problems.map((each) => (ofProject(each.file) ? each : { ...each, file })));
  }
  const oddName = fileNameProblem(`${id}.ts`);
  if (oddName !== undefined) throw unusable(id, `cannot be: ${file} ${oddName}`, 'Choose another id');
  if (id === 'index' || isTaken(`${root}${file}`))
    throw unusable(id, `exists: ${file}`, 'Edit that file, or choose another id');
  const list = readInputFile(`${root}${LIST}`, LIMITS.small);
  // Where nothing lists the services, they are found by their files.
  const listed = 'text' in list ? withEntry(list.text, id) : undefined;
  if ('problem' in list && !list.missing)
    throw unusable(id, `cannot be listed: ${LIST} ${list.problem}`, 'Correct that');
  const variable = listed?.variable ?? nameOf(id, []);
  await writeFileSafely(`${root}${file}`, facts({ ...service, title }, variable, job), {
    within: root,
    existing: 'refuse',
  });
  if (listed === undefined) return [file];
  await writeFileSafely(`${root}${LIST}`, listed.text, { within: root });
  return [file, LIST];
}

/** The list with one more service. @throws ExplainedError where there is no list that can be read. */
function withEntry(source: string, id: string): { readonly text: string; readonly variable: string } {
  const ends = source.includes('\r\n') ? '\r\n' : '\n';
  const text = source.replaceAll('\r\n', '\n');
  const found = /(export const services\b[^=]*=\s*)\[([^\]]*)\]/.exec(text);
  if (found === null) {
    throw unusable(id, `cannot be listed: ${LIST} has no "export const services = [...]"`, 'Add it there by hand');
  }
  const [whole, head = '', inner = ''] = found;
  // Comments among the members stay where they are; the new one stands before them.
  const members = inner
    .replace(/\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?|\/\/.*/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const variable = nameOf(id, members);
  if (members.includes(variable))
    throw unusable(id, `would be called ${variable}, as another one is`, 'Choose another id');
  const plain = !/\/\/|\/\*/.test(inner);
  const next = plain ? `${head}[${[...members, variable].join(', ')}]` : `${head}[\n  ${variable},${inner}]`;
  const listed = text.replace(whole, () => next);
  const imports = [...listed.matchAll(/^import [^;]*;$/gm)].map(([line]) => line);
  const sorted = [...imports, `import { ${variable} } from './${id}.ts';`].sort((left, right) =>
    pathIn(left) < pathIn(right) ? -1 : 1,
  );
  const rest = imports.reduce((left, line) => left.replace(`${line}\n`, () => ''), listed);
  const joined = `${sorted.join('\n')}\n${rest.startsWith('\n') ? '' : '\n'}${rest}`;
  return { text: joined.replaceAll('\n', ends), variable };
}

/** A constant's name. A word of the language, or the name of another one (a-1 and a1), gets a longer one. */
function nameOf(id: string, taken: readonly string[]): string {
  const camel = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return isName(camel) && !taken.includes(camel) ? camel : `${camel}Service`;
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

function pathIn(line: string): string {
  return /'([^']*)'/.exec(line)?.[1] ?? line;
}

function titleOf(id: string): string {
  return id
    .split('-')
    .map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`)
    .join(' ');
}

function facts({ id, title, team, metrics }: Required<NewService>, variable: string, job: string): string {
  const profile = PROFILES[metrics];
  return `import { ${profile.name} } from '../src/metrics/index.ts';
import { defineService } from '../src/model/service.ts';

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
