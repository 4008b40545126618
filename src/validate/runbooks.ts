/** Checks of the runbooks: people read them at night, so that nothing in them may be wrong. */
import { micrometer, otel, promClient } from '../metrics/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { anchorOf, ownText, partsOf, SECTIONS, withoutCode } from '../model/runbook-page.ts';
import type { Catalog } from '../model/service.ts';
import { parseQuery } from './promql.ts';
import { metricNames } from './series.ts';

/** A page of alerts/runbooks. */
export interface RunbookPage {
  /** The alert's name. */
  readonly alert: string;
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
}

/** What pages are checked against. */
export interface RunbookSurroundings {
  readonly catalog: Catalog;
  /** Every alert there is, also those that have no rule at present. */
  readonly alerts: readonly string[];
  /**
   * What the facts say of each alert's rules, as people write it: limits, times, windows, receivers.
   *
   * @example new Map([['ServiceLatencyP95High', ['2 s', '2m', '5m', 'acme-on-call']]])
   */
  readonly stated: ReadonlyMap<string, readonly string[]>;
  /** Matchers that find the services' metrics. @example new Set(['job="acme/payments"']) */
  readonly matchers: ReadonlySet<string>;
  /** Labels that rules and dashboards group and match by. */
  readonly labels: ReadonlySet<string>;
  /** Where the repository is hosted, up to a file's path: links there are files of the project. */
  readonly repository: string;
  /** Titles of the panels in each row; rows without a title are `top`. */
  readonly panels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Text of a file of the project, or an empty one for a folder; undefined where there is nothing. */
  readonly read: (path: string) => string | undefined;
}

/**
 * Metrics that no service's binding names: Prometheus' own, Grafana's about its alerting, and the gauge of requests
 * under way, which only tells a hang from silence.
 */
const OTHERS: ReadonlySet<string> = new Set([
  'up',
  'grafana_alerting_rule_evaluations_total',
  'grafana_alerting_rule_evaluation_failures_total',
  'grafana_alerting_notifications_failed_total',
  'http_server_active_requests',
]);

/** Labels that only people ask for: of Grafana's own metrics, and resource attributes that `target_info` carries. */
const OTHER_LABELS = ['__name__', 'integration', 'k8s_pod_name', 'k8s_node_name'];

/** All that is wrong with the pages. Whether their facts are up to date is the business of `npm run runbooks`. */
export function runbookProblems(pages: readonly RunbookPage[], around: RunbookSurroundings): readonly Diagnostic[] {
  const known = new Set([
    ...OTHERS,
    ...metricNames(around.catalog.services.map(({ metrics }) => metrics)),
    ...profiles(),
  ]);
  return [
    ...pairProblems(pages, around.alerts),
    ...pages.flatMap((page) => [
      ...sectionProblems(page),
      ...queryProblemsOf(page, known, around),
      ...panelProblems(page, around.panels),
      ...linkProblems(page, around),
      ...typedProblems(page, around.stated.get(page.alert) ?? []),
    ]),
  ];
}

/** A page may name the metric of another profile, to help find out which one a service speaks. */
function profiles(): readonly string[] {
  return metricNames([
    otel({ job: 'any' }),
    micrometer({ job: 'any' }),
    promClient({ job: 'any', cpuLimitCores: 1, memoryLimitBytes: 1 }),
  ]);
}

function pairProblems(pages: readonly RunbookPage[], alerts: readonly string[]): Diagnostic[] {
  const written = new Set(pages.map(({ alert }) => alert));
  return [
    ...alerts
      .filter((alert) => !written.has(alert))
      .map((alert) =>
        problem(
          'M001',
          `alerts/runbooks/${alert}.md`,
          `alert ${alert}`,
          'has no page',
          'Write it: Meaning, Impact, Diagnosis, Mitigation.',
        ),
      ),
    ...pages
      .filter(({ alert }) => !alerts.includes(alert))
      .map(({ path, alert }) =>
        problem(
          'M001',
          path,
          `page ${alert}`,
          'is about an alert that does not exist',
          `Rename or delete it. Alerts: ${alerts.join(', ')}`,
        ),
      ),
  ];
}

/** A team's own sections may stand around what is generated; a page that is all its own has these four. */
function sectionProblems({ path, alert, text }: RunbookPage): Diagnostic[] {
  const headings = [...withoutCode(text).matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading.trim());
  const generated = partsOf(text).kind === 'generated';
  const known: readonly string[] = SECTIONS;
  const judged = generated ? headings.filter((heading) => known.includes(heading)) : headings;
  if (JSON.stringify(judged) === JSON.stringify(SECTIONS)) return [];
  const found = judged.length === 0 ? 'none' : judged.join(', ');
  return [
    problem(
      'M002',
      path,
      `page ${alert}`,
      `has other sections than ${SECTIONS.join(', ')}: ${found}`,
      'Use these four, in this order, once each: whoever is woken up knows where to look.',
    ),
  ];
}

function queryProblemsOf(
  { path, alert, text }: RunbookPage,
  known: ReadonlySet<string>,
  around: RunbookSurroundings,
): Diagnostic[] {
  return [...text.matchAll(/^[ \t]*```promql\n([\s\S]*?)^[ \t]*```/gm)].flatMap(([, query = '']) => {
    const { problems, selectors } = parseQuery(query);
    const [first] = problems;
    if (first !== undefined) {
      const near = first.near.replace(/\s+/g, ' ').trim();
      return [
        problem(
          'M003',
          path,
          `page ${alert}`,
          `has a query that is no PromQL, near "${near}"`,
          'Correct it: it is copied in a hurry.',
        ),
      ];
    }
    const strange = [...new Set(selectors.map(({ metric }) => metric))].filter(
      // A selector without a name asks what there is at all.
      (metric) => metric !== '' && !known.has(metric),
    );
    const found = (message: string, remedy: string) => problem('M004', path, `page ${alert}`, message, remedy);
    return [
      ...strange.map((metric) =>
        found(
          `queries ${metric}, which no service records`,
          'Take a metric of the services’ bindings. A query about something else stands in a block without the word promql.',
        ),
      ),
      ...strangeMatchers(
        selectors.flatMap(({ matchers }) => matchers),
        around.matchers,
      ).map((matcher) =>
        found(
          `asks for ${matcher}, which finds no service`,
          `Services are found by: ${[...around.matchers].join(', ')}`,
        ),
      ),
      ...strangeLabels(query, around.labels).map((label) =>
        found(`groups by ${label}, which no rule or dashboard knows`, `Labels: ${[...around.labels].join(', ')}`),
      ),
    ];
  });
}

/** Matchers of the labels that services are found by, with a value that none of them has. */
function strangeMatchers(matchers: readonly string[], known: ReadonlySet<string>): string[] {
  const values = [...known].map((matcher) => /^(\w+)="(.*)"$/.exec(matcher) ?? []);
  return [...new Set(matchers)].filter((matcher) => {
    const [, label, operator, value = ''] = /^(\w+)(=~?)"(.*)"$/.exec(matcher) ?? [];
    const ofLabel = values.flatMap(([, name, found]) => (name === label && found !== undefined ? [found] : []));
    if (operator === undefined || ofLabel.length === 0) return false;
    const matches =
      operator === '=' ? (found: string) => found === value : (found: string) => matchesWhole(value, found);
    return !ofLabel.some(matches);
  });
}

function matchesWhole(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}

function strangeLabels(query: string, known: ReadonlySet<string>): string[] {
  const groups = [...query.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)];
  const labels = groups.flatMap(([, list = '']) => list.split(',').map((label) => label.trim()));
  return [...new Set(labels)].filter((label) => label !== '' && !known.has(label) && !OTHER_LABELS.includes(label));
}

/** `_Title_ (row Row)`, `_Title_ (System overview, row Row)`, `_Title_ (top)`, `_Title_ (same row)`. */
const PANEL = /_([^_`\n]+)_\s+\((top|same row|(?:[A-Z][\w ]*,\s+)?row ([^;)]+))/g;

function panelProblems({ path, alert, text }: RunbookPage, panels: RunbookSurroundings['panels']): Diagnostic[] {
  const everywhere = new Set([...panels.values()].flatMap((titles) => [...titles]));
  return [...withoutCode(text).matchAll(PANEL)].flatMap(([, title = '', place = '', row]) => {
    const flat = title.replace(/\s+/g, ' ');
    const where = row?.replace(/\s+/g, ' ') ?? place;
    const there = where === 'same row' ? everywhere : panels.get(where);
    if (there?.has(flat) === true) return [];
    const known =
      there === undefined ? `Rows: ${[...panels.keys()].join(', ')}` : `Panels there: ${[...there].join(', ')}`;
    return [
      problem(
        'M005',
        path,
        `page ${alert}`,
        `sends people to the panel "${flat}" (${where}), which does not exist`,
        known,
      ),
    ];
  });
}

function linkProblems({ path, alert, text }: RunbookPage, { read, repository }: RunbookSurroundings): Diagnostic[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return [...new Set(links)].flatMap((link) => {
    const ours = link.startsWith(repository);
    if (/^[a-z]+:/i.test(link) && !ours) return [];
    const [file = '', anchor] = (ours ? link.slice(repository.length) : link).split('#');
    const target = ours ? decodeURIComponent(file) : file === '' ? path : resolved(path, file);
    const content = read(target);
    if (content === undefined)
      return [problem('M006', path, `page ${alert}`, `links to ${link}, which does not exist`, 'Correct the link.')];
    if (anchor === undefined || anchorsOf(content).has(anchor)) return [];
    return [
      problem(
        'M006',
        path,
        `page ${alert}`,
        `links to ${link}, and ${target} has no such heading`,
        'Correct the part after #.',
      ),
    ];
  });
}

/** What the facts say from the rules may not stand in a team's prose as well: one of the two would grow old. */
function typedProblems({ path, alert, text }: RunbookPage, stated: readonly string[]): Diagnostic[] {
  const prose = withoutCode(ownText(text)).replace(/<!-- facts -->[\s\S]*?<!-- \/facts -->/, '');
  const times = [...prose.matchAll(/\b[0-2]?\d:[0-5]\d\b/g)].map(([time]) => time);
  const words = ` ${prose.replace(/[^\w%.×-]+/g, ' ')} `;
  const typed = [...times, ...stated.filter((fact) => words.includes(` ${fact} `) || words.includes(` ${fact}. `))];
  return [...new Set(typed)].map((value) =>
    problem(
      'M008',
      path,
      `page ${alert}`,
      `states ${value} by hand`,
      'The facts at the top say it, from the rule: write "its limit" or "well before the page".',
    ),
  );
}

/** A relative link, from the project's root. */
function resolved(from: string, link: string): string {
  const { pathname } = new URL(link, `file:///${from}`);
  return decodeURIComponent(pathname.slice(1)).replace(/\/$/, '');
}

function anchorsOf(text: string): ReadonlySet<string> {
  return new Set([...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
}

function problem(code: string, file: string, subject: string, message: string, remedy: string): Diagnostic {
  return { code, level: 'error', file, subject, message, remedy };
}
