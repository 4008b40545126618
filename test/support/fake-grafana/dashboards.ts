/** Dashboards, below `/apis`, and the editor's way of saving them. */
import type { Context, Hono } from 'hono';
import { conflict, denied, failure, notFound, reply } from './reply.ts';
import {
  ACCOUNT_UIDS,
  type Account,
  type FakeDashboard,
  type Json,
  LOGINS,
  mayRead,
  mayWrite,
  nextUid,
  nextVersion,
  type State,
  same,
  sorted,
  time,
} from './state.ts';

const FOLDER = 'grafana.app/folder';
const MESSAGE = 'grafana.app/message';

interface Sent {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion?: string;
    readonly annotations?: Record<string, string>;
  };
  readonly spec: Json;
}

export function dashboardRoutes(app: Hono, state: State, accountOf: (context: Context) => Account): void {
  const base = '/apis/dashboard.grafana.app/v0alpha1/namespaces/:namespace/dashboards';

  app.get(base, (context) => {
    const account = accountOf(context);
    if (context.req.query('labelSelector') === 'grafana.app/get-history=true') return history(context, state, account);
    const visible = [...state.dashboards.values()].filter(
      ({ folder }) =>
        account === 'admin' ||
        (mayRead(state, account, folder) &&
          state.now - (state.folders.get(folder)?.created ?? 0) >= state.options.hides),
    );
    const from = Number(context.req.query('continue') ?? 0);
    const limit = Number(context.req.query('limit') ?? 500);
    const items: Json[] = [];
    let bytes = 0;
    while (from + items.length < visible.length && items.length < limit && bytes < state.options.pageBytes) {
      const item = shown(state, visible[from + items.length] as FakeDashboard);
      bytes += JSON.stringify(item).length;
      items.push(item);
    }
    const next = from + items.length;
    return reply(context, 200, {
      kind: 'DashboardList',
      apiVersion: 'dashboard.grafana.app/v0alpha1',
      metadata: {
        resourceVersion: String(state.now * 1000),
        ...(next < visible.length ? { continue: String(next) } : {}),
      },
      items,
    });
  });

  app.get(`${base}/:name`, (context) => {
    const name = context.req.param('name');
    const board = state.dashboards.get(name);
    if (board === undefined) return notFound(context, 'dashboards', name);
    if (!mayRead(state, accountOf(context), board.folder)) return failure(context, 403);
    return reply(context, 200, shown(state, board));
  });

  app.post(base, async (context) => {
    const account = accountOf(context);
    const sent = await context.req.json<Sent>();
    const refused = refuse(context, state, account, sent);
    if (refused !== undefined) return refused;
    const { name } = sent.metadata;
    if (state.dashboards.has(name)) {
      return failure(context, 409, `dashboards.dashboard.grafana.app "${name}" already exists`, {
        reason: 'AlreadyExists',
        details: { name, group: 'dashboard.grafana.app', kind: 'dashboards' },
      });
    }
    return reply(context, 201, shown(state, save(state, account, sent), sent));
  });

  app.put(`${base}/:name`, async (context) => {
    const account = accountOf(context);
    const name = decodeURIComponent(context.req.param('name'));
    const sent = await context.req.json<Sent>();
    const refused = refuse(context, state, account, sent);
    if (refused !== undefined) return refused;
    const held = state.dashboards.get(name);
    const { resourceVersion } = sent.metadata;
    if (held === undefined && resourceVersion !== undefined) {
      return failure(context, 500, 'resourceVersion should not be set on objects to be created');
    }
    if (held !== undefined && resourceVersion !== undefined && resourceVersion !== held.version) {
      return conflict(context, 'dashboards', name);
    }
    const before = held?.version;
    const board = save(state, account, sent);
    const body = shown(state, board, sent);
    // An identical write is answered without a version.
    if (before === board.version) delete (body['metadata'] as Json)['resourceVersion'];
    return reply(context, held === undefined ? 201 : 200, body);
  });

  app.delete(`${base}/:name`, async (context) => {
    const account = accountOf(context);
    const name = context.req.param('name');
    const board = state.dashboards.get(name);
    if (board === undefined) return notFound(context, 'dashboards', name);
    if (!mayWrite(state, account, board.folder)) return failure(context, 403);
    const sent = await context.req.json<{ preconditions?: { resourceVersion?: string } }>().catch(() => undefined);
    const wanted = sent?.preconditions?.resourceVersion;
    if (wanted !== undefined && wanted !== board.version) {
      return failure(
        context,
        409,
        `Operation cannot be fulfilled on Dashboard.dashboard.grafana.app "${name}": the ResourceVersion in the precondition (${wanted}) does not match the ResourceVersion in record (${board.version}). The object might have been modified`,
        { reason: 'Conflict', details: { name, group: 'dashboard.grafana.app', kind: 'Dashboard' } },
      );
    }
    state.dashboards.delete(name);
    return reply(context, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
  });

  app.post('/api/dashboards/db', async (context) => {
    const account = accountOf(context);
    const sent = await context.req.json<{
      dashboard: Json;
      folderUid: string;
      message?: string;
      overwrite?: boolean;
    }>();
    const name = String(sent.dashboard['uid']);
    const held = state.dashboards.get(name);
    if (!mayWrite(state, account, sent.folderUid)) return reply(context, 403, { message: 'Access denied' });
    if (held !== undefined && sent.overwrite !== true && sent.dashboard['version'] !== held.generation) {
      return reply(context, 412, {
        status: 'version-mismatch',
        message: 'The dashboard has been changed by someone else',
      });
    }
    const annotations = { [FOLDER]: sent.folderUid, ...(sent.message ? { [MESSAGE]: sent.message } : {}) };
    const board = save(state, account, { metadata: { name, annotations }, spec: sent.dashboard });
    const slug = String(sent.dashboard['title']).toLowerCase().replace(/\W+/g, '-');
    return reply(context, 200, {
      folderUid: sent.folderUid,
      id: 1,
      slug,
      status: 'success',
      uid: name,
      url: `/d/${name}/${slug}`,
      version: board.generation,
    });
  });

  app.get('/api/dashboards/uid/:name/versions', (context) => {
    if (accountOf(context) === 'viewer') return denied(context, 'dashboards:write');
    const board = state.dashboards.get(context.req.param('name'));
    if (board === undefined) return reply(context, 404, { message: 'Dashboard not found' });
    const limit = Number(context.req.query('limit') ?? 20);
    const all = [...board.history].reverse().map((entry) => version(board, entry));
    return reply(context, 200, { continueToken: '', versions: all.slice(0, limit) });
  });

  app.get('/api/dashboards/uid/:name/versions/:number', (context) => {
    if (accountOf(context) === 'viewer') return denied(context, 'dashboards:write');
    const board = state.dashboards.get(context.req.param('name'));
    const entry = board?.history.find((one) => one.version === Number(context.req.param('number')));
    if (board === undefined || entry === undefined) return reply(context, 404, { message: 'Version not found' });
    return reply(context, 200, { ...version(board, entry), message: entry.message });
  });
}

/** Every save of one dashboard, the newest first, for whoever may read it, in either storage. */
function history(context: Context, state: State, account: Account): Response {
  const [field, name = ''] = (context.req.query('fieldSelector') ?? '').split('=');
  if (field !== 'metadata.name') {
    return failure(context, 400, 'metadata.name field selector required for history requests', {
      reason: 'BadRequest',
    });
  }
  const board = state.dashboards.get(name);
  const saves = board !== undefined && mayRead(state, account, board.folder) ? [...board.history].reverse() : [];
  return reply(context, 200, {
    kind: 'DashboardList',
    apiVersion: 'dashboard.grafana.app/v0alpha1',
    metadata: { resourceVersion: String(state.now * 1000) },
    items: saves.slice(0, Number(context.req.query('limit') ?? 500)).map((save) => {
      const { createdBy, created } = board as FakeDashboard;
      const { [MESSAGE]: _message, ...others } = (board as FakeDashboard).annotations;
      const annotations = save.message === '' ? others : { ...others, [MESSAGE]: save.message };
      const updated =
        save.version === 1 && save.by === createdBy && save.created === created
          ? undefined
          : { by: save.by, at: save.created };
      const then = { ...(board as FakeDashboard), spec: save.spec, generation: save.version, annotations, updated };
      return shown({ ...state, options: { ...state.options, storage: 'unified' } }, then);
    }),
  });
}

function refuse(context: Context, state: State, account: Account, { metadata, spec }: Sent): Response | undefined {
  const bad = (message: string) => failure(context, 400, message, { reason: 'BadRequest' });
  const folder = metadata.annotations?.[FOLDER] ?? '';
  if (account === 'viewer') return failure(context, 403);
  if (!/^[a-zA-Z0-9_-]+$/.test(metadata.name)) return bad('uid contains illegal characters');
  if (metadata.name.length > 40) return bad('uid too long, max 40 characters');
  if ((metadata.annotations?.[MESSAGE] ?? '').length > 500) return bad('message too long, max 500 characters');
  if (spec['title'] === '' || spec['title'] === undefined) return bad('Dashboard title cannot be empty');
  if (!state.folders.has(folder)) return notFound(context, 'folders', folder);
  if (!mayWrite(state, account, folder)) return failure(context, 403);
  return undefined;
}

function save(state: State, account: Account, { metadata, spec }: Sent): FakeDashboard {
  const { id: _id, uid: _uid, version: _version, ...kept } = spec;
  const legacy = state.options.storage === 'legacy';
  const stored = sorted(kept);
  const annotations = { ...metadata.annotations };
  const folder = annotations[FOLDER] ?? '';
  const held = state.dashboards.get(metadata.name);
  const sameSpec = held !== undefined && same(held.spec, stored);
  if (!legacy && held !== undefined && sameSpec && same(held.annotations, annotations)) return held;
  const generation = held === undefined ? 1 : sameSpec && !legacy ? held.generation : held.generation + 1;
  const board: FakeDashboard = {
    name: metadata.name,
    spec: stored,
    folder,
    annotations,
    uid: held?.uid ?? nextUid(state),
    version: legacy ? String(generation) : nextVersion(state),
    generation,
    created: held?.created ?? state.now,
    createdBy: held?.createdBy ?? account,
    updated: held === undefined ? undefined : { by: account, at: state.now },
    history: [
      ...(held?.history ?? []),
      { version: generation, created: state.now, by: account, message: annotations[MESSAGE] ?? '', spec: stored },
    ],
  };
  state.dashboards.set(board.name, board);
  return board;
}

/** @param sent what was just written: older storage echoes its annotations and keeps none of them */
function shown(state: State, board: FakeDashboard, sent?: Sent): Json {
  const legacy = state.options.storage === 'legacy';
  const { [FOLDER]: _folder, [MESSAGE]: _message, ...others } = board.annotations;
  const message = legacy ? sent?.metadata.annotations?.[MESSAGE] : board.annotations[MESSAGE];
  return {
    kind: 'Dashboard',
    apiVersion: 'dashboard.grafana.app/v0alpha1',
    metadata: {
      name: board.name,
      namespace: state.options.orgId === 1 ? 'default' : `org-${state.options.orgId}`,
      uid: board.uid,
      resourceVersion: board.version,
      generation: board.generation,
      creationTimestamp: time(board.created),
      labels: { 'grafana.app/deprecatedInternalID': '1' },
      annotations: {
        'grafana.app/createdBy': ACCOUNT_UIDS[board.createdBy],
        'grafana.app/folder': board.folder,
        ...(message === undefined ? {} : { [MESSAGE]: message }),
        ...(legacy ? {} : others),
        ...(board.updated === undefined
          ? {}
          : {
              'grafana.app/updatedBy': ACCOUNT_UIDS[board.updated.by],
              'grafana.app/updatedTimestamp': time(board.updated.at),
            }),
      },
    },
    spec: board.spec,
    status: {},
  };
}

function version(board: FakeDashboard, entry: FakeDashboard['history'][number]): Json {
  // The list calls every first save by this name.
  const first = entry === board.history[0];
  return {
    id: entry.version,
    dashboardId: 1,
    uid: board.name,
    parentVersion: entry.version - 1,
    restoredFrom: 0,
    version: entry.version,
    created: time(entry.created),
    message: first ? 'Initial save' : entry.message,
    data: { ...entry.spec, uid: board.name, version: entry.version },
    createdBy: LOGINS[entry.by],
  };
}
