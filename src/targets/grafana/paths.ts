/** The routes of Grafana's API that are used. */

const PROVISIONING = '/api/v1/provisioning';

/** Whole specs, at most 500 or 2 MiB a page. */
export const PAGE_SIZE = 500;

export const paths = {
  health: '/api/health',
  settings: '/api/frontend/settings',
  account: '/api/user',
  permissions: '/api/access-control/user/permissions',
  dataSource: (uid: string) => `/api/datasources/uid/${encodeURIComponent(uid)}`,
  folders: (namespace: string) => `/apis/folder.grafana.app/v1beta1/namespaces/${namespace}/folders`,
  folder: (namespace: string, uid: string) => `${paths.folders(namespace)}/${encodeURIComponent(uid)}`,
  folderCounts: (uid: string) => `/api/folders/${encodeURIComponent(uid)}/counts`,
  // v0alpha1 keeps a dashboard word for word; later versions migrate and reorder it.
  dashboards: (namespace: string) => `/apis/dashboard.grafana.app/v0alpha1/namespaces/${namespace}/dashboards`,
  dashboard: (namespace: string, uid: string) => `${paths.dashboards(namespace)}/${encodeURIComponent(uid)}`,
  versions: (uid: string) => `/api/dashboards/uid/${encodeURIComponent(uid)}/versions`,
  rules: '/api/ruler/grafana/api/v1/rules',
  groupRules: (folder: string, group: string) =>
    `/api/ruler/grafana/api/v1/rules/${encodeURIComponent(folder)}/${encodeURIComponent(group)}`,
  ruleGroup: (folder: string, group: string) =>
    `${PROVISIONING}/folder/${encodeURIComponent(folder)}/rule-groups/${encodeURIComponent(group)}`,
  ruleVersions: (uid: string) => `/api/ruler/grafana/api/v1/rule/${encodeURIComponent(uid)}/versions`,
  alertRules: `${PROVISIONING}/alert-rules`,
  alertRule: (uid: string) => `${PROVISIONING}/alert-rules/${encodeURIComponent(uid)}`,
  states: '/api/prometheus/grafana/api/v1/rules?state=firing&state=pending',
  contactPoints: `${PROVISIONING}/contact-points`,
  contactPoint: (uid: string) => `${PROVISIONING}/contact-points/${encodeURIComponent(uid)}`,
  annotations: '/api/annotations',
  annotation: (id: number) => `/api/annotations/${id}`,
} as const;
