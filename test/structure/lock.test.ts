import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.looseObject({
        version: z.string(),
        integrity: z.string().optional(),
        resolved: z.string().optional(),
        link: z.boolean().optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
const { '': _project, ...packages } = lock.packages;

test('every package of the lock file is held to its content, on every system', () => {
  const unheld = Object.entries(packages)
    .filter(([, { integrity }]) => integrity === undefined || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
    .map(([name]) => name);
  expect(unheld).toEqual([]);
});

test('the lock file names no host, so that everybody installs from the registry of their choice', () => {
  const named = Object.entries(packages)
    // A package from a git host or a folder has its address for a version.
    .filter(([, { resolved, link, version }]) => resolved !== undefined || link === true || /[:/]/.test(version))
    .map(([name]) => name);
  expect(named).toEqual([]);
  expect(readFileSync('.npmrc', 'utf8')).toContain('omit-lockfile-registry-resolved=true');
});
