/** Checks of PromQL, in panels and in rules. */

import { SCRAPES_IN_WINDOW } from '../metrics/timing.ts';
import { type Duration, toSeconds } from '../model/duration.ts';
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
  // Whether it is there at all.
  'present_over_time',
  'resets',
  'changes',
  'absent',
  'absent_over_time',
  'present_over_time',
  'timestamp',
  'count_over_time',
]);

/** All that is wrong with an expression. */
export function queryProblems(expression: string, rules: QueryRules): readonly QueryProblem[] {
  const { problems, selectors } = parseQuery(expression);
  const [first] = problems;
  if (first !== undefined) {
    return [
      {
        code: 'Q001',
        message: `has a query that is not PromQL${lineOf(expression, first.near)}, near "${first.near.replace(/\s+/g, ' ')}"`,
        remedy: 'Correct it; promtool or Grafana’s Explore show more.',
      },
    ];
  }
  return unique([
    ...variableProblem(expression, rules),
    ...selectors.flatMap((selector) => matcherProblem(selector, rules)),
    ...selectors.flatMap((selector) => counterProblem(selector, rules)),
    ...selectors.flatMap((selector) => windowProblem(selector, rules)),
  ]);
}

/** In which line of a query the place stands; nothing where the query has one line. */
function lineOf(expression: string, near: string): string {
  const lines = expression.trim().split('\n');
  if (lines.length < 2) return '';
  // The tree reads the query as one line: its place is found again by the text before it, blanks aside.
  const flat = (text: string) => text.replace(/\s/g, '');
  const before = flat(expression).indexOf(flat(near));
  let seen = 0;
  const at = lines.findIndex((line) => {
    seen += flat(line).length;
    return seen > before + flat(near).length / 2;
  });
  return before < 0 || at < 0 ? '' : ` in line ${at + 1} of ${lines.length}`;
}

/** A rule has no dashboard: nobody fills in a variable, and what it stands in matches nothing. */
function variableProblem(expression: string, { windows }: QueryRules): QueryProblem[] {
  const variable = /\$(?:\{\w+\}|[A-Za-z_]\w*)/.exec(expression)?.[0];
  if (windows.kind !== 'rule' || variable === undefined) return [];
  return [
    {
      code: 'R015',
      message: `has the variable ${variable} in its expression`,
      remedy: 'Variables belong to dashboards: use a fixed window, and no matcher of an instance.',
    },
  ];
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
    const rated = ['rate', 'increase', 'irate', 'delta', 'idelta', 'deriv'].includes(within ?? '');
    if (rated && range === '$__interval') {
      return [
        {
          code: 'Q004',
          message: `takes ${within ?? ''} of ${metric} over $__interval, which may hold a single scrape`,
          remedy: 'Use $__rate_interval: it fits the zoom and the scrape interval.',
        },
      ];
    }
    // The last value within some minutes is a value, whatever the zoom.
    const averaged = /^(?:avg|min|max|sum|count|quantile|stddev|stdvar|mad)_over_time$/.test(within ?? '');
    const fixed = !range.startsWith('$') && (rated || averaged);
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
  const window = secondsIn(range);
  if (window === undefined || window >= SCRAPES_IN_WINDOW * toSeconds(windows.scrapeInterval)) return [];
  return [
    {
      code: 'R008',
      message: `looks at ${range} of ${metric}, which holds fewer than ${SCRAPES_IN_WINDOW} scrapes of ${windows.scrapeInterval}`,
      remedy: 'Use a longer window: with one lost scrape it is empty.',
    },
  ];
}

/** A range as PromQL writes it, `1m30s` or `90000ms`, in seconds. */
function secondsIn(range: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(range)) return undefined;
  const units: Readonly<Record<string, number>> = {
    ms: 0.001,
    s: 1,
    m: 60,
    h: 3600,
    d: 86_400,
    w: 604_800,
    y: 31_536_000,
  };
  return [...range.matchAll(/(?<!\d)(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (units[unit ?? 's'] ?? 1),
    0,
  );
}

function unique(problems: readonly QueryProblem[]): QueryProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()];
}
