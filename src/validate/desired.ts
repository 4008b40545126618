/** Checks of everything that was built, before any of it is planned. */
import { signals } from '../metrics/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import {
  type DashboardResource,
  type Desired,
  type Resource,
  type RuleResource,
  resourceKey,
} from '../model/resource.ts';
import { type Catalog, findService, type Service, servicesBehind } from '../model/service.ts';
import { boardProblems, onPanel, panelsOf } from './boards.ts';
import { queryProblems } from './queries.ts';
import { onRule, ruleProblems, unwrittenPages } from './rules.ts';
import { counters, selects } from './series.ts';
import { timeIntervalProblems } from './time-intervals.ts';

export interface DesiredToCheck {
  readonly desired: Desired;
  readonly catalog: Catalog;
  readonly project: Project;
  /** Alerts that have a page in alerts/runbooks. */
  readonly runbooks: ReadonlySet<string>;
}

/** All problems, in the order of the resources. */
export function validateDesired({ desired, catalog, project, runbooks }: DesiredToCheck): readonly Diagnostic[] {
  const { resources } = desired;
  const dashboards = resources.filter((resource) => resource.kind === 'dashboard');
  const rules = resources.filter((resource) => resource.kind === 'rule');
  const around = {
    mark: project.mark,
    dashboards: new Map(dashboards.map((dashboard) => [dashboard.uid, dashboard])),
    contactPoints: new Set(resources.filter(({ kind }) => kind === 'contact-point').map(({ title }) => title)),
    runbooks,
  };
  const isCounter = counters(catalog);
  const callers = callersOf(catalog);
  return [
    ...duplicateUids(desired),
    ...duplicateTitles(dashboards),
    ...resources.flatMap(deafContactPoint),
    ...resources.flatMap(rewrittenName),
    ...timeIntervalProblems(resources),
    ...dashboards.flatMap((dashboard) => [
      ...boardProblems(dashboard, project.mark),
      ...panelQueries(dashboard, catalog, callers, isCounter),
    ]),
    ...unwrittenPages(rules, runbooks),
    ...rules.flatMap((rule) => [...ruleProblems(rule, around), ...ruleQueries(rule, catalog, project, isCounter)]),
  ];
}

function duplicateUids({ resources }: Desired): Diagnostic[] {
  return [...groupBy(resources, resourceKey).values()].flatMap(([first, ...others]) =>
    others.map((other) => ({
      code: other.kind === 'rule' ? 'R001' : 'B001',
      level: 'error' as const,
      file: other.source,
      subject: `${other.kind} ${other.title}`,
      message: `${ofService(other)}has the same UID ${other.uid} as ${first?.title ?? '?'} ${first === undefined ? '' : ofService(first)}in ${first?.source ?? '?'}`,
      remedy: 'UIDs are made of service id and slug, with a hyphen between: change one of them.',
    })),
  );
}

/** Whose it is: rules of one alert have the same name for every service. */
function ofService(resource: Resource): string {
  return resource.kind === 'rule' && resource.service !== undefined ? `of ${resource.service} ` : '';
}

/** Grafana's older storage refuses the second dashboard of a title in a folder, its newer one shows two alike. */
function duplicateTitles(dashboards: readonly DashboardResource[]): Diagnostic[] {
  const place = ({ folderUid, title }: DashboardResource) => `${folderUid}/${title.toLowerCase()}`;
  return [...groupBy(dashboards, place).values()].flatMap(([first, ...others]) =>
    others
      .filter(({ uid }) => uid !== first?.uid)
      .map((other) => ({
        code: 'B013',
        level: 'error' as const,
        file: other.source,
        subject: `dashboard ${other.title}`,
        message: `has the same title as dashboard ${first?.uid ?? '?'} in ${first?.source ?? '?'}`,
        remedy: 'People find dashboards by title: give each service its own.',
      })),
  );
}

/** Grafana would refuse its file, and nobody would be notified. */
function deafContactPoint(resource: Resource): Diagnostic[] {
  if (resource.kind !== 'contact-point' || resource.contactPoint.integrations.length > 0) return [];
  return [
    {
      code: 'R017',
      level: 'error',
      file: resource.source,
      subject: `contact point ${resource.title}`,
      message: 'has no integration',
      remedy: 'Give it one, such as pagerDuty({ integrationKey: secret(…) }), or leave it out.',
    },
  ];
}

/**
 * Grafana takes blanks away from the ends of names; then what it stores is not what the code says, and every plan wants
 * to change it again. A file-provisioned folder of such a title is made anew at each start.
 */
function rewrittenName(resource: Resource): Diagnostic[] {
  const tags = resource.kind === 'dashboard' ? resource.spec['tags'] : undefined;
  const names = [
    ['name', resource.title],
    ...(resource.kind === 'rule' ? [['rule group', resource.rule.group] as const] : []),
    ...(Array.isArray(tags) ? tags.map((tag) => ['tag', String(tag)] as const) : []),
  ] as const;
  return names.flatMap(([what, text]) => {
    const fault =
      text.trim() === ''
        ? 'is empty'
        : text !== text.trim()
          ? 'begins or ends with a blank'
          : /\p{Cc}/u.test(text)
            ? 'holds a line break or another control character'
            : undefined;
    if (fault === undefined) return [];
    return [
      {
        code: 'B015',
        level: 'error',
        file: resource.source,
        subject: `${resource.kind} ${resource.uid}`,
        message: `has the ${what} ${JSON.stringify(text)}, which ${fault}: Grafana would store another one`,
        remedy: 'Write it without.',
      },
    ];
  });
}

/** For each service, those that call it. */
function callersOf(catalog: Catalog): ReadonlyMap<Service, readonly Service[]> {
  const calls = catalog.services.flatMap((caller) =>
    servicesBehind(caller, catalog).map((called) => ({ caller, called })),
  );
  return new Map(
    [...groupBy(calls, ({ called }) => called)].map(([called, all]) => [called, all.map(({ caller }) => caller)]),
  );
}

function panelQueries(
  dashboard: DashboardResource,
  catalog: Catalog,
  callers: ReadonlyMap<Service, readonly Service[]>,
  isCounter: (metric: string) => boolean,
): Diagnostic[] {
  const service = dashboard.service === undefined ? undefined : findService(catalog, dashboard.service);
  // A dashboard shows its service and, in the rows about others, whom it calls and who calls it.
  const shown =
    service === undefined
      ? catalog.services
      : [service, ...servicesBehind(service, catalog), ...(callers.get(service) ?? [])];
  const rules = { selects: selects(shown), isCounter };
  const verdicts = new Set(
    shown.flatMap((each) => signals(each, catalog).map(({ alertExpression }) => alertExpression)),
  );
  return panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? []).flatMap(({ expr }) => {
      if (expr === undefined) return [];
      // An alert's own expression keeps its windows, so that the panel shows what the alert sees.
      const windows = isVerdict(expr, verdicts) ? ({ kind: 'any' } as const) : ({ kind: 'panel' } as const);
      return queryProblems(expr, { ...rules, windows }).map(({ code, message, remedy }) =>
        onPanel(code, dashboard, panel, message, remedy),
      );
    }),
  );
}

function ruleQueries(
  resource: RuleResource,
  catalog: Catalog,
  { scrapeInterval }: Project,
  isCounter: (metric: string) => boolean,
): Diagnostic[] {
  const service = resource.service === undefined ? undefined : findService(catalog, resource.service);
  const problems = queryProblems(resource.rule.expr, {
    selects: service === undefined ? undefined : selects([service]),
    isCounter,
    windows: { kind: 'rule', scrapeInterval },
  });
  return problems.map(({ code, message, remedy }) => onRule(code, resource, message, remedy));
}

/** An alert's own expression, or the worst or the sum of its series. */
function isVerdict(expression: string, verdicts: ReadonlySet<string>): boolean {
  return verdicts.has(expression) || verdicts.has(expression.replace(/^(?:max|sum)\(([\s\S]*)\)$/, '$1'));
}
