/** The pages of this repository speak of the shop: links into its files, tables of its facts. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../../src/cli/load-project.ts';
import { defaultThresholds } from '../../src/model/service.ts';
import { pagesOfRepository } from '../support/pages.ts';
import { REPOSITORY } from '../support/places.ts';

/** GitHub's anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[`*]/g, '')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => anchor(heading ?? ''));
}

test.each(pagesOfRepository())('%s links to files and headings that exist', (page) => {
  const text = readFileSync(page, 'utf8');
  const links = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  const broken = links.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', heading] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(file)) return true;
    return heading !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(heading);
  });
  expect(broken).toEqual([]);
});

test('the README’s bucket boundaries are those of the project, with every default threshold among them', async () => {
  const { project } = await loadProject(REPOSITORY);
  const readme = readFileSync('README.md', 'utf8').replaceAll('**', '');
  expect(readme).toContain(`| server | ${project.histogramBoundaries.server.join(', ')} |`);
  expect(readme).toContain(`| database | ${project.histogramBoundaries.database.join(', ')} |`);
  expect(project.histogramBoundaries.server).toContain(defaultThresholds.latencyP95.above.value);
  expect(project.histogramBoundaries.database).toContain(defaultThresholds.queryP95.above.value);
});
