/** Folders, below `/apis` and the little that is used of `/api`. */
import type { Context, Hono } from 'hono';
import { conflict, failure, notFound, reply } from './reply.ts';
import {
  ACCOUNT_UIDS,
  type Account,
  type FakeFolder,
  type Json,
  mayRead,
  nextUid,
  nextVersion,
  type State,
  time,
} from './state.ts';

interface Sent {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion?: string;
    readonly annotations?: Record<string, string>;
  };
  readonly spec: { readonly title: string; readonly description?: string };
}

export function folderRoutes(app: Hono, state: State, accountOf: (context: Context) => Account): void {
  const base = '/apis/folder.grafana.app/v1beta1/namespaces/:namespace/folders';

  app.get(base, (context) =>
    reply(context, 200, {
      kind: 'FolderList',
      apiVersion: 'folder.grafana.app/v1beta1',
      metadata: { resourceVersion: String(state.now * 1000) },
      items: [...state.folders.values()]
        .filter(({ open }) => open || accountOf(context) === 'admin')
        .map((folder) => shown(state, folder)),
    }),
  );

  app.get(`${base}/:name`, (context) => {
    const name = context.req.param('name');
    const folder = state.folders.get(name);
    if (folder === undefined) return notFound(context, 'folders', name);
    if (!mayRead(state, accountOf(context), name)) return failure(context, 403);
    return reply(context, 200, shown(state, folder));
  });

  app.post(base, async (context) => {
    const account = accountOf(context);
    const sent = await context.req.json<Sent>();
    const parent = sent.metadata.annotations?.['grafana.app/folder'];
    if (account === 'viewer' || (parent !== undefined && !state.folders.has(parent))) {
      return failure(context, 403, 'Access denied');
    }
    if (state.folders.has(sent.metadata.name)) {
      return failure(context, 412, 'the folder has been changed by someone else');
    }
    return reply(context, 201, shown(state, makeFolder(state, sent, account, true)));
  });

  app.put(`${base}/:name`, async (context) => {
    const account = accountOf(context);
    const name = context.req.param('name');
    const sent = await context.req.json<Sent>();
    if (account === 'viewer') return failure(context, 403, 'Access denied');
    const folder = state.folders.get(name);
    const { resourceVersion } = sent.metadata;
    if (folder === undefined) {
      if (resourceVersion !== undefined) {
        return failure(context, 500, 'resourceVersion should not be set on objects to be created');
      }
      return reply(context, 201, shown(state, makeFolder(state, sent, account, false)));
    }
    if (resourceVersion !== undefined && resourceVersion !== folder.version) return conflict(context, 'folders', name);
    folder.title = sent.spec.title.trim();
    folder.description = sent.spec.description ?? '';
    folder.generation += 1;
    folder.version = nextVersion(state);
    folder.updated = { by: account, at: state.now };
    return reply(context, 200, shown(state, folder));
  });

  app.delete(`${base}/:name`, (context) => {
    const name = context.req.param('name');
    const folder = state.folders.get(name);
    if (folder === undefined) return notFound(context, 'folders', name);
    const held = countIn(state, name);
    if (held.alertrule + held.dashboard + held.folder > 0 && state.options.storage === 'unified') {
      return failure(context, 400, 'Folder cannot be deleted: folder is not empty', {
        reason: 'BadRequest',
        details: { uid: 'folder.not-empty' },
      });
    }
    // Older storage deletes whatever is inside.
    for (const board of [...state.dashboards.values()]) if (board.folder === name) state.dashboards.delete(board.name);
    for (const rule of [...state.rules.values()]) if (rule.folder === name) state.rules.delete(rule.uid);
    state.folders.delete(name);
    return reply(context, 200, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name, group: 'folder.grafana.app', kind: 'folders', uid: folder.uid },
    });
  });

  // The whole list at once: an empty one closes the folder to everybody but administrators.
  app.post('/api/folders/:name/permissions', async (context) => {
    const folder = state.folders.get(context.req.param('name'));
    if (folder === undefined || accountOf(context) !== 'admin')
      return reply(context, 403, { message: 'Access denied' });
    folder.open = (await context.req.json<{ items: unknown[] }>()).items.length > 0;
    return reply(context, 200, { message: 'Folder permissions updated' });
  });

  app.get('/api/folders/:name/counts', (context) => {
    const name = context.req.param('name');
    const counted = countIn(state, name);
    // The permission cache hides the dashboards of a new folder from counts as from lists.
    const hides = state.now - (state.folders.get(name)?.created ?? 0) < state.options.hides;
    return reply(context, 200, hides && accountOf(context) !== 'admin' ? { ...counted, dashboard: 0 } : counted);
  });
}

function countIn(state: State, name: string) {
  return {
    alertrule: [...state.rules.values()].filter(({ folder }) => folder === name).length,
    dashboard: [...state.dashboards.values()].filter(({ folder }) => folder === name).length,
    folder: [...state.folders.values()].filter(({ parent }) => parent === name).length,
    librarypanel: 0,
  };
}

function makeFolder(state: State, { metadata, spec }: Sent, account: Account, open: boolean): FakeFolder {
  const folder: FakeFolder = {
    name: metadata.name,
    // Blanks around a title are cut off.
    title: spec.title.trim(),
    description: spec.description ?? '',
    parent: metadata.annotations?.['grafana.app/folder'],
    uid: nextUid(state),
    version: nextVersion(state),
    generation: 1,
    created: state.now,
    createdBy: account,
    updated: undefined,
    open,
  };
  state.folders.set(folder.name, folder);
  return folder;
}

function shown(state: State, folder: FakeFolder): Json {
  const { name, title, description, parent, uid, version, generation, created, createdBy, updated } = folder;
  return {
    kind: 'Folder',
    apiVersion: 'folder.grafana.app/v1beta1',
    metadata: {
      name,
      namespace: state.options.orgId === 1 ? 'default' : `org-${state.options.orgId}`,
      uid,
      resourceVersion: version,
      generation,
      creationTimestamp: time(created),
      labels: { 'grafana.app/deprecatedInternalID': '1' },
      annotations: {
        'grafana.app/createdBy': ACCOUNT_UIDS[createdBy],
        ...(parent === undefined ? {} : { 'grafana.app/folder': parent }),
        ...(updated === undefined
          ? {}
          : { 'grafana.app/updatedBy': ACCOUNT_UIDS[updated.by], 'grafana.app/updatedTimestamp': time(updated.at) }),
      },
    },
    spec: { title, ...(description === '' ? {} : { description }) },
  };
}
