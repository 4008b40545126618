import { access, readFile, writeFile } from 'node:fs/promises';
import { UsageError } from './command.ts';
import { ROOT } from './desired.ts';

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
 * @throws UsageError if the id can not be used or exists; nothing is written then.
 */
export async function scaffoldService(service: NewService, root = ROOT): Promise<readonly string[]> {
  const { id } = service;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    throw refused(id, 'is not lower-case letters, digits and single hyphens', 'Write it such as order-service');
  const file = `services/${id}.ts`;
  const exists = await access(`${root}${file}`).then(
    () => true,
    () => false,
  );
  if (exists || id === 'index') throw refused(id, `exists: ${file}`, 'Edit that file, or choose another id');
  const index = await readFile(`${root}services/index.ts`, 'utf8');
  const variable = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const listed = /export const services = \[([^\]]*)\];/.exec(index);
  if (listed === null)
    throw refused(
      id,
      'can not be listed: services/index.ts has no line "export const services = [...]"',
      'Add it there by hand',
    );
  const members = [...(listed[1] ?? '').split(',').map((name) => name.trim()), variable].filter((name) => name !== '');
  const imports = [...index.matchAll(/^import .*;$/gm)].map(([line]) => line);
  const next = [...imports, `import { ${variable} } from './${id}.ts';`].sort((left, right) =>
    pathIn(left).localeCompare(pathIn(right)),
  );
  const rest = index
    .replace(/^import .*;\n/gm, '')
    .replace(listed[0], `export const services = [${members.join(', ')}];`);
  await writeFile(`${root}${file}`, facts(service, variable), { encoding: 'utf8', flag: 'wx' });
  await writeFile(
    `${root}services/index.ts`,
    `${next.join('\n')}\n${rest.startsWith('\n') ? '' : '\n'}${rest}`,
    'utf8',
  );
  return [file, 'services/index.ts'];
}

function pathIn(line: string): string {
  return /'([^']*)'/.exec(line)?.[1] ?? line;
}

function facts({ id, title, team, metrics }: NewService, variable: string): string {
  const profile = PROFILES[metrics];
  const name =
    title ??
    id
      .split('-')
      .map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`)
      .join(' ');
  return `import { ${profile.name} } from '../src/metrics/index.ts';
import { defineService } from '../src/model/service.ts';

export const ${variable} = defineService({
  id: '${id}',
  title: ${quoted(name)},
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
