import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';

const call = (script: string) => ({
  command: ['sh', '-c', script] as const,
  cwd: '/',
  environment: { PATH: process.env['PATH'] },
});

describe('another program', () => {
  test('answers with what it wrote and its exit code', async () => {
    const seen: string[] = [];
    const ran = await runProgram({ ...call('echo out; echo err >&2; exit 3'), onOutput: (text) => seen.push(text) });
    expect(ran).toEqual({ end: 'exited', code: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(seen.sort()).toEqual(['err\n', 'out\n']);
  });

  test('sees the environment that it is given, and no other', async () => {
    const { stdout } = await runProgram({ ...call('env'), environment: { PATH: process.env['PATH'], GIVEN: 'yes' } });
    expect(stdout).toContain('GIVEN=yes');
    expect(stdout).not.toContain('HOME=');
  });

  test.each(['/nowhere/docker', '/etc'])('that cannot be executed is missing: %s', async (file) => {
    expect(await runProgram({ ...call(''), command: [file] })).toMatchObject({ end: 'missing', code: undefined });
  });

  test('that hangs is ended at its deadline, with what it started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'program-'));
    const ran = await runProgram({ ...call(`(sleep 1; touch ${folder}/late) & wait`), timeout: 200 });
    expect(ran).toMatchObject({ end: 'timeout', code: undefined });
    await setTimeout(1500);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  test('is ended with Ctrl-C, even before it began', async () => {
    const stop = new AbortController();
    const running = runProgram({ ...call('sleep 60'), signal: stop.signal });
    stop.abort();
    expect((await running).end).toBe('interrupted');
    expect((await runProgram({ ...call('sleep 60'), signal: stop.signal })).end).toBe('interrupted');
  });

  test('may write more than anybody keeps', async () => {
    const { stdout } = await runProgram(call('head -c 3000000 /dev/zero | tr "\\0" x; echo end'));
    expect(stdout.length).toBe(1_000_000);
    expect(stdout.endsWith('xend\n')).toBe(true);
  });
});
