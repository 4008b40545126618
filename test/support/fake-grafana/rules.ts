/** Alert rules: the ruler's reads, the provisioning API's writes, and the states of alerts. */
import type { Context, Hono } from 'hono';
import { denied, reply } from './reply.ts';
import { countStates, duration, echoed, prometheusRule, rulerRule, stored, withQueryType } from './rule-forms.ts';
import {
  type Account,
  type FakeRule,
  type Json,
  mayRead,
  mayWrite,
  nextUid,
  pathOf,
  type State,
  time,
} from './state.ts';

const NEEDED =
  'any of alert.provisioning:write, alert.rules.provisioning:write, all of alert.rules:read, folders:read, alert.provisioning.provenance:write, any of alert.rules:write, alert.rules:create, alert.rules:delete';
const STATES: ReadonlySet<unknown> = new Set(['NoData', 'OK', 'Alerting', 'KeepLast', 'Error']);

export function ruleRoutes(app: Hono, state: State, accountOf: (context: Context) => Account): void {
  const ruler = '/api/ruler/grafana/api/v1/rules';
  const group = '/api/v1/provisioning/folder/:folder/rule-groups/:group';
  const single = '/api/v1/provisioning/alert-rules';

  app.get(ruler, (context) => {
    const namespaces: Record<string, Json[]> = {};
    for (const [folder, name] of groupsOf(state)) {
      if (!mayRead(state, accountOf(context), folder)) continue;
      const path = pathOf(state, folder);
      namespaces[path] ??= [];
      namespaces[path].push(rulerGroup(state, folder, name));
    }
    return reply(context, 200, namespaces);
  });

  app.get('/api/ruler/grafana/api/v1/rule/:uid/versions', (context) => {
    const held = state.rules.get(context.req.param('uid'));
    if (held === undefined) return reply(context, 404, { message: 'rule not found' });
    const versions = [...held.before, held].reverse();
    return reply(
      context,
      200,
      versions.map((rule) => rulerRule(rule, rule.interval)),
    );
  });

  app.get(`${ruler}/:folder/:group`, (context) => {
    const { folder, group: name } = context.req.param();
    if (!state.folders.has(folder)) return denied(context, 'alert.rules:read');
    if (rulesIn(state, folder, name).length === 0) return reply(context, 404, { message: 'rule group does not exist' });
    return reply(context, 202, rulerGroup(state, folder, name));
  });

  app.get(group, (context) => {
    const { folder, group: name } = context.req.param();
    const rules = rulesIn(state, folder, name);
    if (rules.length === 0) return reply(context, 404, { message: 'rule group does not exist' });
    return reply(context, 200, {
      title: name,
      folderUid: folder,
      interval: state.intervals.get(`${folder}/${name}`) ?? 60,
      rules: rules.map((rule) => ({
        ...echoed(rule.form),
        updated: time(rule.updated),
        data: stored(rule.form['data']),
      })),
    });
  });

  app.put(group, async (context) => {
    const account = accountOf(context);
    const { folder, group: name } = context.req.param();
    const sent = await context.req.json<{ interval: number; rules: Json[] }>();
    if (!mayWrite(state, account, folder) || !state.folders.has(folder)) return denied(context, NEEDED);
    if (sent.interval <= 0 || sent.interval % 10 !== 0) {
      return reply(context, 400, {
        message: `invalid alert rule: interval (${sent.interval}s) should be non-zero and divided exactly by scheduler interval: 10`,
      });
    }
    for (const form of sent.rules) {
      const refused = refuse(context, state, form);
      if (refused !== undefined) return refused;
    }
    const uids = new Set(sent.rules.map(({ uid }) => uid));
    const before = rulesIn(state, folder, name);
    const touched = [...before, ...sent.rules.flatMap(({ uid }) => state.rules.get(String(uid)) ?? [])];
    if (touched.some(({ provenance }) => provenance === 'file')) return mismatch(context);
    // Only a PUT of the rule itself gives it a group.
    if (touched.some(({ uid, group: from }) => from === groupless(uid))) {
      return reply(context, 400, { message: 'invalid alert rule: cannot move rule out of this group' });
    }
    // An empty list deletes nothing.
    if (sent.rules.length > 0) {
      for (const rule of before) if (!uids.has(rule.uid)) state.rules.delete(rule.uid);
      state.intervals.set(`${folder}/${name}`, sent.interval);
    }
    const provenance = context.req.header('x-disable-provenance') === undefined ? 'api' : '';
    // A UID of another group is moved here without a word.
    for (const form of sent.rules) put(state, account, { ...form, folderUID: folder, ruleGroup: name }, provenance);
    return reply(context, 200, {
      title: name,
      folderUid: folder,
      interval: sent.interval,
      rules: sent.rules.map((form) => ({
        ...echoed({ ...form, ruleGroup: name }),
        data: withQueryType(form['data']),
        updated: '0001-01-01T00:00:00Z',
      })),
    });
  });

  app.delete(group, (context) => {
    const account = accountOf(context);
    const { folder, group: name } = context.req.param();
    const rules = rulesIn(state, folder, name);
    if (!mayWrite(state, account, folder)) return denied(context, NEEDED);
    if (rules.length === 0) {
      return reply(context, 404, { statusCode: 404, messageId: 'alerting.alert-rule.notFound', message: 'NotFound' });
    }
    for (const { uid } of rules) state.rules.delete(uid);
    return reply(context, 204, undefined);
  });

  app.post(single, async (context) => {
    const account = accountOf(context);
    const form = await context.req.json<Json>();
    if (!mayWrite(state, account, String(form['folderUID']))) return denied(context, NEEDED);
    const refused = refuse(context, state, form);
    if (refused !== undefined) return refused;
    if (state.rules.has(String(form['uid']))) {
      return reply(context, 409, {
        statusCode: 409,
        messageId: 'alerting.alert-rule.conflict',
        message: `Failed to save alert rule '${String(form['uid'])}' in organization 1 due to conflict: UNIQUE constraint failed: alert_rule.org_id, alert_rule.uid`,
      });
    }
    put(state, account, form, context.req.header('x-disable-provenance') === undefined ? 'api' : '');
    return reply(context, 201, echoed(form));
  });

  app.put(`${single}/:uid`, async (context) => {
    const account = accountOf(context);
    const form = await context.req.json<Json>();
    const held = state.rules.get(context.req.param('uid'));
    if (held === undefined) return reply(context, 404, { message: 'NotFound' });
    if (!mayWrite(state, account, held.folder)) return denied(context, NEEDED);
    if (held.provenance === 'file') return mismatch(context);
    const provenance = context.req.header('x-disable-provenance') === undefined ? 'api' : '';
    // A field that is missing keeps its value, but for the group, which the rule then loses.
    put(state, account, { ...form, uid: held.uid, folderUID: form['folderUID'] ?? held.folder }, provenance);
    return reply(context, 200, echoed(form));
  });

  app.get(`${single}/:uid`, (context) => {
    const held = state.rules.get(context.req.param('uid'));
    if (held === undefined) return reply(context, 404, {});
    if (!mayRead(state, accountOf(context), held.folder)) {
      return reply(context, 403, {
        statusCode: 403,
        messageId: 'alerting.unauthorized',
        message: `user is not authorized to access rules in folder '${held.folder}'`,
        extra: { permissions: `all(action:alert.rules:read scopes:folders:uid:${held.folder})` },
      });
    }
    return reply(context, 200, echoed(held.form));
  });

  app.delete(`${single}/:uid`, (context) => {
    const account = accountOf(context);
    const held = state.rules.get(context.req.param('uid'));
    // As seen on 12.4: a rule that is not there is an internal error.
    if (held === undefined) return reply(context, 500, { message: 'Internal Server Error' });
    if (!mayWrite(state, account, held.folder)) return denied(context, NEEDED);
    state.rules.delete(held.uid);
    return reply(context, 204, undefined);
  });

  app.get('/api/prometheus/grafana/api/v1/rules', (context) => {
    const wanted = context.req.queries('state');
    const labelled = (context.req.queries('rule_matcher') ?? []).map(
      (matcher) => JSON.parse(matcher) as { readonly name: string; readonly value: string },
    );
    const totals = countStates(state);
    const groups = groupsOf(state).map(([folder, name]) => ({
      name,
      file: pathOf(state, folder),
      folderUid: folder,
      rules: rulesIn(state, folder, name)
        .filter(({ form }) => labelled.every((one) => (form['labels'] as Json | undefined)?.[one.name] === one.value))
        .map((rule) => prometheusRule(state, rule))
        .filter((rule) => wanted === undefined || wanted.includes(String(rule['state']))),
      totals,
      interval: 60,
      lastEvaluation: time(state.now),
      evaluationTime: 0.005,
    }));
    return reply(context, 200, {
      status: 'success',
      data: { groups: groups.filter(({ rules }) => rules.length > 0), totals },
    });
  });
}

function groupsOf(state: State): readonly (readonly [string, string])[] {
  const keys = new Map(
    [...state.rules.values()].map(({ folder, group }) => [`${folder}/${group}`, [folder, group] as const]),
  );
  return [...keys.values()].sort(([a, b], [c, d]) => (`${a}/${b}` < `${c}/${d}` ? -1 : 1));
}

function rulesIn(state: State, folder: string, group: string): FakeRule[] {
  return [...state.rules.values()].filter((rule) => rule.folder === folder && rule.group === group);
}

function mismatch(context: Context): Response {
  return reply(context, 409, {
    statusCode: 409,
    messageId: 'alerting.provenanceMismatch',
    message: "cannot change provenance from 'file' to 'api'",
  });
}

function refuse(context: Context, state: State, form: Json): Response | undefined {
  const bad = (message: string) => reply(context, 400, { message });
  const uid = String(form['uid'] ?? '');
  if (!/^(\d+(ms|[smhdwy]))+$/.test(String(form['for']))) return bad('bad request data');
  if (uid.length > 40) {
    return bad(`invalid alert rule: cannot create rule with UID "${uid}": UID is longer than 40 symbols`);
  }
  if (!state.rules.has(uid)) {
    if (!STATES.has(form['noDataState'])) {
      return bad(
        `failed to insert alert rules: invalid alert rule: unknown NoData state option ${String(form['noDataState'])}`,
      );
    }
    if (!STATES.has(form['execErrState']))
      return bad('failed to insert alert rules: invalid alert rule: unknown Error state option');
  }
  const settings = form['notification_settings'] as
    | { receiver?: string; mute_time_intervals?: string[] }
    | null
    | undefined;
  const receivers = new Set(['grafana-default-email', ...[...state.integrations.values()].map(({ name }) => name)]);
  if (settings?.receiver !== undefined && !receivers.has(settings.receiver)) {
    return bad(`invalid alert rule\nreceiver ${settings.receiver} does not exist`);
  }
  const unknown = settings?.mute_time_intervals?.find((name) => !state.muteTimings.some((one) => one.name === name));
  if (unknown !== undefined) return bad(`invalid alert rule\ntime interval ${unknown} does not exist`);
  return undefined;
}

/** What stands for the group of a rule that has none: longer than any group's name may be. */
function groupless(uid: string): string {
  return `no_group_for_rule_${uid}`.padEnd(200, '*');
}

function put(state: State, account: Account, form: Json, provenance: string): void {
  const uid = String(form['uid']);
  const held = state.rules.get(uid);
  const folder = String(form['folderUID']);
  const named = form['ruleGroup'];
  const group = typeof named === 'string' && named !== '' ? named : groupless(uid);
  const rule: FakeRule = {
    uid,
    folder,
    group,
    interval: state.intervals.get(`${folder}/${group}`) ?? 60,
    form,
    version: (held?.version ?? 0) + 1,
    guid: held?.guid ?? nextUid(state),
    updated: state.now,
    by: account,
    provenance,
    before: held === undefined ? [] : [...held.before, { ...held, before: [] }],
  };
  if (held !== undefined && (held.folder !== rule.folder || held.group !== rule.group)) state.rules.delete(uid);
  state.rules.set(uid, rule);
}

function rulerGroup(state: State, folder: string, name: string): Json {
  const seconds = state.intervals.get(`${folder}/${name}`) ?? 60;
  return {
    name,
    interval: duration(`${seconds}s`),
    rules: rulesIn(state, folder, name).map((rule) => rulerRule(rule, seconds)),
  };
}
