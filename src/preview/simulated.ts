/** What the simulator's container is given to live through, as a file: it needs nothing of the project beside it. */
import { z } from 'zod';
import { parseJson } from '../model/json.ts';
import type { SeriesContext } from '../scenario/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Run } from './run.ts';

/** Facts and scenarios, all of them plain data. */
export interface Simulated extends Pick<SeriesContext, 'catalog' | 'project'> {
  readonly run: Run;
  /** What follows when the run is over. */
  readonly healthy: Scenario;
  /** An incident at its real time, where the project has one. */
  readonly past?: Run | undefined;
}

const run = z.looseObject({ scenario: z.looseObject({ id: z.string() }), midnight: z.number() });
const schema = z.looseObject({
  run,
  healthy: z.looseObject({ id: z.string() }),
  past: run.optional(),
  catalog: z.looseObject({ services: z.array(z.looseObject({ id: z.string() })) }),
  project: z.looseObject({ scrapeInterval: z.string() }),
});

/** The file's text. */
export function renderSimulated({ catalog, project, run: living, healthy, past }: Simulated): string {
  const { scrapeInterval, histogramBoundaries } = project;
  return `${JSON.stringify({ run: living, healthy, past, catalog, project: { scrapeInterval, histogramBoundaries } })}\n`;
}

/** Reads it again. @throws Error where it is another file */
export function parseSimulated(text: string): Simulated {
  // It was written by the same engine: what a scenario and a service are, types have checked there.
  return schema.parse(parseJson(text)) as unknown as Simulated;
}
