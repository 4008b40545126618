import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../support/run.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-once-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);
const both = (name: string) => [
  '--dir',
  file('dist'),
  '--format',
  'md',
  '--out',
  file(`${name}.md`),
  '--json',
  file(`${name}.json`),
];

async function json(name: string): Promise<unknown> {
  return JSON.parse(await readFile(file(`${name}.json`), 'utf8'));
}

test('one plan is written for people and for programs', async () => {
  expect((await run('plan', both('plan'))).code).toBe(0);
  expect(await readFile(file('plan.md'), 'utf8')).toMatch(/create/);
  expect(await json('plan')).toMatchObject({ format: 'grafana-as-code/plan', changed: true });
  expect(JSON.parse((await run('plan', ['--dir', file('dist'), '--format', 'json'])).stdout)).toEqual(
    await json('plan'),
  );
});

test('a sync says as JSON what became of the plan, and the next one that nothing changed', async () => {
  expect((await run('sync', both('first'))).code).toBe(0);
  expect(await json('first')).toMatchObject({ changed: true, outcome: { failed: [], interrupted: false } });
  expect((await run('sync', both('second'))).code).toBe(0);
  expect(await json('second')).toMatchObject({ changed: false });
});

test('a file for the JSON that cannot be written is found before anything is', async () => {
  const { code, stderr } = await run('sync', ['--dir', file('dist'), '--json', file('nowhere/plan.json')]);
  expect(code).toBe(2);
  expect(stderr).toContain('--json');
});
