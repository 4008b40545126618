/** What everybody else does on a Grafana: their own objects, and edits of ours. */
import { asAdmin, type Site } from './site.ts';

export function boardPath(uid: string): string {
  return `/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards/${uid}`;
}

interface Board {
  readonly metadata: { readonly resourceVersion: string; readonly generation: number };
  readonly spec: Record<string, unknown>;
}

/** A dashboard as it is; undefined where there is none. */
export async function readBoard(site: Site, uid: string): Promise<Board | undefined> {
  const { status, body } = await asAdmin(site, 'GET', boardPath(uid));
  return status === 200 ? (body as Board) : undefined;
}

/** Saves as the editor in the browser does. */
export async function saveByHand(
  site: Site,
  uid: string,
  folderUid: string,
  message: string,
  change: (spec: Record<string, unknown>) => void,
): Promise<void> {
  const board = await readBoard(site, uid);
  const spec = structuredClone(board?.spec ?? {});
  change(spec);
  const { status, body } = await asAdmin(site, 'POST', '/api/dashboards/db', {
    dashboard: { ...spec, uid, version: board?.metadata.generation },
    folderUid,
    message,
    overwrite: true,
  });
  if (status !== 200) throw new Error(`could not save by hand: ${status} ${JSON.stringify(body)}`);
}

/** A dashboard of somebody else. */
export async function foreignBoard(site: Site, uid: string, folder: string, tags: readonly string[]): Promise<void> {
  const { status } = await asAdmin(site, 'POST', boardPath('').slice(0, -1), {
    apiVersion: 'dashboard.grafana.app/v0alpha1',
    kind: 'Dashboard',
    metadata: { name: uid, annotations: { 'grafana.app/folder': folder } },
    spec: { title: 'Theirs', tags, schemaVersion: 42, panels: [] },
  });
  if (status !== 201) throw new Error(`could not make a foreign dashboard: ${status}`);
}

/** A rule of somebody else, made in the browser: without provenance. */
export async function foreignRule(site: Site, uid: string, folder: string, group: string): Promise<void> {
  const rule = {
    uid,
    title: 'Theirs',
    condition: 'A',
    for: '1m',
    noDataState: 'NoData',
    execErrState: 'Error',
    folderUID: folder,
    ruleGroup: group,
    orgID: 1,
    data: [
      {
        refId: 'A',
        datasourceUid: 'prometheus',
        relativeTimeRange: { from: 600, to: 0 },
        model: { refId: 'A', expr: 'up', instant: true },
      },
    ],
    labels: { team: 'theirs' },
  };
  const { status, body } = await asAdmin(site, 'POST', '/api/v1/provisioning/alert-rules', rule, {
    'X-Disable-Provenance': 'true',
  });
  if (status !== 201) throw new Error(`could not make a foreign rule: ${status} ${JSON.stringify(body)}`);
}

export interface SeenRule {
  readonly uid: string;
  readonly version: number;
  readonly provenance: string | undefined;
  readonly form: Record<string, unknown>;
}

/** The rules of a group, as the ruler shows them. */
export async function rulesOfGroup(site: Site, folder: string, group: string): Promise<readonly SeenRule[]> {
  const { status, body } = await asAdmin(site, 'GET', `/api/ruler/grafana/api/v1/rules/${folder}/${group}`);
  if (status >= 400) return [];
  const { rules } = body as { rules: Record<string, unknown>[] };
  return rules.map((form) => {
    const alert = form['grafana_alert'] as { uid: string; version: number; provenance?: string };
    return { uid: alert.uid, version: alert.version, provenance: alert.provenance, form };
  });
}

/** The group that a rule lives in. */
export async function groupOf(site: Site, uid: string): Promise<unknown> {
  const { body } = await asAdmin(site, 'GET', `/api/v1/provisioning/alert-rules/${uid}`);
  return (body as { ruleGroup?: string } | undefined)?.ruleGroup;
}

/** What Grafana has to have stored of the alert on errors. */
export function defaultRule(owner: string, service: string) {
  return {
    provenance: 'api',
    form: {
      for: '3m',
      keep_firing_for: '5m',
      labels: { as_code: owner, severity: 'critical', service },
      grafana_alert: {
        title: 'ServiceErrorRateHigh',
        condition: 'B',
        no_data_state: 'KeepLast',
        exec_err_state: 'KeepLast',
        missing_series_evals_to_resolve: 5,
        rule_group: service,
        namespace_uid: `${owner}-services`,
        notification_settings: { receiver: `${owner}-on-call`, group_interval: '5m', repeat_interval: '4h' },
      },
    },
  };
}

export const FOLDERS = '/apis/folder.grafana.app/v1beta1/namespaces/default/folders';

/** A folder of somebody else. */
export function folderBody({ uid, title }: { readonly uid: string; readonly title: string }) {
  return {
    apiVersion: 'folder.grafana.app/v1beta1',
    kind: 'Folder',
    metadata: { name: uid, annotations: { 'grafana.app/grant-permissions': 'default' } },
    spec: { title, description: 'Theirs' },
  };
}

/** A folder that only administrators may look into. */
export async function closedFolder(site: Site, uid: string): Promise<void> {
  await asAdmin(site, 'POST', FOLDERS, folderBody({ uid, title: `Closed ${uid}` }));
  const { status } = await asAdmin(site, 'POST', `/api/folders/${uid}/permissions`, { items: [] });
  if (status !== 200) throw new Error(`could not close a folder: ${status}`);
}

/** Changes a rule past the code, as an administrator's script does. */
export async function editRule(site: Site, uid: string, change: Readonly<Record<string, unknown>>): Promise<void> {
  const path = `/api/v1/provisioning/alert-rules/${uid}`;
  const { body } = await asAdmin(site, 'GET', path);
  const { status } = await asAdmin(site, 'PUT', path, { ...(body as object), ...change });
  if (status !== 200) throw new Error(`could not edit a rule: ${status}`);
}
