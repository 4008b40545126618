/** What evaluating the project's rules costs Prometheus, beside those of the last release. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildProject } from '../../src/app/build-project.ts';
import { loadProject } from '../../src/cli/load-project.ts';
import { buildSeries, openMetricsLines, scenariosFrom, scenarioWorld, statedSeries } from '../../src/scenario/index.ts';
import { releasedCommit } from '../../test/packed/released.ts';
import { startPrometheus } from '../../test/support/filled-prometheus.ts';
import { ROOT } from './root.ts';
import type { Measured } from './table.ts';

const RENDERED = 'alerts/rendered';
/** Half way into the incident of the example project. */
const AT = { scenario: 'incident-linear', time: '14:30' } as const;

const rendered = z.looseObject({
  rules: z.array(z.looseObject({ uid: z.string(), alert: z.string(), expr: z.string() })).default([]),
});
const answer = z.looseObject({
  data: z.looseObject({
    stats: z.looseObject({ samples: z.looseObject({ totalQueryableSamples: z.number() }) }),
  }),
});

/** Samples that one evaluation of all rules loads, then and now; one row for each rule that is another. */
export async function measureRules(say: (text: string) => void): Promise<readonly Measured[]> {
  const commit = releasedCommit(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'));
  const files = readdirSync(join(ROOT, RENDERED));
  const now = rulesOf(files.map((file) => readFileSync(join(ROOT, RENDERED, file), 'utf8')));
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  const there = git('ls-tree', '--name-only', commit, `${RENDERED}/`).trim().split('\n');
  const before = rulesOf(there.map((file) => git('show', `${commit}:${file}`)));
  const { lines, at } = await incident();
  say('A Prometheus with the series of the incident');
  const prometheus = await startPrometheus(lines);
  try {
    const samples = async (expression: string | undefined): Promise<number> => {
      if (expression === undefined) return 0;
      const query = new URLSearchParams({ query: expression, time: String(at), stats: 'all' });
      const response = await fetch(`${prometheus.url}/api/v1/query`, { method: 'POST', body: query });
      return answer.parse(await response.json()).data.stats.samples.totalQueryableSamples;
    };
    const measured: (readonly [uid: string, then: number, today: number])[] = [];
    for (const [uid, expression] of now)
      measured.push([uid, await samples(before.get(uid)), await samples(expression)] as const);
    const others = measured.filter(([uid]) => before.get(uid) !== now.get(uid));
    const same = measured.filter(([uid]) => before.get(uid) === now.get(uid));
    const sum = (which: 1 | 2) => same.reduce((total, one) => total + one[which], 0);
    return [
      row(`${same.length} rules with the same expression`, sum(1), sum(2)),
      ...others.map(([uid, then, today]) => row(uid, then, today, before.has(uid) ? 'another expression' : 'new')),
    ];
  } finally {
    await prometheus.stop();
  }
}

function rulesOf(files: readonly string[]): ReadonlyMap<string, string> {
  return new Map(files.flatMap((file) => rendered.parse(parse(file)).rules.map(({ uid, expr }) => [uid, expr])));
}

/** The series of the example project's incident, and a time in it, in seconds. */
async function incident() {
  const built = await buildProject({ root: ROOT, loadProject: () => loadProject(ROOT) });
  if (!built.ok) throw new Error('The project is not valid; npm run validate says why');
  const { project, catalog, desired, source } = built;
  const rules = desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  const all = scenariosFrom(source.scenarios, scenarioWorld(project, catalog, rules));
  const scenario = all.find(({ id }) => id === AT.scenario);
  if (scenario === undefined) throw new Error(`The project has no scenario ${AT.scenario}`);
  const context = { catalog, project };
  const series = [
    ...catalog.services.flatMap((service) => buildSeries(scenario, service, context)),
    ...statedSeries(scenario, context),
  ];
  return {
    lines: openMetricsLines(scenario, series, project),
    at: Date.parse(`${scenario.day}T${AT.time}:00Z`) / 1000,
  };
}

function row(what: string, then: number, today: number, why = ''): Measured {
  const samples = (count: number) => `${count.toLocaleString('en')} samples`;
  return {
    place: 'none',
    estate: 'three services',
    what: `one evaluation: ${what}`,
    value: samples(today),
    limit: why === '' ? `${samples(then)}, as at the last release` : `${why}, before ${samples(then)}`,
    holds: why !== '' || today <= then,
  };
}
