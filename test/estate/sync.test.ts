/** The shop as its users have it: what they get from `npm run sync` in a fresh clone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { REPOSITORY } from '../support/places.ts';
import { run } from '../support/run.ts';

test('the shop is written to a directory without a warning, and the second time nothing is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'estate-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const sync = () => run('sync', ['--dir', folder], {}, REPOSITORY);
  const first = await sync();
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('Applied: 50 created') });
  expect(`${first.stdout}${first.stderr}`).not.toMatch(/^\s*(warning|error)\b/m);
  expect((await sync()).stdout).toContain('Nothing to do: 50 resources are as in the code.');
});
