/** Checks of PromQL, in panels and in rules. */
import { type Duration, isDuration, toSeconds } from '../model/duration.ts';
import { parseQuery, type Selector } from './promql.ts';

/** What is wrong with a query; the caller knows where it stands. */
export interface QueryProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface QueryRules {
  /** Whether a selector takes series of the service the query is about; undefined: any series. */
  readonly selects: ((selector: Selector) => boolean) | undefined;
  /** Whether a metric is a counter. */
  readonly isCounter: (metric: string) => boolean;
  /** Panels use Grafana's rate interval; rules fixed windows of at least this many scrapes. */
  readonly windows:
    | { readonly kind: 'panel' }
    | { readonly kind: 'rule'; readonly scrapeInterval: Duration }
    | { readonly kind: 'any' };
}

/** Functions that make sense of a counter. */
const OF_COUNTERS: ReadonlySet<string> = new Set([
  'rate',
  'increase',
  'irate',
  'resets',
  'changes',
  'absent',
  'absent_over_time',
  'present_over_time',
  'timestamp',
  'count_over_time',
]);
/** Scrapes that a window of a rule holds at least: two are needed, and one may be lost. */
const SCRAPES = 4;

/** All that is wrong with an expression. */
export function queryProblems(expression: string, rules: QueryRules): readonly QueryProblem[] {
  const { problems, selectors } = parseQuery(expression);
  const [first] = problems;
  if (first !== undefined) {
    return [
      {
        code: 'Q001',
        message: `has a query that is no PromQL, near "${first.near.replace(/\s+/g, ' ')}"`,
        remedy: 'Correct it; promtool or Grafana’s Explore show more.',
      },
    ];
  }
  return unique([
    ...selectors.flatMap((selector) => matcherProblem(selector, rules)),
    ...selectors.flatMap((selector) => counterProblem(selector, rules)),
    ...selectors.flatMap((selector) => windowProblem(selector, rules)),
  ]);
}

function matcherProblem(selector: Selector, { selects }: QueryRules): QueryProblem[] {
  if (selects === undefined || selects(selector)) return [];
  return [
    {
      code: 'Q002',
      message: `queries ${selector.metric} without the matcher of its service`,
      remedy:
        'Take the matchers from the binding, such as service.metrics.server.matchers: otherwise it shows other services too.',
    },
  ];
}

function counterProblem({ metric, within, filters }: Selector, { isCounter }: QueryRules): QueryProblem[] {
  if (!isCounter(metric) || filters || OF_COUNTERS.has(within ?? '')) return [];
  return [
    {
      code: 'Q003',
      message: `shows the counter ${metric} without rate`,
      remedy: 'A counter only grows, and falls at restarts: use rate(…) or increase(…).',
    },
  ];
}

function windowProblem({ metric, range, within }: Selector, { windows }: QueryRules): QueryProblem[] {
  if (range === undefined || windows.kind === 'any') return [];
  if (windows.kind === 'panel') {
    const fixed = !range.startsWith('$') && ['rate', 'increase', 'irate', 'avg_over_time'].includes(within ?? '');
    return fixed
      ? [
          {
            code: 'Q004',
            message: `takes ${within ?? ''} of ${metric} over a fixed ${range}`,
            remedy: 'Use $__rate_interval: it fits the zoom and the scrape interval.',
          },
        ]
      : [];
  }
  if (!isDuration(range) || toSeconds(range) >= SCRAPES * toSeconds(windows.scrapeInterval)) return [];
  return [
    {
      code: 'R008',
      message: `looks at ${range} of ${metric}, which holds fewer than ${SCRAPES} scrapes of ${windows.scrapeInterval}`,
      remedy: 'Use a longer window: with one lost scrape it is empty.',
    },
  ];
}

function unique(problems: readonly QueryProblem[]): QueryProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()];
}
