import { writeFileSafely } from '../adapters/files.ts';
import { buildSeries, openMetricsLines, type Scenario, type SeriesContext, statedSeries } from '../scenario/index.ts';

/** Writes the series of scenarios as OpenMetrics, which `promtool tsdb create-blocks-from openmetrics` reads. */
export async function writeOpenMetrics(
  scenarios: readonly Scenario[],
  context: SeriesContext,
  file: string,
): Promise<void> {
  await writeFileSafely(file, blocks(scenarios, context));
}

function* blocks(scenarios: readonly Scenario[], context: SeriesContext): Generator<string> {
  for (const scenario of scenarios) {
    const series = [
      ...context.catalog.services.flatMap((service) => buildSeries(scenario, service, context)),
      ...statedSeries(scenario, context),
    ];
    yield* openMetricsLines(scenario, series, context.project);
  }
  yield '# EOF\n';
}
