/** Checks of a service's thresholds: names, units, values, bucket boundaries. */
import { databasesOf } from '../metrics/databases.ts';
import { limitedPools } from '../metrics/pools.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isDuration, toSeconds } from '../model/duration.ts';
import type { HistogramBinding } from '../model/metrics.ts';
import type { Project } from '../model/project.ts';
import type { Quantity } from '../model/quantity.ts';
import { defaultThresholds, type Service, type Thresholds } from '../model/service.ts';
import { closest } from './closest.ts';
import { onService as error } from './on-service.ts';

/** All that is wrong with the thresholds of a service. */
export function thresholdProblems(each: Service, project: Project): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const [key, threshold] of Object.entries(each.thresholds) as [
    keyof Thresholds,
    Readonly<Record<string, string | number | Quantity>>,
  ][]) {
    const model = defaultThresholds[key] as Readonly<Record<string, string | Quantity>> | undefined;
    if (model === undefined) {
      const near = closest(key, Object.keys(defaultThresholds));
      problems.push(
        error(
          'F001',
          each,
          `has a threshold "${key}", which does not exist`,
          `${near === undefined ? '' : `Did you mean "${near}"? `}The type Thresholds of grafana-as-code lists them.`,
        ),
      );
      continue;
    }
    for (const [field, value] of Object.entries(threshold))
      problems.push(...fieldProblems(each, `${key}.${field}`, model[field], value));
  }
  return problems.length > 0
    ? problems
    : [...boundaryProblems(each, project), ...reachProblems(each, project), ...forProblems(each, project)];
}

/** A classic histogram of a service, and where its boundaries are stated. */
interface Bounded {
  readonly what: string;
  readonly boundaries: readonly number[];
  readonly place: string;
}

type TimedFamily = keyof Project['histogramBoundaries'];

/** The histograms that a limit is read from. Native ones have no boundaries that could be missing. */
function histogramsOf(each: Service, family: TimedFamily, { histogramBoundaries }: Project): readonly Bounded[] {
  const histograms: readonly (HistogramBinding | undefined)[] =
    family === 'server' ? [each.metrics.server?.latency] : databasesOf(each).map(({ latency }) => latency);
  return histograms.flatMap((histogram) => {
    if (histogram === undefined || histogram.buckets === 'native') return [];
    const own = histogram.buckets;
    return [
      {
        what: family,
        boundaries: own ?? histogramBoundaries[family],
        place: own === undefined ? 'grafana.config.ts' : `the buckets of ${histogram.name}`,
      },
    ];
  });
}

/** A quantile never reads as more than the last boundary, so that nothing is above it. */
function reachProblems(each: Service, project: Project): Diagnostic[] {
  const { latencyP95, degradation, queryP95, latencyRegression } = each.thresholds;
  const checks = [
    ['latencyP95.above', latencyP95.above, 'server'],
    ['degradation.latencyAbove', degradation.latencyAbove, 'server'],
    ['degradation.regressionFloor', degradation.regressionFloor, 'server'],
    ['latencyRegression.floor', latencyRegression.floor, 'server'],
    ['queryP95.above', queryP95.above, 'database'],
  ] as const;
  return checks.flatMap(([threshold, { value }, family]) =>
    histogramsOf(each, family, project).flatMap(({ what, boundaries, place }) => {
      const last = Math.max(...boundaries);
      if (value < last) return [];
      return [
        error(
          'F017',
          each,
          `has thresholds.${threshold} = ${value} s, and no quantile of the ${what} histogram reads above its last boundary, ${last} s`,
          `Choose a lower one, or add boundaries above it in ${place} and in the services.`,
        ),
      ];
    }),
  );
}

function fieldProblems(
  each: Service,
  place: string,
  model: string | Quantity | undefined,
  value: string | number | Quantity,
): Diagnostic[] {
  if (model === undefined)
    return [
      error(
        'F001',
        each,
        `has a fact thresholds.${place}, which does not exist`,
        `${nearField(place)}The type Thresholds of grafana-as-code lists them.`,
      ),
    ];
  if (typeof model === 'string') {
    return isDuration(value)
      ? []
      : [
          error(
            'F006',
            each,
            `has thresholds.${place} = ${JSON.stringify(value)}, which is not a duration`,
            'Write it such as 30s, 2m or 1h.',
          ),
        ];
  }
  if (typeof value !== 'object' || value.unit !== model.unit) {
    const given = typeof value === 'object' ? `in ${value.unit}` : `= ${JSON.stringify(value)} without a unit`;
    return [
      error(
        'F005',
        each,
        `has thresholds.${place} ${given}, and it is measured in ${model.unit}`,
        `Write it with ${CONSTRUCTORS[model.unit]}.`,
      ),
    ];
  }
  return !canBeRight(place, value, each)
    ? [
        error(
          'F006',
          each,
          `has thresholds.${place} = ${value.value}, which can never be right`,
          value.unit === 'ratio'
            ? 'percent(5) is five percent; it goes from 0 to 100, and nothing is above 100 %.'
            : (HINTS[place] ?? 'Give a number that is not negative.'),
        ),
      ]
    : [];
}

function nearField(place: string): string {
  const [key = '', field = ''] = place.split('.');
  const near = closest(field, Object.keys(defaultThresholds[key as keyof Thresholds]));
  return near === undefined ? '' : `Did you mean "${near}"? `;
}

/** Every threshold parts some values from others: one that all or none pass is a slip. */
function canBeRight(place: string, { unit, value }: Quantity, each: Service): boolean {
  if (!Number.isFinite(value) || value < 0 || (unit === 'ratio' && value > 1)) return false;
  // Nothing is above everything, nor is everything below it: such a limit is never passed, or always.
  if (unit === 'ratio' && value === 1 && /\.(above|below)$/.test(place)) return false;
  if (place === 'telemetryAbsent.above') return value < 1;
  if (place === 'degradation.atLeast') {
    const signs = 1 + Math.min(1, limitedPools(each).length) + Math.min(1, databasesOf(each).length);
    // With a single sign there is no such alert at all.
    return [1, 2, 3].includes(value) && (signs === 1 || value <= signs);
  }
  if (place === 'latencyRegression.above') return value > 1;
  return value > 0 || !/\.(atLeast|below)$/.test(place);
}

const HINTS: Readonly<Record<string, string>> = {
  'degradation.atLeast':
    'There are three signs, latency, pool and query, of which the service has those of its pools and databases.',
  'telemetryAbsent.above': 'A family is missing or not, 1 or 0: count(0).',
  'latencyRegression.above': 'As slow as ever is 1: times(3) is three times as slow.',
};

const CONSTRUCTORS = {
  ratio: 'percent(5)',
  seconds: 'milliseconds(500) or seconds(2)',
  count: 'count(2)',
  factor: 'times(3)',
} as const;

/** Between two boundaries a quantile is a guess: "p95 above 2 s" without the boundary 2 fires at 1.2 s. */
function boundaryProblems(each: Service, project: Project): Diagnostic[] {
  const { latencyP95, degradation, queryP95 } = each.thresholds;
  const checks = [
    ['latencyP95.above', latencyP95.above, 'server'],
    ['degradation.latencyAbove', degradation.latencyAbove, 'server'],
    ['queryP95.above', queryP95.above, 'database'],
  ] as const;
  return checks.flatMap(([threshold, { value }, family]) =>
    histogramsOf(each, family, project)
      .filter(({ boundaries }) => !boundaries.includes(value))
      .map(({ what, boundaries, place }) =>
        error(
          'F007',
          each,
          `has thresholds.${threshold} = ${value} s, which is not a boundary of the ${what} histogram`,
          `Boundaries: ${boundaries.join(', ')} s (${place}). Choose one, or add ${value} there and in the services.`,
        ),
      ),
  );
}

function forProblems(each: Service, { evaluationInterval }: Project): Diagnostic[] {
  return Object.entries(each.thresholds).flatMap(([key, threshold]) =>
    toSeconds(threshold.for) >= 2 * toSeconds(evaluationInterval)
      ? []
      : [
          error(
            'F008',
            each,
            `has thresholds.${key}.for = ${threshold.for}, which is under two evaluations of ${evaluationInterval}`,
            'A single bad point would fire. Use a longer one.',
          ),
        ],
  );
}
