/**
 * A Grafana 12.4 in memory, as far as a sync meets it: what it validates, and the traps that cost others a day. The
 * recorded exchanges of a real one (test/fixtures) hold it to the truth.
 */
import { type Context, Hono } from 'hono';
import { annotationRoutes } from './annotations.ts';
import { contactPointRoutes } from './contact-points.ts';
import { dashboardRoutes } from './dashboards.ts';
import { folderRoutes } from './folders.ts';
import { muteTimingRoutes } from './mute-timings.ts';
import { reply } from './reply.ts';
import { ruleRoutes } from './rules.ts';
import { ACCOUNT_UIDS, type Account, createState, type FakeOptions, LOGINS, namespaceOf, type State } from './state.ts';

export type { FakeOptions } from './state.ts';

export const TOKENS = { editor: 'glsa_editor', viewer: 'glsa_viewer' } as const;
export const ADMIN = { user: 'admin', password: 'admin' } as const;

export interface FakeGrafana {
  readonly app: Hono;
  readonly state: State;
  /** Every request that arrived. */
  readonly log: { readonly method: string; readonly path: string; readonly account: Account | undefined }[];
  /** Lets time pass, for the permission cache. */
  wait(milliseconds: number): void;
}

/** @param from the state of another fake, which is copied */
export function createFakeGrafana(options: FakeOptions = {}, from?: State): FakeGrafana {
  const state = from === undefined ? createState(options) : structuredClone(from);
  const app = new Hono();
  const log: FakeGrafana['log'] = [];

  app.use(async (context, next) => {
    const path = new URL(context.req.url).pathname;
    const account = whoIs(context);
    log.push({ method: context.req.method, path: context.req.url.replace(/^https?:\/\/[^/]+/, ''), account });
    const anybody = path === '/api/health' || (state.options.anonymous && path !== '/api/user');
    if (account === undefined && !anybody) {
      return reply(context, 401, {
        extra: null,
        message: 'Invalid API key',
        messageId: 'api-key.invalid',
        statusCode: 401,
        traceID: '',
      });
    }
    await next();
    context.header('date', new Date(state.now).toUTCString());
    return undefined;
  });
  const accountOf = (context: Context): Account => whoIs(context) ?? 'viewer';

  app.get('/api/health', (context) =>
    reply(context, 200, { database: 'ok', version: state.options.version, commit: 'fake' }),
  );
  app.get('/api/frontend/settings', (context) =>
    reply(context, 200, {
      namespace: namespaceOf(state),
      buildInfo: { version: state.options.version },
      anonymousEnabled: state.options.anonymous,
    }),
  );
  app.get('/api/user', (context) => reply(context, 200, { id: 0, login: LOGINS[accountOf(context)] }));
  app.get('/api/access-control/user/permissions', (context) => reply(context, 200, rights(state, accountOf(context))));
  app.get('/api/datasources/uid/:uid', (context) => {
    const uid = context.req.param('uid');
    return state.options.dataSources.includes(uid)
      ? reply(context, 200, dataSource(uid))
      : reply(context, 404, { message: 'Data source not found' });
  });
  app.get('/apis/iam.grafana.app/v0alpha1/namespaces/:namespace/display', (context) => {
    const keys = context.req.queries('key') ?? [];
    const accounts = (Object.keys(LOGINS) as Account[]).filter((one) => keys.includes(ACCOUNT_UIDS[one]));
    const display = accounts.map((one) => {
      const [type, name] = ACCOUNT_UIDS[one].split(':');
      return { identity: { type, name }, displayName: LOGINS[one], avatarURL: '/avatar/0', internalId: 1 };
    });
    return reply(context, 200, { metadata: {}, keys, display });
  });
  app.get('/apis', (context) => reply(context, 200, { groups: API_GROUPS }));
  folderRoutes(app, state, accountOf);
  dashboardRoutes(app, state, accountOf);
  ruleRoutes(app, state, accountOf);
  contactPointRoutes(app, state, accountOf);
  muteTimingRoutes(app, state, accountOf);
  annotationRoutes(app, accountOf);

  return {
    app,
    state,
    log,
    wait: (milliseconds) => {
      state.now += milliseconds;
    },
  };
}

function whoIs(context: Context): Account | undefined {
  const header = context.req.header('authorization') ?? '';
  if (header === `Bearer ${TOKENS.editor}`) return 'editor';
  if (header === `Bearer ${TOKENS.viewer}`) return 'viewer';
  const pair = Buffer.from(`${ADMIN.user}:${ADMIN.password}`).toString('base64');
  return header === `Basic ${pair}` ? 'admin' : undefined;
}

const READS = ['folders:read', 'dashboards:read', 'alert.rules:read', 'alert.notifications:read', 'datasources:read'];
const WRITES = [
  'folders:create',
  'dashboards:create',
  'dashboards:write',
  'dashboards:delete',
  'alert.rules:create',
  'alert.rules:write',
  'alert.rules:delete',
  'alert.notifications:write',
  'alert.provisioning.provenance:write',
];

function rights(state: State, account: Account): Record<string, string[]> {
  const actions = account === 'viewer' ? READS : [...READS, ...WRITES];
  const scopes = [...state.folders.values()]
    .filter(({ open }) => account === 'admin' || open)
    .map(({ name }) => `folders:uid:${name}`);
  return Object.fromEntries(
    actions
      .filter((action) => account !== 'editor' || !state.options.without.includes(action))
      .map((action) => [action, action.startsWith('dashboards:') ? dashboardScopes(action, scopes) : ['folders:*']])
      .filter(([, held]) => held?.length !== 0),
  );
}

/** By folder; at the top, nothing but creating is allowed. */
function dashboardScopes(action: string, folders: readonly string[]): string[] {
  return action === 'dashboards:create' ? ['folders:uid:general', ...folders] : [...folders];
}

function dataSource(uid: string) {
  return {
    id: 1,
    uid,
    orgId: 1,
    name: 'Prometheus',
    type: 'prometheus',
    typeLogoUrl: '',
    access: 'proxy',
    url: 'http://127.0.0.1:9099',
    user: '',
    database: '',
    basicAuth: false,
    basicAuthUser: '',
    withCredentials: false,
    isDefault: true,
    jsonData: {},
    secureJsonFields: {},
    version: 1,
    readOnly: false,
    apiVersion: '',
  };
}

const API_GROUPS = [
  { name: 'dashboard.grafana.app', versions: ['v1beta1', 'v0alpha1', 'v2beta1', 'v2alpha1'] },
  { name: 'folder.grafana.app', versions: ['v1beta1'] },
];
