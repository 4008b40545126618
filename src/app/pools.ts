import { termsOf } from '../metrics/timing.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { toSeconds } from '../model/duration.ts';
import { sizePools } from '../pools/index.ts';
import { buildProject } from './build-project.ts';
import type { Io } from './io.ts';
import { readDuration, readMoment } from './moment.ts';
import { openPrometheusOf, type PrometheusChoice } from './open-prometheus.ts';
import { pooledServices } from './services.ts';

/** Which pools, over which time. */
export interface PoolsRequest extends PrometheusChoice {
  readonly service?: string;
  /** A duration: how far back. */
  readonly range: string;
  readonly until: string;
}

/** The sizes, or what is wrong with the code. */
export type MeasuredPools =
  | { readonly ok: true; readonly found: Awaited<ReturnType<typeof sizePools>> }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Asks a Prometheus how busy the pools were. @throws ExplainedError for a request that cannot be answered */
export async function measurePools(request: PoolsRequest, io: Io): Promise<MeasuredPools> {
  const until = readMoment('--until', request.until, io.clock.now() / 1000);
  const from = until - toSeconds(readDuration('--range', request.range));
  const prometheus = openPrometheusOf(request, io);
  const built = await buildProject(io, { env: request.env, reach: 'outside' });
  if (!built.ok) return built;
  const chosen = pooledServices(built.catalog.services, request.service);
  return { ok: true, found: await sizePools(termsOf(built.catalog), chosen, { from, until }, prometheus) };
}
