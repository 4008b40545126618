import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  readInputFile,
  removeFileSafely,
  TEMPORARY,
  withPlainLineEnds,
  writeFileSafely,
} from '../../src/adapters/files.ts';
import { fileNameProblem, sameFiles } from '../../src/model/file-name.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});
const at = (name: string) => join(folder, name);

describe('a file that is written', () => {
  test('is there as a whole, and nothing else is', async () => {
    await writeFileSafely(at('a.json'), 'one');
    await writeFileSafely(at('a.json'), 'two');
    expect(await readFile(at('a.json'), 'utf8')).toBe('two');
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  test('keeps the rights of the one it replaces', async () => {
    await writeFile(at('a'), '', { mode: 0o600 });
    await writeFileSafely(at('a'), 'x');
    expect((await stat(at('a'))).mode & 0o777).toBe(0o600);
    await writeFileSafely(at('secret'), 'x', { mode: 0o600 });
    expect((await stat(at('secret'))).mode & 0o777).toBe(0o600);
  });

  test('may come in parts', async () => {
    await writeFileSafely(
      at('a'),
      (async function* () {
        yield 'one ';
        yield 'two';
      })(),
    );
    expect(await readFile(at('a'), 'utf8')).toBe('one two');
  });

  test('may have a name as long as names can be', async () => {
    const name = 'x'.repeat(255);
    await writeFileSafely(at(name), 'x');
    expect(await readdir(folder)).toEqual([name]);
  });

  test('keeps its old content where the disk is full, and leaves nothing behind', async () => {
    await writeFileSafely(at('a'), 'old');
    const full = (async function* () {
      yield 'new';
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    })();
    await expect(writeFileSafely(at('a'), full)).rejects.toMatchObject({
      name: 'ExplainedError',
      code: 'C013',
      message: expect.stringContaining('cannot be written (ENOSPC)'),
    });
    expect(await readFile(at('a'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('is never written through a symbolic link', async () => {
    await writeFile(at('victim'), 'theirs');
    await symlink(at('victim'), at('link'));
    await symlink(at('nowhere'), at('dangling'));
    for (const name of ['link', 'dangling'])
      await expect(writeFileSafely(at(name), 'x')).rejects.toThrow('is a symbolic link');
    expect(await readFile(at('victim'), 'utf8')).toBe('theirs');
    expect(await readlink(at('link'))).toBe(at('victim'));
    expect((await readdir(folder)).sort()).toEqual(['dangling', 'link', 'victim']);
  });

  test('does not take a link in the place of its temporary file: that has a random name', async () => {
    await writeFile(at('victim'), 'theirs');
    await symlink(at('victim'), at(`a${TEMPORARY}`));
    await symlink(at('victim'), at(`.a${TEMPORARY}`));
    await writeFileSafely(at('a'), 'x');
    expect(await readFile(at('victim'), 'utf8')).toBe('theirs');
  });

  test.each(['', 'deeper/'])('is never written through a folder that is a link (%s)', async (inner) => {
    await mkdir(at('elsewhere/deeper'), { recursive: true });
    await mkdir(at('root'));
    await symlink(at('elsewhere'), at('root/sub'));
    const file = at(`root/sub/${inner}a`);
    await expect(writeFileSafely(file, 'x', { within: at('root') })).rejects.toThrow('root/sub is a symbolic link');
    await expect(removeFileSafely(file, { within: at('root') })).rejects.toThrow('root/sub is a symbolic link');
    expect(await readdir(at('elsewhere'))).toEqual(['deeper']);
  });

  test('stays in the folder that it belongs to', async () => {
    await mkdir(at('root'));
    for (const out of ['../a', 'sub/../../a', ''])
      await expect(writeFileSafely(join(at('root'), out), 'x', { within: at('root') })).rejects.toThrow('is not in');
    expect(await readdir(folder)).toEqual(['root']);
  });

  test('makes the folders of its own place, and no others', async () => {
    await writeFileSafely(at('a/b/c'), 'x', { within: folder });
    expect(await readFile(at('a/b/c'), 'utf8')).toBe('x');
    await expect(writeFileSafely(at('d/e'), 'x')).rejects.toThrow('cannot be written (ENOENT)');
  });

  test('is refused where something else than a file is', async () => {
    await mkdir(at('folder'));
    execFileSync('mkfifo', [at('pipe')]);
    await expect(writeFileSafely(at('folder'), 'x')).rejects.toThrow('it is a folder');
    await expect(writeFileSafely(at('pipe'), 'x')).rejects.toThrow('it is a pipe');
    await expect(writeFileSafely('/dev/null', 'x')).rejects.toThrow('it is a device');
    await writeFile(at('file'), '');
    await expect(writeFileSafely(at('file/a'), 'x', { within: folder })).rejects.toThrow('a folder has to be there');
  });

  test('that has to be new is refused where one is', async () => {
    await writeFileSafely(at('a'), 'one', { existing: 'refuse' });
    await expect(writeFileSafely(at('a'), 'two', { existing: 'refuse' })).rejects.toThrow('exists');
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => writeFileSafely(at('b'), `${index}`, { existing: 'refuse' })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await readdir(folder)).sort()).toEqual(['a', 'b']);
  });

  test('by many at once is one of theirs', async () => {
    const contents = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(50_000));
    await Promise.all(contents.map((content) => writeFileSafely(at('a'), content)));
    expect(contents).toContain(await readFile(at('a'), 'utf8'));
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('into a folder without write access says so', async (context) => {
    await mkdir(at('locked'));
    await chmod(at('locked'), 0o555);
    onTestFinished(() => chmod(at('locked'), 0o755));
    context.skip(process.getuid?.() === 0, 'permissions do not bind root');
    await expect(writeFileSafely(at('locked/a'), 'x')).rejects.toThrow('cannot be written (EACCES)');
  });

  test('shows a name with control characters in a line of its own', async () => {
    await mkdir(at('a\n::warning'));
    await expect(writeFileSafely(at('a\n::warning'), 'x')).rejects.toThrow('a\\n::warning cannot be written');
  });
});

describe('a file that is read', () => {
  test('has a size that fits', async () => {
    await writeFile(at('a'), 'x'.repeat(1000));
    expect(readInputFile(at('a'), 1000)).toEqual({ text: 'x'.repeat(1000) });
    expect(readInputFile(at('a'), 999)).toMatchObject({ problem: expect.stringContaining('is larger than') });
  });

  test('is neither a pipe nor a device nor a folder, and none of them is waited for', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    expect(readInputFile(at('pipe'), 10)).toMatchObject({ problem: 'is a pipe, and has to be a file' });
    expect(readInputFile('/dev/zero', 10)).toMatchObject({ problem: 'is a device, and has to be a file' });
    expect(readInputFile(folder, 10)).toMatchObject({ problem: 'cannot be read (EISDIR)', missing: false });
    expect(readInputFile(at('nowhere'), 10)).toEqual({ problem: 'cannot be read (ENOENT)', missing: true });
  });

  test.skipIf(process.platform !== 'linux')(
    'is limited by what comes out of it, not by what is said of its size',
    () => {
      expect(readInputFile('/proc/self/maps', 10)).toMatchObject({
        problem: expect.stringContaining('is larger than'),
      });
    },
  );

  test('has no byte order mark, and line ends that do not count', async () => {
    await writeFile(at('a'), '\uFEFFa\r\nb\n');
    const read = readInputFile(at('a'), 100);
    expect(read).toEqual({ text: 'a\r\nb\n' });
    expect(withPlainLineEnds('a\r\nb\n')).toBe('a\nb\n');
  });
});

describe('names', () => {
  test.each([
    'CON',
    'con.json',
    'aux.tar.gz',
    'NUL',
    'com1',
    'LPT9.yaml',
    'a.',
    'a ',
    'a:b',
    'a<b',
    'a|b',
    'a?',
    'a*',
    'a"',
  ])('%s cannot be the name of a file everywhere', (name) => expect(fileNameProblem(name)).toBeDefined());
  test.each(['', '.', '..', 'a/b', 'a\\b', 'a\0', 'a\n', 'x'.repeat(256), 'é'.repeat(128)])(
    '%j is no name of a file',
    (name) => expect(fileNameProblem(name)).toBeDefined(),
  );
  test.each(['console.json', 'bank-con.json', 'com10', 'a.b', '.env', 'x'.repeat(255), 'Zoë'])('%s is one', (name) =>
    expect(fileNameProblem(name)).toBeUndefined(),
  );

  test('that differ by case or by the way an accent is written are the same file somewhere', () => {
    expect(sameFiles(['a/B.json', 'a/b.json', 'zo\u00eb', 'zoe\u0308', 'c'])).toEqual([
      ['a/B.json', 'a/b.json'],
      ['zo\u00eb', 'zoe\u0308'],
    ]);
    expect(sameFiles(['a', 'a', 'b'])).toEqual([]);
  });

  test('that are one file are found whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const forms = new Set([name, name.normalize('NFC'), name.normalize('NFD')]);
        return sameFiles(forms).length === forms.size - 1;
      }),
      { numRuns: 200 },
    );
  });
});
