/** The pages of alerts/runbooks, with what they are checked against and filled from. */
import { LIMITS, readInputFile, withPlainLineEnds, writeFileSafely } from '../adapters/files.ts';
import { pageLatency } from '../model/alert-rule.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type Duration, isDuration, toSeconds } from '../model/duration.ts';
import { refused } from '../model/explained-error.ts';
import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import { formatQuantity } from '../model/quantity.ts';
import type { DashboardResource, Desired, RuleResource } from '../model/resource.ts';
import { type Catalog, findService } from '../model/service.ts';
import { type RunbookFact, withRunbookFacts } from '../report/runbook/facts.ts';
import { parseQuery } from '../validate/promql.ts';
import { type RunbookPage, runbookProblems } from '../validate/runbooks.ts';
import { buildProject } from './build-project.ts';
import { INCIDENT_FILE, type IncidentLookup, readIncident, replayIncident } from './incident.ts';
import type { Io } from './io.ts';
import { RUNBOOKS, runbookNames } from './runbook-pages.ts';

/** What became of the pages, or what is wrong with them or with the code. */
export type UpdatedRunbooks =
  | {
      readonly ok: true;
      /** How many there are. */
      readonly pages: number;
      /** Files that were out of date, and are written unless it was a check. */
      readonly stale: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Diagnostic[]; readonly closing: string };

/** No page is wrong where no rule is there to be wrong about. */
const NOTHING: Diagnostic = {
  code: 'T107',
  level: 'error',
  subject: 'the project',
  message: 'has no alert rule, so that no page can be checked',
  remedy: 'Define alerts in alerts/, and a service in services/.',
};

/**
 * Fills the pages in from the rules, and checks them.
 *
 * @param request.check writes nothing. @param request.replay replays the incident even if no rule has changed since.
 */
export async function updateRunbooks(
  { check, replay }: { readonly check: boolean; readonly replay: boolean },
  io: Io,
): Promise<UpdatedRunbooks> {
  const built = await buildProject(io);
  if (!built.ok) return { ...built, closing: 'Nothing was written.' };
  const rules = built.desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  if (rules.length === 0) return { ok: false, problems: [NOTHING], closing: 'Nothing was written.' };
  const kept = await readIncident(io.root);
  const forgotten = rules.filter((rule) => kept(rule) === undefined);
  const again = check ? [] : replay ? rules : forgotten;
  if (again.length > 0) {
    await io.stderr.write(`Replaying the incident for ${again.length} of ${rules.length} rules\n`);
  }
  const lookup = again.length > 0 ? await replayIncident(rules, again, built, io) : kept;
  const there = readRunbooks(io.root);
  const { filled, unfillable } = fillRunbooks(there, built, lookup);
  const problems = [...unfillable, ...checkRunbooks(filled, built, io.root)];
  if (problems.length > 0) return { ok: false, problems, closing: 'No page was written.' };
  const stale = filled.filter(({ text, path }) => text !== there.find((page) => page.path === path)?.text);
  if (!check)
    await Promise.all(stale.map(({ path, text }) => writeFileSafely(`${io.root}${path}`, text, { within: io.root })));
  const outdated = check && forgotten.length > 0 ? [INCIDENT_FILE] : [];
  return { ok: true, pages: filled.length, stale: [...outdated, ...stale.map(({ path }) => path)] };
}

interface BuiltProject {
  readonly desired: Desired;
  readonly catalog: Catalog;
  readonly project: Project;
  /** The names of all alerts. */
  readonly alertNames: readonly string[];
}

/** Every page there is. */
export function readRunbooks(root: string): readonly RunbookPage[] {
  return runbookNames(root).map((alert) => {
    const path = `${RUNBOOKS}/${alert}.md`;
    const read = readInputFile(`${root}${path}`, LIMITS.small);
    if ('problem' in read) throw refused('F000', path, read.problem, 'Give this user the right to read it');
    return { alert, path, text: withPlainLineEnds(read.text) };
  });
}

/** What is wrong with the pages themselves. */
export function checkRunbooks(pages: readonly RunbookPage[], built: BuiltProject, root: string): readonly Diagnostic[] {
  const dashboards = built.desired.resources.filter((resource) => resource.kind === 'dashboard');
  return runbookProblems(pages, {
    catalog: built.catalog,
    alerts: built.alertNames,
    stated: statedOf(built.desired),
    matchers: new Set(matchersIn(built.catalog.services.map(({ metrics }) => metrics))),
    labels: labelsOf(built.desired),
    repository: `${built.project.repository.url}/blob/${built.project.repository.branch}/`,
    panels: rowsOf(dashboards),
    read: (path) => {
      const read = readInputFile(`${root}${path}`, LIMITS.small);
      // A link may go to a folder; there is nothing to read then.
      return 'text' in read ? read.text : read.missing ? undefined : '';
    },
  });
}

/** What the facts say. Limits without a unit, such as "above 0", are no words that could be mistaken for them. */
function statedOf({ resources }: Desired): ReadonlyMap<string, readonly string[]> {
  const rules = resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  return new Map(
    [...groupBy(rules, ({ alert }) => alert)].map(([alert, members]) => [
      alert,
      members.flatMap(({ unit, threshold, for: duration, expr, notification }) => [
        ...(unit === 'count' ? [] : [formatQuantity({ unit, value: threshold })]),
        duration,
        ...windowsOf(expr),
        notification.receiver,
      ]),
    ]),
  );
}

/** All matchers in the services' bindings. */
function matchersIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'matchers' && Array.isArray(inner) ? inner.map(String) : matchersIn(inner),
  );
}

/** Labels in groupings and matchers of all that is built. */
function labelsOf({ resources }: Desired): ReadonlySet<string> {
  const texts = resources.map((resource) =>
    resource.kind === 'rule' ? resource.rule.expr : resource.kind === 'dashboard' ? JSON.stringify(resource.spec) : '',
  );
  const found = texts.flatMap((text) => [
    ...[...text.matchAll(/\b(?:by|on) ?\(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',')),
    ...[...text.matchAll(/[{,](\w+)(?:=~?|!=|!~)/g)].map(([, label = '']) => label),
  ]);
  return new Set(found.map((label) => label.trim()).filter((label) => /^\w+$/.test(label)));
}

/** The pages with their facts filled in, and those that have no place for facts. */
export function fillRunbooks(
  pages: readonly RunbookPage[],
  built: BuiltProject,
  incident: IncidentLookup,
): { readonly filled: readonly RunbookPage[]; readonly unfillable: readonly Diagnostic[] } {
  const rules = built.desired.resources.filter((resource) => resource.kind === 'rule');
  const byAlert = groupBy(rules, ({ rule }) => rule.alert);
  const filled: RunbookPage[] = [];
  const unfillable: Diagnostic[] = [];
  for (const page of pages) {
    const facts = (byAlert.get(page.alert) ?? []).map((resource) => factOf(resource, built, incident));
    const text = withRunbookFacts(page.text, facts);
    if (text === undefined) {
      unfillable.push({
        code: 'M007',
        level: 'error',
        file: page.path,
        subject: `page ${page.alert}`,
        message: 'has no place, or several, for its facts',
        remedy: 'Write <!-- facts --> and <!-- /facts --> once, on lines of their own, below the first paragraph.',
      });
    } else filled.push({ ...page, text });
  }
  return { filled, unfillable };
}

function factOf(resource: RuleResource, built: BuiltProject, incident: IncidentLookup): RunbookFact {
  const { desired, catalog, project } = built;
  const { rule, service } = resource;
  const dashboard = desired.resources.find(
    (one): one is DashboardResource => one.kind === 'dashboard' && one.uid === rule.dashboardUid,
  );
  const panel = dashboard === undefined ? undefined : panelsOf(dashboard).find(({ id }) => id === rule.panelId);
  return {
    subject: service === undefined ? project.folder.title : (findService(catalog, service)?.title ?? service),
    rule,
    windows: windowsOf(rule.expr),
    notifiesWithin: pageLatency(rule, project),
    dashboard: dashboard?.title ?? '',
    panel: panel?.title ?? '',
    incident: incident(rule) ?? [],
  };
}

function windowsOf(expression: string): readonly Duration[] {
  const ranges = parseQuery(expression).selectors.flatMap(({ range }) => (isDuration(range) ? [range] : []));
  return [...new Set(ranges)].sort((left, right) => toSeconds(left) - toSeconds(right));
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
}

function panelsOf({ spec }: DashboardResource): readonly Panel[] {
  return (spec['panels'] ?? []) as unknown as readonly Panel[];
}

/** Titles of panels by row; a row is called by what stands before the colon. */
function rowsOf(dashboards: readonly DashboardResource[]): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = new Map<string, Set<string>>();
  for (const dashboard of dashboards) {
    let row = 'top';
    for (const { type, title } of panelsOf(dashboard)) {
      if (type === 'row') row = title.split(':')[0] ?? title;
      else rows.set(row, (rows.get(row) ?? new Set()).add(title));
    }
  }
  return rows;
}
