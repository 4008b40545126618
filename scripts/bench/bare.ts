/** What nobody can do faster: the same bytes, without looking at them. The yardstick of the bench. */

import { encodeGrafanaRule } from '../../src/encode/index.ts';
import { groupBy } from '../../src/model/group-by.ts';
import type { Desired } from '../../src/model/resource.ts';
import { encodeIntegration } from '../../src/targets/grafana/contact-point.ts';

export interface Bare {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Downloads the lists that a plan reads, one after the other page by page, and drops them. Milliseconds. */
export async function downloadLists({ url, headers }: Bare): Promise<number> {
  const started = performance.now();
  const get = async (path: string): Promise<string> => (await fetch(`${url}${path}`, { headers })).text();
  const pages = async (path: string): Promise<void> => {
    let token = '';
    do {
      const text = await get(`${path}?limit=500${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`);
      // Only the head is looked at: the token stands before the items.
      token = /"metadata":\{[^{}]*?"continue":"([^"]+)"/.exec(text.slice(0, 500))?.[1] ?? '';
    } while (token !== '');
  };
  const namespace = 'default';
  await Promise.all([
    pages(`/apis/folder.grafana.app/v1beta1/namespaces/${namespace}/folders`),
    pages(`/apis/dashboard.grafana.app/v0alpha1/namespaces/${namespace}/dashboards`),
    get('/api/ruler/grafana/api/v1/rules'),
    get('/api/v1/provisioning/contact-points'),
    get('/api/prometheus/grafana/api/v1/rules'),
  ]);
  return performance.now() - started;
}

/** Writes an estate with some writers at once, checking nothing. Milliseconds. */
export async function writeAll({ url, headers }: Bare, { resources }: Desired, writers: number): Promise<number> {
  const started = performance.now();
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  const groups = groupBy(
    resources.filter((resource) => resource.kind === 'rule'),
    ({ rule }) => rule.group,
  );
  for (const resource of resources) {
    if (resource.kind === 'folder') {
      await send('POST', '/apis/folder.grafana.app/v1beta1/namespaces/default/folders', {
        metadata: { name: resource.uid, annotations: { 'grafana.app/grant-permissions': 'default' } },
        spec: { title: resource.title },
      });
    } else if (resource.kind === 'contact-point') {
      const { name, integrations } = resource.contactPoint;
      for (const [index, integration] of integrations.entries()) {
        const body = encodeIntegration(name, integration, index, () => undefined);
        await send('POST', '/api/v1/provisioning/contact-points', body);
      }
    }
  }
  const folder = resources.find(({ kind }) => kind === 'folder')?.uid ?? '';
  const writes = [
    ...[...groups].map(
      ([name, members]) =>
        () =>
          send('PUT', `/api/v1/provisioning/folder/${folder}/rule-groups/${name}`, {
            title: name,
            folderUid: folder,
            interval: 60,
            rules: members.map(({ rule }) => encodeGrafanaRule(rule, folder)),
          }),
    ),
    ...resources
      .filter((resource) => resource.kind === 'dashboard')
      .map(
        ({ uid, spec }) =>
          () =>
            send('PUT', `/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards/${uid}`, {
              metadata: { name: uid, annotations: { 'grafana.app/folder': folder } },
              spec,
            }),
      ),
  ];
  const work = async (): Promise<void> => {
    for (let next = writes.shift(); next !== undefined; next = writes.shift()) await next();
  };
  await Promise.all(Array.from({ length: writers }, work));
  return performance.now() - started;
}
