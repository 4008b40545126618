/** What pages are checked against: all that is built, and the files of the project. */
import { LIMITS, readInputFile } from '../adapters/files.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { DashboardResource, Desired } from '../model/resource.ts';
import type { Catalog, Service } from '../model/service.ts';
import { type RunbookPage, runbookProblems } from '../validate/runbooks.ts';
import { type FactSource, panelsOf, statedOf } from './runbook-facts.ts';

/** What is wrong with the pages themselves. Links may go to each other, also where one is not written yet. */
export function checkRunbooks(
  pages: readonly RunbookPage[],
  built: FactSource & { readonly alertNames: readonly string[] },
  root: string,
): readonly Diagnostic[] {
  const { desired, catalog, project } = built;
  const dashboards = desired.resources.filter((resource) => resource.kind === 'dashboard');
  const texts = new Map(pages.map(({ path, text }) => [path, text]));
  return runbookProblems(pages, {
    catalog,
    alerts: built.alertNames,
    stated: statedOf(desired),
    matchers: new Set(matchersIn(catalog.services.map(({ metrics }) => metrics))),
    labels: new Set([...labelsOf(desired), ...labelsOfBindings(catalog)]),
    repository: `${project.repository.url}/blob/${project.repository.branch}/`,
    panels: rowsOf(dashboards),
    read: (path) => texts.get(path) ?? fileOf(root, path),
  });
}

function fileOf(root: string, path: string): string | undefined {
  const read = readInputFile(`${root}${path}`, LIMITS.small);
  // A link may go to a folder; there is nothing to read then.
  return 'text' in read ? read.text : read.missing ? undefined : '';
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

/** Labels that bindings name, whether a dashboard shows them or not. */
function labelsOfBindings({ services }: Catalog): readonly string[] {
  return services.flatMap(({ metrics }: Service) => {
    const { server, client, database, databases, databasePool, databasePools, httpPool, version } = metrics;
    const queries = [database, ...Object.values(databases ?? {})].filter((one) => one !== undefined);
    const pools = [databasePool, ...Object.values(databasePools ?? {})].filter((one) => one !== undefined);
    const failures = [server, client, ...queries].flatMap((binding) => binding?.failures ?? []);
    return [
      server?.route,
      server?.status,
      client?.address,
      ...queries.flatMap(({ operation, system, namespace }) => [operation, system, namespace]),
      ...pools.map(({ pool }) => pool),
      httpPool?.kind === 'gauge' ? httpPool.address : undefined,
      version?.label,
      // A failure is matched by the label that tells its kind.
      ...failures.map((one) => ('where' in one ? /^\w*/.exec(one.where)?.[0] : undefined)),
    ].filter((label) => label !== undefined);
  });
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
