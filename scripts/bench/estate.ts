/** Estates of any size from the builders of the tests' own company: dashboards of about 16 KB, and rules in as many groups as asked for. */
import {
  alertNamesOf,
  buildDashboard,
  buildRules,
  type DashboardDraft,
  serviceDashboard,
} from '../../src/build/index.ts';
import type { Project } from '../../src/model/project.ts';
import type { DashboardResource, Desired, Resource } from '../../src/model/resource.ts';
import { defineCatalog } from '../../src/model/service.ts';
import own from '../../test/companies/bank/grafana.config.ts';
import { userAccount } from '../../test/companies/bank/services/user-account.ts';

/** How large an estate is. */
export interface EstateSize {
  readonly dashboards: number;
  readonly rules: number;
  readonly groups: number;
}

const BYTES = 16 * 1024;

/** Builds an estate for an owner of its own. Every dashboard is laid out and every rule built, none is copied as JSON. */
export function buildEstate(owner: string, size: EstateSize, title = 'p95 now'): Desired {
  const project: Project = {
    ...own,
    owner,
    mark: owner,
    folder: { uid: `${owner}-services`, title: `Bench ${owner}` },
  };
  const service = userAccount;
  const catalog = defineCatalog([service]);
  const context = { project, catalog, alertNames: alertNamesOf(own.alerts) };
  const draft = trimmed(serviceDashboard(service, context, own.dashboards), project);
  const dashboards = Array.from({ length: size.dashboards }, (_, index) =>
    buildDashboard(
      {
        ...draft,
        uid: `${owner}-board-${index}`,
        title: `${index === 0 ? title : 'Board'} ${index}`,
        tags: ['service:bench'],
      },
      project,
    ),
  );
  return {
    resources: [
      { kind: 'folder', uid: project.folder.uid, title: project.folder.title, source: 'scripts/bench.ts' },
      contactPoint(owner),
      ...rulesFor(owner, size, project, dashboards),
      ...dashboards,
    ],
  };
}

function contactPoint(owner: string): Resource {
  const name = `${owner}-bench`;
  const settings = { url: 'http://127.0.0.1:9/bench', httpMethod: 'POST' };
  const contactPoint = { name, integrations: [{ type: 'webhook' as const, settings }] };
  return { kind: 'contact-point', uid: name, title: name, source: 'scripts/bench.ts', contactPoint };
}

/** As many panels as make about 16 KB. */
function trimmed(draft: DashboardDraft, project: Project): DashboardDraft {
  const panels = draft.sections.flatMap((section) => section.panels);
  const cut = (count: number): DashboardDraft => ({
    ...draft,
    sections: [{ key: 'bench', title: '', panels: panels.slice(0, count) }],
  });
  let count = 1;
  while (count < panels.length && JSON.stringify(buildDashboard(cut(count), project).spec).length < BYTES) count += 1;
  return cut(count);
}

function rulesFor(
  owner: string,
  { rules, groups }: EstateSize,
  project: Project,
  dashboards: readonly DashboardResource[],
): Resource[] {
  const catalog = defineCatalog([userAccount]);
  const context = { project, panelOf: () => ({ dashboardUid: dashboards[0]?.uid ?? '', panelId: 1 }) };
  const made: Resource[] = [];
  while (made.length < rules) {
    for (const resource of buildRules(own.alerts, catalog, context)) {
      if (made.length === rules) break;
      const number = made.length;
      const group = `group-${number % groups}`;
      const uid = `${owner}-rule-${number}`;
      const { rule } = resource;
      const notification = { ...rule.notification, receiver: `${owner}-bench` };
      // Never firing: a bench shall not wake anybody.
      made.push({ ...resource, uid, rule: { ...rule, uid, group, notification, paused: true } });
    }
  }
  return made;
}
