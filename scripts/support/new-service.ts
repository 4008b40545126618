import { access, readFile, writeFile } from 'node:fs/promises';
import { otel } from '../../src/metrics/index.ts';
import { defineCatalog, defineService } from '../../src/model/service.ts';
import { project } from '../../src/project.ts';
import { validateFacts } from '../../src/validate/index.ts';
import { UsageError } from './command.ts';
import { ROOT } from './root.ts';

export interface NewService {
  readonly id: string;
  readonly title?: string;
  readonly team: string;
  readonly metrics: 'otel' | 'micrometer' | 'prom-client';
}

const PROFILES = {
  otel: { name: 'otel', facts: (id: string) => `{ job: 'shop/${id}' }` },
  micrometer: { name: 'micrometer', facts: (id: string) => `{ job: '${id}' }` },
  'prom-client': {
    name: 'promClient',
    facts: (id: string) => `{ job: '${id}', cpuLimitCores: 1, memoryLimitBytes: 512 * 1024 ** 2 }`,
  },
} as const;

/**
 * Writes `services/<id>.ts` and its line in `services/index.ts`. Answers with what it wrote.
 *
 * @throws UsageError if the id, title or team can not be used, or the service exists; nothing is written then.
 */
export async function scaffoldService(service: NewService, root = ROOT): Promise<readonly string[]> {
  const { id } = service;
  const title = service.title ?? titleOf(id);
  const metrics = otel({ job: `shop/${id}` });
  const planned = defineService({ id, title, team: service.team, tier: 'internal', metrics });
  const problems = validateFacts(defineCatalog([planned]), project);
  if (problems.length > 0) throw new UsageError(problems.map((problem) => ({ ...problem, file: `services/${id}.ts` })));
  const file = `services/${id}.ts`;
  const exists = await access(`${root}${file}`).then(
    () => true,
    () => false,
  );
  if (exists || id === 'index') throw refused(id, `exists: ${file}`, 'Edit that file, or choose another id');
  const index = await readFile(`${root}services/index.ts`, 'utf8');
  const camel = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const listed = /export const services = \[([^\]]*)\];/.exec(index);
  if (listed === null)
    throw refused(
      id,
      'can not be listed: services/index.ts has no line "export const services = [...]"',
      'Add it there by hand',
    );
  const taken = (listed[1] ?? '').split(',').map((name) => name.trim());
  // What is a word of the language, or has the name of another (a-1 and a1), gets a longer one.
  const variable = isName(camel) && !taken.includes(camel) ? camel : `${camel}Service`;
  if (taken.includes(variable))
    throw refused(id, `would be called ${variable}, as another one is`, 'Choose another id');
  const members = [...taken, variable].filter((name) => name !== '');
  const imports = [...index.matchAll(/^import .*;$/gm)].map(([line]) => line);
  const next = [...imports, `import { ${variable} } from './${id}.ts';`].sort((left, right) =>
    pathIn(left).localeCompare(pathIn(right)),
  );
  const rest = index
    .replace(/^import .*;\n/gm, '')
    .replace(listed[0], `export const services = [${members.join(', ')}];`);
  await writeFile(`${root}${file}`, facts({ ...service, title }, variable), { encoding: 'utf8', flag: 'wx' });
  await writeFile(
    `${root}services/index.ts`,
    `${next.join('\n')}\n${rest.startsWith('\n') ? '' : '\n'}${rest}`,
    'utf8',
  );
  return [file, 'services/index.ts'];
}

/** Whether a text can name a constant. */
function isName(text: string): boolean {
  try {
    new Function(`'use strict'; const ${text} = 0;`);
    return !['services', 'await', 'defineService', 'otel', 'micrometer', 'promClient'].includes(text);
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

function facts({ id, title, team, metrics }: Required<NewService>, variable: string): string {
  const profile = PROFILES[metrics];
  return `import { ${profile.name} } from '../src/metrics/index.ts';
import { defineService } from '../src/model/service.ts';

export const ${variable} = defineService({
  id: '${id}',
  title: ${quoted(title)},
  team: ${quoted(team)},
  tier: 'internal',
  metrics: ${profile.name}(${profile.facts(id)}),
  databases: [],
  pools: [],
  dependencies: [],
});
`;
}

function quoted(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}

function refused(id: string, message: string, remedy: string): UsageError {
  return new UsageError([{ code: 'C008', level: 'error', subject: `service "${id}"`, message, remedy }]);
}
