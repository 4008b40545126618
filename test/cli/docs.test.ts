import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { copyOfProject } from '../support/company.ts';
import { pagesOfRepository } from '../support/pages.ts';
import { run } from '../support/run.ts';

const pages = pagesOfRepository();
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts;

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  test('imports the engine by its name alone', () => {
    expect(text).not.toMatch(/from '(?:\.\.?\/)+(?:src|default)\b/);
  });

  test('names commands that exist', () => {
    const named = [...text.matchAll(/npm run (?:-s )?([a-z][a-z0-9:-]*)/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

test('the README lists every command that users have, and CONTRIBUTING the tests of the engine', () => {
  const readme = readFileSync('README.md', 'utf8');
  const contributing = readFileSync('CONTRIBUTING.md', 'utf8');
  const missing = Object.keys(scripts).filter(
    (name) => !(name.startsWith('test:') ? readme + contributing : readme).includes(`npm run ${name}`),
  );
  expect(missing.filter((name) => name !== 'test' || !readme.includes('npm test'))).toEqual([]);
});

test.each(
  pages.flatMap((page) =>
    [
      ...readFileSync(page, 'utf8').matchAll(
        /```ts\n(\/\/ ((?:dashboards|services|alerts)\/\S+\.ts)\nimport [\s\S]*?;\n)```/g,
      ),
    ].map(([, code = '', file = '']) => [page, file, code] as const),
  ),
)('the code for a file in %s (%s) is formatted as npm run check wants it', (_, file, code) => {
  const biome = (command: string) =>
    execFileSync('node_modules/.bin/biome', [command, `--stdin-file-path=${file}`], { input: code, encoding: 'utf8' });
  expect(biome('format')).toBe(code);
});

test('the README’s own panel can be added as it is written', async () => {
  const [, code = ''] =
    /```ts\n(\/\/ dashboards\/payments\.ts\n[\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const project = await copyOfProject('readme');
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  expect(await run('new-service', ['payments'], {}, project)).toMatchObject({ code: 0 });
  await writeFile(join(project, 'dashboards/payments.ts'), code);
  const list = join(project, 'dashboards/index.ts');
  const chosen = await readFile(list, 'utf8');
  const named = chosen.replace('extensions: { ', 'extensions: { payments, ');
  await writeFile(list, `import { payments } from './payments.ts';\n${named}`);
  const { code: exit, stdout } = await run('plan', ['--format', 'json'], {}, project);
  expect(exit).toBe(0);
  expect(stdout).toContain('dashboards/payments.ts');
});
