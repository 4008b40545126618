import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import { type Series, STALE } from './recorder.ts';
import type { Scenario } from './scenario.ts';
import { gridOf } from './series.ts';

/**
 * Series in OpenMetrics' text form at the times of the scenario's day (UTC), a block for each series; the end,
 * `# EOF`, is the writer's. The form knows no end of a series: what is lost in a scenario is seen for five minutes
 * more in a Prometheus that is filled with it; nor does it know native histograms, which are left out.
 *
 * @param midnight in seconds since 1970, for another day than the scenario's own.
 */
export function* openMetricsLines(
  scenario: Scenario,
  series: readonly Series[],
  project: Pick<Project, 'scrapeInterval'>,
  midnight = Date.parse(`${scenario.day}T00:00:00Z`) / 1000,
): Generator<string> {
  const { start, step } = gridOf(scenario, project);
  // The form wants the series of a metric side by side.
  const classic = series.filter(({ native }) => native === undefined);
  for (const [name, members] of groupBy(classic, (one) => one.name)) {
    yield `# TYPE ${name} unknown\n`;
    for (const { labels, samples } of members) {
      const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
      const selector = `${name}{${pairs.join(',')}}`;
      const lines: string[] = [];
      samples.forEach((value, sample) => {
        if (!Number.isNaN(value) && value !== STALE) {
          lines.push(`${selector} ${value} ${midnight + start + sample * step}`);
        }
      });
      if (lines.length > 0) yield `${lines.join('\n')}\n`;
    }
  }
}
