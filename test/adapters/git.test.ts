import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { commitOf, filesAt, type GitPlace, resolveBase, resolveCommit } from '../../src/adapters/git.ts';

let folder = '';
let place: GitPlace;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  place = { root: folder, environment: environment() };
});

function environment(more: Record<string, string> = {}): Record<string, string | undefined> {
  return { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...more };
}

function git(...args: string[]): string {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'core.autocrlf=false'];
  return execFileSync('git', [...who, ...args], { cwd: folder, env: environment(), encoding: 'utf8' }).trim();
}

async function commit(files: Record<string, string> = { 'a/file.txt': 'one\n' }): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'x');
  return git('rev-parse', 'HEAD');
}
const start = () => git('init', '--quiet', '--initial-branch=main');
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: { problems: { code: string; subject: string; message: string; remedy: string }[] }) => error.problems[0],
  );

describe('a ref', () => {
  test('names a commit', async () => {
    start();
    const first = await commit();
    git('tag', 'v1');
    await commit({ 'a/file.txt': 'two\n' });
    for (const ref of ['main~1', 'v1', first, first.slice(0, 8)])
      expect(await resolveCommit(ref, '--base', place)).toEqual({ ref, commit: first });
  });

  test('that only the remote has is found there, as the default is', async () => {
    start();
    const only = await commit();
    git('update-ref', 'refs/remotes/origin/trunk', only);
    git('checkout', '--quiet', '-b', 'work');
    git('branch', '--quiet', '-D', 'main');
    expect(await resolveCommit('trunk', '--base', place)).toEqual({ ref: 'origin/trunk', commit: only });
    expect(await resolveBase(undefined, 'trunk', place)).toEqual({ ref: 'origin/trunk', commit: only });
  });

  test.each(['nowhere', '-x', '--help', '--end-of-options', '', 'a b', 'x\n::error::y'])(
    'that is none (%j) is said, in one line',
    async (ref) => {
      start();
      await commit();
      const problem = await refusal(resolveCommit(ref, '--base', place));
      expect(problem).toMatchObject({ code: 'C020', message: 'is not a commit, branch or tag of this repository' });
      expect(`${problem?.subject}${problem?.message}${problem?.remedy}`).not.toContain('\n');
    },
  );

  test('without which nothing is known of the main branch says how to name it', async () => {
    start();
    await commit();
    git('branch', '--quiet', '-M', 'other');
    expect(await refusal(resolveBase(undefined, '-x', place))).toMatchObject({
      subject: '--base origin/-x or -x',
      remedy: expect.stringContaining('repository.branch'),
    });
  });

  test('that a shallow clone lacks says what to fetch', async () => {
    start();
    const first = await commit();
    await commit({ b: '1' });
    const clone = join(folder, 'clone');
    git('clone', '--quiet', '--depth', '1', `file://${folder}`, clone);
    expect(await refusal(resolveCommit(first, '--base', { ...place, root: clone }))).toMatchObject({
      remedy: expect.stringContaining('shallow'),
    });
  });

  test('in a repository without a commit says that', async () => {
    start();
    for (const ask of [() => resolveCommit('HEAD', '--base', place), () => resolveBase(undefined, 'main', place)])
      expect(await refusal(ask())).toMatchObject({ code: 'C020', message: expect.stringContaining('has none yet') });
  });

  test('is found from a branch without a commit, and in a bare repository', async () => {
    start();
    const first = await commit();
    git('checkout', '--quiet', '--orphan', 'empty');
    expect((await resolveCommit('main', '--base', place)).commit).toBe(first);
    expect((await refusal(resolveCommit('nowhere', '--base', place)))?.message).toContain('is not a commit');
    git('clone', '--quiet', '--bare', folder, join(folder, 'bare.git'));
    const bare = { ...place, root: join(folder, 'bare.git') };
    expect((await resolveCommit('main', '--base', bare)).commit).toBe(first);
    expect(await filesAt(first, ['a'], bare)).toEqual(new Map([['a/file.txt', 'one\n']]));
  });
});

describe('git that does not work', () => {
  test('because the project belongs to somebody else gives git’s own remedy', async () => {
    start();
    const first = await commit();
    const theirs = { root: folder, environment: environment({ GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }) };
    const expected = {
      code: 'C020',
      message: expect.stringContaining('dubious ownership'),
      remedy: `git config --global --add safe.directory ${folder}`,
    };
    expect(await refusal(resolveBase(undefined, 'main', theirs))).toMatchObject(expected);
    expect(await refusal(resolveCommit('main', '--base', theirs))).toMatchObject(expected);
    expect(await refusal(filesAt(first, ['a'], theirs))).toMatchObject(expected);
  });

  test('because there is no repository says so', async () => {
    expect(await refusal(resolveBase(undefined, 'main', place))).toMatchObject({
      message: expect.stringContaining('it is not a git repository'),
      remedy: 'Clone it with git instead of copying it.',
    });
  });

  test('because GIT_DIR leads elsewhere names it', async () => {
    start();
    await commit();
    const elsewhere = { root: folder, environment: environment({ GIT_DIR: join(folder, 'nowhere') }) };
    expect(await refusal(resolveBase(undefined, 'main', elsewhere))).toMatchObject({
      message: expect.stringContaining(`GIT_DIR is set to ${join(folder, 'nowhere')}`),
      remedy: expect.stringContaining('Unset GIT_DIR'),
    });
  });

  test('because it is missing says so', async () => {
    const bare = { root: folder, environment: { PATH: folder } };
    expect(await refusal(resolveCommit('main', '--base', bare))).toMatchObject({ remedy: 'Install git.' });
  });

  test('for a reason of its own is quoted in one line without control characters', async () => {
    start();
    await commit();
    await writeFile(join(folder, '.git/config'), '[core\u001b[31m\n');
    const problem = await refusal(resolveCommit('main', '--base', place));
    expect(problem?.message).toContain('git says "bad config line 1 in file .git/config"');
  });

  test('speaks English whatever the language of the machine', async () => {
    const german = {
      root: folder,
      environment: environment({ LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' }),
    };
    expect((await refusal(resolveBase(undefined, 'main', german)))?.message).toContain('not a git repository');
  });
});

describe('files at a commit', () => {
  test('are read as they were, whatever their names', async () => {
    start();
    const at = await commit({ 'a/ö b"c.txt': 'é\n', 'a/deeper/x': '', 'b/other': 'no' });
    await writeFile(join(folder, 'a/deeper/x'), 'changed');
    expect(await filesAt(at, ['a', 'nowhere'], place)).toEqual(
      new Map([
        ['a/deeper/x', ''],
        ['a/ö b"c.txt', 'é\n'],
      ]),
    );
    expect(await filesAt(at, ['nowhere'], place)).toEqual(new Map());
  });

  test('have our line ends, whatever was committed', async () => {
    start();
    const at = await commit({ 'a/x': 'one\r\ntwo\r\n' });
    expect((await filesAt(at, ['a'], place)).get('a/x')).toBe('one\ntwo\n');
  });

  test('that git has lost are an error, not an empty file', async () => {
    start();
    const at = await commit({ 'a/x': 'one' });
    const blob = git('rev-parse', 'HEAD:a/x');
    await rm(join(folder, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    expect(await refusal(filesAt(at, ['a'], place))).toMatchObject({
      code: 'C020',
      message: expect.stringContaining('an object of the commit is missing'),
    });
  });
});

test('the commit of a folder without git is unknown', async () => {
  expect(commitOf(folder)).toBe('unknown');
  start();
  const at = await commit();
  expect(commitOf(folder)).toBe(at.slice(0, 12));
});
