import { z } from 'zod';
import { isJsonObject } from '../../model/json.ts';
import { type DashboardResource, resourceKey } from '../../model/resource.ts';
import type { DirectoryKind, ParsedResource } from './kind.ts';

export function dashboardPath(folderUid: string, uid: string): string {
  return `grafana/dashboards/${folderUid}/${uid}.json`;
}

function parseDashboard(spec: unknown, path: string): readonly ParsedResource[] {
  if (!isJsonObject(spec) || typeof spec['uid'] !== 'string') return [];
  const folderUid = path.split('/').at(-2) ?? '';
  const tags = Array.isArray(spec['tags']) ? (spec['tags'] as unknown[]) : [];
  const service = tags.map(String).find((tag) => tag.startsWith('service:'));
  const resource: DashboardResource = {
    kind: 'dashboard',
    uid: spec['uid'],
    title: String(spec['title'] ?? spec['uid']),
    folderUid,
    source: path,
    spec,
    signalPanels: {},
    ...(service === undefined ? {} : { service: service.slice('service:'.length) }),
  };
  return [{ resource }];
}

export const dashboards: DirectoryKind<'dashboard'> = {
  holds: (path) => path.endsWith('.json'),
  render: (all) =>
    all.map((resource) => ({
      path: dashboardPath(resource.folderUid, resource.uid),
      content: `${JSON.stringify(resource.spec, null, 2)}\n`,
      resources: [resourceKey(resource)],
    })),
  parse: parseDashboard,
  foreign: (document, path) => {
    const read = z.looseObject({ uid: z.string() }).safeParse(document);
    return read.success && path.includes('/dashboards/') && path.endsWith('.json') ? [read.data.uid] : [];
  },
};
