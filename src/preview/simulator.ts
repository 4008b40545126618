/** The services without the services: what their agents would expose now, and what they would have recorded. */
import { Gauge, Registry } from 'prom-client';
import { toSeconds } from '../model/duration.ts';
import { openMetricsLines } from '../scenario/openmetrics.ts';
import { buildSeries, gridOf, type SeriesContext, statedSeries } from '../scenario/series.ts';
import { type Family, familiesOf, valueBetween } from './families.ts';
import { type Run, scenarioSecond, startDay } from './run.ts';
import type { Simulated } from './simulated.ts';
import { versionSeries } from './versions.ts';

/** Metrics of all services, as one scrape target. */
export interface Simulator {
  readonly contentType: string;
  /** Prometheus' text form at a time, in seconds since 1970. */
  metrics(now: number): Promise<string>;
  /**
   * The hours before that time and the seconds until it is scraped, in OpenMetrics' form with its end. The metrics go
   * on from there without a seam.
   */
  recent(now: number): Generator<string>;
  /** The incident at its real time, in the same form; where there is none, nothing but the end. */
  past(): Generator<string>;
}

/**
 * Seconds that Prometheus needs to read the history and to start; after that it scrapes within its interval. A gap of
 * their length would show as a dip in every rate. What it scrapes earlier, it leaves out.
 */
const UNTIL_STARTED = 30;

/**
 * Lives through a run. When it is over, half a day later, a healthy day begins, and counters with it.
 *
 * @example createSimulator({ run: startRun(incidentLinear, '14:40', now), healthy, catalog, project })
 */
export function createSimulator({ run, healthy, past, ...context }: Simulated): Simulator {
  const all: SeriesContext = { ...context, detail: 'all' };
  const seriesOf = ({ scenario }: Run) => [
    ...context.catalog.services.flatMap((service) => [
      ...buildSeries(scenario, service, all),
      ...versionSeries(scenario, service, context.project),
    ]),
    ...statedSeries(scenario, all),
  ];
  let living = run;
  let series = seriesOf(run);
  const untilScraped = UNTIL_STARTED + toSeconds(context.project.scrapeInterval);
  const exposed = { position: 0 };
  let registry = registryOf(familiesOf(series), exposed);

  /** Where a time lies on the grid. Past its end a healthy day begins. */
  const positionAt = (now: number): number => {
    const { start, step, samples } = gridOf(living.scenario, context.project);
    const position = (scenarioSecond(living, now) - start) / step;
    if (position < samples - 1) return Math.max(0, position);
    living = startDay(healthy, undefined, now);
    series = seriesOf(living);
    registry = registryOf(familiesOf(series), exposed);
    return positionAt(now);
  };

  return {
    contentType: registry.contentType,
    metrics(now) {
      exposed.position = positionAt(now);
      return registry.metrics();
    },
    *recent(now) {
      const length = Math.floor(positionAt(now + untilScraped)) + 1;
      const before = series.map((one) => ({ ...one, samples: one.samples.subarray(0, length) }));
      yield* openMetricsLines(living.scenario, before, context.project, living.midnight);
      yield '# EOF\n';
    },
    *past() {
      if (past !== undefined) yield* openMetricsLines(past.scenario, seriesOf(past), context.project, past.midnight);
      yield '# EOF\n';
    },
  };
}

function registryOf(families: readonly Family[], exposed: { readonly position: number }): Registry {
  const registry = new Registry();
  for (const family of families) registry.registerMetric(new SimulatedMetric(family, exposed));
  return registry;
}

/** A metric that is not counted here, but computed from the scenario. */
class SimulatedMetric extends Gauge {
  readonly #family: Family;
  readonly #exposed: { readonly position: number };

  constructor(family: Family, exposed: { readonly position: number }) {
    super({ name: family.name, help: `Simulated: ${family.name.replaceAll('_', ' ')}.`, registers: [] });
    this.#family = family;
    this.#exposed = exposed;
  }

  override async get(): ReturnType<Gauge['get']> {
    const { series, type } = this.#family;
    const values = series.flatMap((one) => {
      const value = valueBetween(one, type, this.#exposed.position);
      return value === undefined ? [] : [{ metricName: one.name, labels: one.labels, value }];
    });
    // The library types this as its own numbers and writes it as it is.
    return { ...(await super.get()), type: type as never, values };
  }
}
