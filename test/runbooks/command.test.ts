import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildFrom } from '../../src/app/build-project.ts';
import { runbookNames } from '../../src/app/runbook-pages.ts';
import { percent } from '../../src/model/quantity.ts';
import { defaultThresholds, type Service } from '../../src/model/service.ts';
import { type Ran, run } from '../support/run.ts';
import { alone, sourceOf } from './companies.ts';

const FOLDER = 'alerts/runbooks';
let root = '';

beforeEach(async () => {
  root = `${await mkdtemp(join(tmpdir(), 'runbooks-'))}/`;
});
afterEach(() => rm(root, { recursive: true }));

/** Runs a command of a project that knows no incident, and whose files are its pages alone. */
function command(
  name: string,
  args: readonly string[] = [],
  services: readonly Service[] = alone.services,
): Promise<Ran> {
  const loadProject = async () => ({ ...sourceOf({ services }), root, runbooks: new Set(runbookNames(root)) });
  return run(name, args, {}, root, { loadProject });
}

const read = (alert: string) => readFile(join(root, FOLDER, `${alert}.md`), 'utf8');
async function write(alert: string, text: string): Promise<void> {
  await mkdir(join(root, FOLDER), { recursive: true });
  await writeFile(join(root, FOLDER, `${alert}.md`), text);
}
/** All pages, as they are. */
async function allPages(): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(join(root, FOLDER)).catch(() => []);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(root, FOLDER, name), 'utf8')] as const)),
  );
}

describe('a project without a page', () => {
  test('is valid, with one warning that says how it gets them', async () => {
    const { code, stderr, stdout } = await command('validate');
    expect(code).toBe(0);
    expect(`${stderr}${stdout}`.match(/R002/g)).toHaveLength(1);
    expect(`${stderr}${stdout}`).toContain('npm run runbooks');
  });

  test('is told which are missing by the check, which writes nothing', async () => {
    const { code, stderr } = await command('runbooks', ['--check']);
    expect(code).toBe(1);
    expect(stderr).toContain(`${FOLDER}/ServiceCpuHigh.md`);
    expect(stderr).toContain(`${FOLDER}/AlertingWatchdog.md`);
    expect(await allPages()).toEqual({});
  });

  test('gets one for every alert, no other file, and is up to date then', async () => {
    expect(await command('runbooks')).toMatchObject({ code: 0, stderr: '' });
    const pages = await allPages();
    expect(Object.keys(pages).sort()).toEqual(
      alertNames()
        .map((alert) => `${alert}.md`)
        .sort(),
    );
    expect(await command('runbooks', ['--check'])).toMatchObject({ code: 0, stderr: '' });
    expect(await command('validate')).toMatchObject({ code: 0, stdout: expect.not.stringContaining('R002') });
    expect((await command('runbooks')).stdout).toContain('Up to date');
    expect(await allPages()).toEqual(pages);
  });
});

function alertNames(): readonly string[] {
  const built = buildFrom(sourceOf(alone));
  return built.ok ? built.alertNames : [];
}

describe('what a team wrote', () => {
  const notes = '\n## Notes of the team\n\nCall Ada.   \n\n\n| a | b |\n\tLast line without an end';

  test('stays byte by byte while limits change, and is linked from the top', async () => {
    await command('runbooks');
    const page = await read('ServiceCpuHigh');
    const own = `${page.slice(0, page.indexOf('\n## Notes of the team'))}${notes}`;
    await write('ServiceCpuHigh', own);
    const [service] = alone.services;
    if (service === undefined) throw new Error('nobody');
    const cpuUtilisation = { ...defaultThresholds.cpuUtilisation, above: percent(65) };
    const changed = { ...service, thresholds: { ...service.thresholds, cpuUtilisation } };
    expect(await command('runbooks', [], [changed])).toMatchObject({ code: 0 });
    const again = await read('ServiceCpuHigh');
    expect(again.endsWith(`<!-- /generated -->\n${notes}`)).toBe(true);
    expect(again).toContain('above 65 %');
    expect(again).toContain('[Notes of the team](#notes-of-the-team)');
  });

  test('stays with the line ends of Windows', async () => {
    await command('runbooks');
    const page = await read('ServiceCpuHigh');
    await write('ServiceCpuHigh', page.replace('above 80 %', 'above 8 %').replaceAll('\n', '\r\n'));
    await command('runbooks', ['--overwrite-edits']);
    expect(await read('ServiceCpuHigh')).toBe(page.replaceAll('\n', '\r\n'));
  });

  test('may be a whole page, which gets its facts and nothing else', async () => {
    const sections = '\n## Meaning\n\na\n\n## Impact\n\nb\n\n## Diagnosis\n\nc\n\n## Mitigation\n\nd\n';
    await write('ServiceCpuHigh', `# Ours\n\n<!-- facts -->\n<!-- /facts -->\n${sections}`);
    expect(await command('runbooks')).toMatchObject({ code: 0 });
    const page = await read('ServiceCpuHigh');
    expect(page).toContain('above 80 % for 10m');
    expect(page).not.toContain('<!-- generated -->');
    expect(page.startsWith('# Ours\n') && page.endsWith(sections)).toBe(true);
  });

  test('is not guessed where markers are damaged: no page is written, not even another', async () => {
    await command('runbooks');
    await write('ServiceCpuHigh', (await read('ServiceCpuHigh')).replace('<!-- /generated -->\n', ''));
    await write('ServiceMemoryHigh', (await read('ServiceMemoryHigh')).replace('above 90 %', 'above 9 %'));
    const before = await allPages();
    const { code, stderr } = await command('runbooks');
    expect([code, stderr.includes('M009'), stderr.includes(`${FOLDER}/ServiceCpuHigh.md:1`)]).toEqual([1, true, true]);
    expect(await allPages()).toEqual(before);
  });

  test('where it is not its part is refused, with the way to keep it', async () => {
    await command('runbooks');
    const page = await read('ServiceCpuHigh');
    await write('ServiceCpuHigh', page.replace('## Impact\n', '## Impact\n\nCall Ada.\n'));
    const before = await allPages();
    for (const args of [[], ['--check']]) {
      const { code, stderr } = await command('runbooks', args);
      expect([code, stderr.includes('M011'), stderr.includes(`${FOLDER}/ServiceCpuHigh.md:1`)]).toEqual([
        1,
        true,
        true,
      ]);
      expect(await allPages()).toEqual(before);
    }
    expect(await command('runbooks', ['--overwrite-edits'])).toMatchObject({ code: 0 });
    expect(await read('ServiceCpuHigh')).toBe(page);
  });

  test('between markers that it wrote itself is not taken for what was generated', async () => {
    await write('ServiceCpuHigh', '<!-- generated -->\nCall Ada.\n<!-- /generated -->\n');
    expect(await command('runbooks')).toMatchObject({ code: 1, stderr: expect.stringContaining('M011') });
    expect(await read('ServiceCpuHigh')).toContain('Call Ada.');
    await write('ServiceCpuHigh', '<!-- generated -->\n<!-- /generated -->\nCall Ada.\n');
    expect(await command('runbooks')).toMatchObject({ code: 0 });
    expect(await read('ServiceCpuHigh')).toMatch(/\nCall Ada.\n$/);
  });

  test('is checked: it states no limit by hand', async () => {
    await command('runbooks');
    await write('ServiceCpuHigh', `${await read('ServiceCpuHigh')}\nAbove 80 % it fires.\n`);
    expect(await command('runbooks')).toMatchObject({ code: 1, stderr: expect.stringContaining('M008') });
  });

  test('about an alert that does not exist is told, and not deleted', async () => {
    await write('ServiceGone', '# Gone\n');
    expect(await command('runbooks')).toMatchObject({ code: 1, stderr: expect.stringContaining('M001') });
    expect(await read('ServiceGone')).toBe('# Gone\n');
  });
});

test('--replay is refused where the project knows no incident', async () => {
  const { code, stderr } = await command('runbooks', ['--replay']);
  expect([code, stderr.includes('M010')]).toEqual([2, true]);
  expect(await allPages()).toEqual({});
});
