import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { oneAtATime, watchFiles } from '../../scripts/support/watch.ts';

describe('watching files', () => {
  let root = '';
  let stop = () => {};
  let told: (readonly string[])[] = [];
  let wake = () => {};
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'watch-'));
    await mkdir(join(root, 'services/shop'), { recursive: true });
    await write('services/shop/user.ts', 'first');
    told = [];
    stop = watchFiles(root, ['services', 'alerts'], (files) => {
      told.push(files);
      wake();
    });
  });
  afterEach(async () => {
    stop();
    await rm(root, { recursive: true });
  });

  const write = (path: string, text: string) => writeFile(join(root, path), text);
  /** What is told after something was done; the test's own timeout ends a wait for nothing. */
  const toldAfter = async (action: () => Promise<unknown>): Promise<readonly string[] | undefined> => {
    const known = told.length;
    const next = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await action();
    await next;
    return told[known];
  };
  /** As sed and IDEs of JetBrains do it. */
  const saveByRenaming = async (path: string, text: string) => {
    await write('services/shop/.saving', text);
    await rename(join(root, 'services/shop/.saving'), join(root, path));
  };
  /** As vim does it. */
  const saveBesideBackup = async (path: string, text: string) => {
    await rename(join(root, path), join(root, `${path}~`));
    await write(path, text);
    await rm(join(root, `${path}~`));
  };

  test.each([
    ['in place', write],
    ['by renaming', saveByRenaming],
    ['beside a backup', saveBesideBackup],
  ])('tells of a file that is saved %s, each time', async (_, save) => {
    for (const text of ['second', 'third!', 'and a fourth']) {
      expect(await toldAfter(() => save('services/shop/user.ts', text))).toEqual(['services/shop/user.ts']);
    }
  });

  test('tells of a new folder, of changes in it, and of its end', async () => {
    const made = await toldAfter(async () => {
      await mkdir(join(root, 'alerts/rules'), { recursive: true });
      await write('alerts/rules/new.ts', 'first');
    });
    expect(made).toEqual(['alerts/rules/new.ts']);
    expect(await toldAfter(() => write('alerts/rules/new.ts', 'second'))).toEqual(['alerts/rules/new.ts']);
    expect(await toldAfter(() => rm(join(root, 'alerts'), { recursive: true }))).toEqual(['alerts/rules/new.ts']);
  });

  test('tells of a file that is removed', async () => {
    expect(await toldAfter(() => rm(join(root, 'services/shop/user.ts')))).toEqual(['services/shop/user.ts']);
  });

  test('tells once of what is saved together, and of nothing but code', async () => {
    const files = await toldAfter(async () => {
      await write('services/shop/notes.md', 'no code');
      await write('services/shop/user.ts', 'second');
      await write('services/shop/order.ts', 'first');
    });
    expect(files).toEqual(['services/shop/order.ts', 'services/shop/user.ts']);
    expect(told.length).toBe(1);
  });
});

describe('a run on every change', () => {
  const turn = () => new Promise(setImmediate);
  /** Runs that end when a test says so. */
  const runs = () => {
    const ends: (() => void)[] = [];
    const ended = new AbortController();
    const request = oneAtATime(() => new Promise((resolve) => ends.push(resolve)), ended.signal);
    return { ends, ended, request };
  };

  test('waits for the one in progress, and comes once however often it was asked for', async () => {
    const { ends, request } = runs();
    request();
    request();
    request();
    await turn();
    expect(ends.length).toBe(1);
    ends[0]?.();
    await turn();
    expect(ends.length).toBe(2);
    ends[1]?.();
    await turn();
    expect(ends.length).toBe(2);
    request();
    await turn();
    expect(ends.length).toBe(3);
  });

  test('does not come after the end, though it was asked for before', async () => {
    const { ends, ended, request } = runs();
    request();
    request();
    ended.abort();
    ends[0]?.();
    await turn();
    expect(ends.length).toBe(1);
  });
});
