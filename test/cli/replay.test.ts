import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { committedCopy } from '../support/company.ts';
import { run } from '../support/run.ts';

let folder: string;
let copy: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-cli-'));
  copy = await committedCopy('replay');
});
afterAll(() => Promise.all([folder, copy].map((made) => rm(made, { recursive: true, force: true }))));

describe('npm run replay', () => {
  it('lists the scenarios', async () => {
    const { code, stdout } = await run('replay', ['--list']);
    expect(code).toBe(0);
    expect(stdout).toContain('incident-linear       Incident of 2026-03-16, linear shape\n');
    expect(stdout).toContain('(long)');
  });

  it('replays one scenario, and writes its picture', async () => {
    const picture = join(folder, 'idle.svg');
    const { code, stdout } = await run('replay', ['idle-night', '--svg', picture, '--against', 'HEAD'], {}, copy);
    expect(stdout).toContain('Silent. All expectations hold.');
    expect(stdout).toContain('Against HEAD: ');
    expect(code).toBe(0);
    expect(await readFile(picture, 'utf8')).toContain('No alert fires.');
  });

  it('writes JSON to a file', async () => {
    const file = join(folder, 'idle.json');
    const { code, stdout } = await run('replay', ['idle-night', '--format', 'json', '--out', file], {}, copy);
    expect([code, stdout]).toEqual([0, '']);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ holds: true, scenarios: [{ id: 'idle-night' }] });
  });

  it.each([
    [['nothing-known'], 'C021 nothing-known is not a scenario of this project'],
    [['--svg', 'a.svg'], 'C021 --svg is about one scenario'],
    [['idle-night', '--against', 'no-such-ref'], 'C020 --against no-such-ref is not a commit'],
    [['idle-night', '--engine', 'grafana'], 'C022 --engine grafana needs GRAFANA_URL'],
    [['--unknown'], "unknown option '--unknown'"],
  ])('refuses %j with exit code 2 and the way out', async (args, told) => {
    const { code, stderr } = await run('replay', args);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });
});

describe('a change to a rule', () => {
  beforeAll(async () => {
    const file = `${copy}services/user-account.ts`;
    const text = await readFile(file, 'utf8');
    expect(text).toContain('percent(75)');
    await writeFile(file, text.replace('percent(75)', 'percent(85)'));
  });

  it('says how many minutes later the alert fires than in another commit, and fails where that is too late', async () => {
    const args = ['incident-linear', '--against', 'HEAD'];
    const { code, stdout } = await run('replay', args, {}, copy);
    expect(stdout).toContain(
      '~ incident-linear: ServicePoolSaturated of user-account (pool primary) fires 5 minutes later (14:37 instead of 14:32)',
    );
    expect(stdout).toContain(
      'ServicePoolSaturated, user-account: expected fires between 14:15 and 14:33, seen: fires at 14:37.',
    );
    expect(code).toBe(1);
  }, 120_000);

  it('says so of a standard scenario as well, whose expectations follow the limit', async () => {
    const args = ['connection-leak', '--against', 'HEAD'];
    const { code, stdout } = await run('replay', args, {}, copy);
    expect(stdout).toContain(
      '~ connection-leak: ServicePoolSaturated of user-account (pool primary) fires 18 minutes later (15:05 instead of 14:47)',
    );
    expect(stdout).toContain('All expectations hold.');
    expect(code).toBe(0);
  }, 120_000);
});
