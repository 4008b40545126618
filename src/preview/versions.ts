/** Which version of each service runs: dashboards show by it when that changes. */
import type { Project } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import { secondsOf } from '../scenario/clock.ts';
import { instancesOf } from '../scenario/instances.ts';
import { labelsFor } from '../scenario/labels.ts';
import type { Series } from '../scenario/recorder.ts';
import { behaviourOf, type Scenario } from '../scenario/scenario.ts';
import { gridOf } from '../scenario/series.ts';

/** What runs of every service where no release says otherwise. */
const USUAL = 'v1.2.2';

/** `target_info`, or what the service's profile has instead: 1 for the version that an instance runs. */
export function versionSeries(
  scenario: Scenario,
  { id, metrics: { version } }: Service,
  project: Pick<Project, 'scrapeInterval'>,
): readonly Series[] {
  if (version === undefined) return [];
  const grid = gridOf(scenario, project);
  const { release } = scenario;
  const runs = (sample: number): string => {
    if (release?.service !== id) return USUAL;
    const second = grid.start + sample * grid.step;
    return second >= secondsOf(release.deployed) && second < secondsOf(release.rolledBack) ? release.version : USUAL;
  };
  const known = new Set(Array.from({ length: grid.samples }, (_, sample) => runs(sample)));
  return instancesOf(id, behaviourOf(scenario, id), grid).flatMap((instance) =>
    [...known].map((name) => ({
      name: version.series.name,
      labels: { ...labelsFor(version.series.matchers), instance: instance.name, [version.label]: name },
      samples: Float64Array.from({ length: grid.samples }, (_, sample) => {
        const lives = sample >= instance.firstSample && sample < instance.endSample;
        return lives && instance.present('server', sample) && runs(sample) === name ? 1 : Number.NaN;
      }),
    })),
  );
}
