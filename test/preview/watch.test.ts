import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Watching, watchFiles } from '../../src/adapters/watch.ts';
import { oneAtATime, runOnChange } from '../../src/app/watch.ts';
import { ioOf } from '../support/run.ts';

describe('watching files', () => {
  let root = '';
  let watching: Watching | undefined;
  let reported: (readonly string[])[] = [];
  let wake = () => {};
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'watch-'));
    await mkdir(join(root, 'services/bank'), { recursive: true });
    await write('services/bank/user.ts', 'first');
    reported = [];
    watching = await watchFiles(root, ['services', 'alerts'], (files) => {
      reported.push(files);
      wake();
    });
  });
  afterEach(async () => {
    await watching?.close();
    await rm(root, { recursive: true });
  });

  const write = (path: string, text: string) => writeFile(join(root, path), text);
  /** What is reported after something was done; the test's own timeout ends a wait for nothing. */
  const reportedAfter = async (action: () => Promise<unknown>): Promise<readonly string[] | undefined> => {
    const known = reported.length;
    const next = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await action();
    await next;
    return reported[known];
  };
  /** As sed does it. */
  const saveByRenaming = async (path: string, text: string) => {
    await write('services/bank/.saving', text);
    await rename(join(root, 'services/bank/.saving'), join(root, path));
  };
  /** As vim does it. */
  const saveBesideBackup = async (path: string, text: string) => {
    await rename(join(root, path), join(root, `${path}~`));
    await write(path, text);
    await rm(join(root, `${path}~`));
  };

  /** As IDEs of JetBrains do it, with safe write. */
  const saveThroughBackup = async (path: string, text: string) => {
    await write(`${path}___jb_tmp___`, text);
    await rename(join(root, path), join(root, `${path}___jb_old___`));
    await rename(join(root, `${path}___jb_tmp___`), join(root, path));
    await rm(join(root, `${path}___jb_old___`));
  };

  test.each([
    ['in place', write],
    ['by renaming', saveByRenaming],
    ['beside a backup', saveBesideBackup],
    ['through a backup', saveThroughBackup],
  ])('tells of a file that is saved %s, each time', async (_, save) => {
    for (const text of ['second', 'third!', 'and a fourth']) {
      expect(await reportedAfter(() => save('services/bank/user.ts', text))).toEqual(['services/bank/user.ts']);
    }
  });

  test('tells of a new folder, of changes in it, and of its end', async () => {
    const made = await reportedAfter(async () => {
      await mkdir(join(root, 'alerts/rules'), { recursive: true });
      await write('alerts/rules/new.ts', 'first');
    });
    expect(made).toEqual(['alerts/rules/new.ts']);
    expect(await reportedAfter(() => write('alerts/rules/new.ts', 'second'))).toEqual(['alerts/rules/new.ts']);
    expect(await reportedAfter(() => rm(join(root, 'alerts'), { recursive: true }))).toEqual(['alerts/rules/new.ts']);
  });

  test('tells of a folder that is made again', async () => {
    const make = async () => {
      await mkdir(join(root, 'alerts'));
      await write('alerts/rules.ts', 'first');
    };
    expect(await reportedAfter(make)).toEqual(['alerts/rules.ts']);
    expect(await reportedAfter(() => rm(join(root, 'alerts'), { recursive: true }))).toEqual(['alerts/rules.ts']);
    expect(await reportedAfter(make)).toEqual(['alerts/rules.ts']);
  });

  test('tells of a folder that is moved in, as git does it', async () => {
    await mkdir(join(root, 'elsewhere/deep'), { recursive: true });
    await write('elsewhere/deep/payments.ts', 'first');
    const moved = () => rename(join(root, 'elsewhere'), join(root, 'services/payments'));
    expect(await reportedAfter(moved)).toEqual(['services/payments/deep/payments.ts']);
  });

  test('tells of nothing that an editor keeps beside an open file', async () => {
    const files = await reportedAfter(async () => {
      await symlink('somebody@machine.1234', join(root, 'services/bank/.#user.ts'));
      await write('services/bank/.user.ts.swp', 'swap');
      await write('services/bank/#user.ts', 'autosave');
      await write('services/bank/4913', '');
      await write('services/bank/user.ts', 'second');
    });
    expect(files).toEqual(['services/bank/user.ts']);
  });

  test('tells of nothing after its end', async () => {
    await write('services/bank/user.ts', 'second');
    await watching?.close();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(reported).toEqual([]);
  });

  test('tells of a file that is removed', async () => {
    expect(await reportedAfter(() => rm(join(root, 'services/bank/user.ts')))).toEqual(['services/bank/user.ts']);
  });

  test('tells once of what is saved together, and of nothing but code', async () => {
    const files = await reportedAfter(async () => {
      await write('services/bank/notes.md', 'no code');
      await write('services/bank/user.ts', 'second');
      await write('services/bank/order.ts', 'first');
    });
    expect(files).toEqual(['services/bank/order.ts', 'services/bank/user.ts']);
    expect(reported.length).toBe(1);
  });
});

describe('a run on every change', () => {
  const turn = () => new Promise(setImmediate);
  /** Runs that end when a test says so. */
  const runs = () => {
    const ends: (() => void)[] = [];
    const ended = new AbortController();
    const run = () => new Promise<void>((resolve) => ends.push(resolve));
    return { ends, ended, run, ...oneAtATime(run, ended.signal) };
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

  /** A watch whose changes a test makes. */
  const watched = (atOnce: boolean) => {
    const { ends, ended, run } = runs();
    let change: (files: readonly string[]) => void = () => undefined;
    let closed = false;
    const io = ioOf({}, undefined, { interrupted: ended.signal });
    const done = runOnChange(
      { atOnce },
      {
        io,
        run,
        watchFiles: async (_root, _folders, onChange) => {
          change = onChange;
          const close = async () => {
            closed = true;
          };
          return { close, failed: new Promise<never>(() => undefined) };
        },
      },
    );
    return {
      ends,
      ended,
      done,
      text: io.stderr.text,
      closed: () => closed,
      change: (...files: string[]) => change(files),
    };
  };

  test('says which files changed, how long it took, and that it goes on', async () => {
    const { ends, ended, done, text, change } = watched(false);
    await turn();
    expect(ends.length).toBe(0);
    expect(text()).toBe('Watching for changes; Ctrl-C ends it.\n');
    change('services/a.ts', 'services/b\u001b[31m.ts');
    await turn();
    ends[0]?.();
    await turn();
    expect(text()).toMatch(/\nservices\/a\.ts, and 1 more, changed\nAfter \d\.\d s\. Watching for changes/);
    change('services/b\u001b[31m.ts');
    expect(text()).toContain('services/b\\u{1b}[31m.ts changed');
    ends[1]?.();
    ended.abort();
    await done;
  });

  test('ends with Ctrl-C once the one in progress is over, and nothing comes after', async () => {
    const { ends, ended, done, change, closed } = watched(true);
    await turn();
    change('services/a.ts');
    ended.abort();
    let over = false;
    void done.then(() => {
      over = true;
    });
    await turn();
    expect({ over, closed: closed() }).toEqual({ over: false, closed: true });
    ends[0]?.();
    await done;
    change('services/a.ts');
    await turn();
    expect(ends.length).toBe(1);
  });
});
