import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { outOfDate, writeRendered } from '../../src/app/rendered.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rendered-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
});
const file = (path: string, content = 'a\nb\n') => ({ path, content, resources: [] });
const FILES = [file('dashboards/rendered/a.json'), file('alerts/rendered/b.yaml')];

describe('rendered files', () => {
  test('are up to date whatever line ends git gave them', async () => {
    await writeRendered(root, FILES, await outOfDate(root, FILES));
    expect(await outOfDate(root, FILES)).toEqual([]);
    for (const { path, content } of FILES) await writeFile(join(root, path), content.replaceAll('\n', '\r\n'));
    expect(await outOfDate(root, FILES)).toEqual([]);
    await writeFile(join(root, FILES[0]?.path ?? ''), 'a\r\nc\r\n');
    expect(await outOfDate(root, FILES)).toEqual(['dashboards/rendered/a.json']);
  });

  test('are never written through a link', async () => {
    await mkdir(join(root, 'elsewhere'));
    await mkdir(join(root, 'dashboards'));
    await symlink(join(root, 'elsewhere'), join(root, 'dashboards/rendered'));
    await expect(
      writeRendered(
        root,
        FILES,
        FILES.map(({ path }) => path),
      ),
    ).rejects.toThrow('is a symbolic link');
    await rm(join(root, 'dashboards/rendered'));
    await mkdir(join(root, 'dashboards/rendered'));
    await writeFile(join(root, 'victim'), 'theirs');
    await symlink(join(root, 'victim'), join(root, 'dashboards/rendered/a.json'));
    await expect(
      writeRendered(
        root,
        FILES,
        FILES.map(({ path }) => path),
      ),
    ).rejects.toThrow('is a symbolic link');
    expect(await readFile(join(root, 'victim'), 'utf8')).toBe('theirs');
  });

  test.each([
    ['two that differ by case only', 'dashboards/rendered/A.json'],
    ['a device of Windows', 'dashboards/rendered/aux.json'],
  ])('are refused with the name of %s', async (_, path) => {
    await expect(outOfDate(root, [...FILES, file(path)])).rejects.toMatchObject({ code: 'D011', kind: 'usage' });
  });
});
