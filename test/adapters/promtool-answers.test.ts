import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptAnswers } from '../../src/adapters/promtool/answers.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'answers-'));
  folder = join(root, 'kept');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Milliseconds since 1970; each look at the clock is a second later. */
function ticking(start = 1_000_000): () => number {
  let now = start;
  return () => {
    now += 1000;
    return now;
  };
}

describe("promtool's answers", () => {
  it('are there again, in this process and in another, and nothing else lies beside them', async () => {
    await keptAnswers({ folder, now: ticking() }).keep('a', 'one');
    expect(await keptAnswers({ folder, now: ticking() }).read('a')).toBe('one');
    expect(await keptAnswers({ folder, now: ticking() }).read('b')).toBeUndefined();
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('take no more room than they may: those that were not used for longest go first', async () => {
    const answers = keptAnswers({ folder, now: Date.now, limit: 100 });
    for (const [index, key] of ['old', 'used', 'new'].entries()) {
      await answers.keep(key, 'x'.repeat(30));
      await utimes(join(folder, `${key}.json`), index, index);
    }
    await answers.read('old');
    await answers.keep('another', 'x'.repeat(30));
    // 120 bytes are more than 100, and 80 of them are left at most.
    expect((await readdir(folder)).sort()).toEqual(['another.json', 'old.json']);
  });

  it('are bounded by what lies there already, from runs before', async () => {
    for (let index = 0; index < 10; index += 1) {
      await keptAnswers({ folder, now: Date.now, limit: 100 }).keep(`k${index}`, 'x'.repeat(30));
    }
    expect((await readdir(folder)).length).toBeLessThanOrEqual(3);
    await keptAnswers({ folder, now: Date.now, limit: 100 }).keep('huge', 'x'.repeat(101));
    expect(await readdir(folder)).not.toContain('huge.json');
  });

  it('are whole, whoever writes the same one at the same time', async () => {
    const writers = Array.from({ length: 20 }, () => keptAnswers({ folder, now: Date.now }));
    const text = 'y'.repeat(100_000);
    const seen: (string | undefined)[] = [];
    await Promise.all(
      writers.map(async (writer) => {
        await writer.keep('same', text);
        seen.push(await writer.read('same'));
      }),
    );
    expect(new Set(seen)).toEqual(new Set([text]));
    expect(await readdir(folder)).toEqual(['same.json']);
  });

  it('never follow a link, wait for a pipe or read a folder, and write no file that lies elsewhere', async () => {
    await mkdir(folder);
    const secret = join(root, 'secret');
    await writeFile(secret, 'mine');
    await symlink(secret, join(folder, 'link.json'));
    await mkdir(join(folder, 'folder.json'));
    execFileSync('mkfifo', [join(folder, 'pipe.json')]);
    const answers = keptAnswers({ folder, now: ticking() });
    for (const key of ['link', 'folder', 'pipe']) expect(await answers.read(key)).toBeUndefined();
    await answers.keep('link', 'ours');
    expect(await readFile(secret, 'utf8')).toBe('mine');
    expect(await answers.read('link')).toBe('ours');
  });

  it('are done without where they cannot be written', async () => {
    await writeFile(folder, 'a file where the folder would be');
    const answers = keptAnswers({ folder, now: ticking() });
    await answers.keep('a', 'one');
    expect(await answers.read('a')).toBeUndefined();
  });

  it('leave no folder of a run that was killed for longer than an hour', async () => {
    await mkdir(join(folder, '.new-dead'), { recursive: true });
    await mkdir(join(folder, '.new-alive'));
    await utimes(join(folder, '.new-dead'), 0, 0);
    await keptAnswers({ folder, now: Date.now }).keep('a', 'one');
    expect((await readdir(folder)).sort()).toEqual(['.new-alive', 'a.json']);
  });
});
