import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { isOurs, MOST_PROCESSES, STAND_IN, tooMany } from '../support/processes.ts';

test.each([
  ['node --import tsx scripts/sync.ts --dir x', true],
  ['bash -c "node" --import tsx scripts/sync.ts | head -1', true],
  ['node --import tsx /tmp/copy/scripts/plan.ts', true],
  ['npm run -s plan', true],
  ['npm test', true],
  ['node --import tsx src/preview/containers/simulator.ts', true],
  ['git ls-tree -r HEAD -- src scripts', false],
  ['promtool test rules /tmp/x/rules.yaml', false],
  ['docker compose version', false],
])('%s counts as a process of ours: %s', (line, ours) => {
  expect(isOurs(line.split(' '))).toBe(ours);
});

test('a run with few processes is well, one with many says which, and what to do instead', () => {
  const started = Array.from({ length: MOST_PROCESSES }, (_, index) => `node scripts/sync.ts ${index}`);
  expect(MOST_PROCESSES).toBeLessThanOrEqual(15);
  expect(tooMany(started)).toBeUndefined();
  const problem = tooMany([...started, 'node scripts/plan.ts']);
  expect(problem).toContain('16 processes of this project, and 15 is the most');
  expect(problem).toContain('test/support/run.ts');
  expect(problem).toContain('  node scripts/plan.ts');
});

test('however a process is started, it is counted', async () => {
  const count = () => readFileSync(inject('startedProcesses'), 'utf8').split(STAND_IN).length - 1;
  const before = count();
  const args = ['--eval', '', STAND_IN];
  await once(spawn(process.execPath, args), 'close');
  await promisify(execFile)(process.execPath, args);
  execFileSync(process.execPath, args);
  expect(count() - before).toBe(3);
});
