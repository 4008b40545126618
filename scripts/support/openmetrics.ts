import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { buildSeries, openMetricsLines, type Scenario, type SeriesContext } from '../../src/scenario/index.ts';

/** Writes the series of scenarios as OpenMetrics, which `promtool tsdb create-blocks-from openmetrics` reads. */
export async function writeOpenMetrics(
  scenarios: readonly Scenario[],
  context: SeriesContext,
  file: string,
): Promise<void> {
  const stream = createWriteStream(file, 'utf8');
  for (const scenario of scenarios) {
    const series = context.catalog.services.flatMap((service) => buildSeries(scenario, service, context));
    for (const block of openMetricsLines(scenario, series, context.project)) {
      if (!stream.write(block)) await once(stream, 'drain');
    }
  }
  stream.end('# EOF\n');
  await once(stream, 'close');
}
