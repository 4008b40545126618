/** Contact points and notification policies, which share one row of the database. */
import type { Context, Hono } from 'hono';
import { denied, reply } from './reply.ts';
import type { Account, FakeIntegration, Json, State } from './state.ts';

const NEEDED =
  'any of alert.provisioning:write, alert.notifications.provisioning:write, all of alert.notifications:write, alert.provisioning.provenance:write';
/** Settings that Grafana never shows again. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  slack: ['url', 'token'],
  pagerduty: ['integrationKey'],
  webhook: ['password', 'authorization_credentials'],
};

export function contactPointRoutes(app: Hono, state: State, accountOf: (context: Context) => Account): void {
  const base = '/api/v1/provisioning/contact-points';
  let busy = false;

  app.get(base, (context) => {
    const name = context.req.query('name');
    const all = [...state.integrations.values()].filter((one) => name === undefined || one.name === name);
    return reply(
      context,
      200,
      all.map((one) => ({ ...redacted(one), provenance: one.provenance })),
    );
  });

  const alone = async (context: Context, write: () => Promise<Response>): Promise<Response> => {
    if (accountOf(context) === 'viewer') return denied(context, NEEDED);
    // One row for all: the second of two writers at once loses.
    if (busy) return reply(context, 500, { message: 'failed to save alertmanager configuration: database is locked' });
    busy = true;
    return write().finally(() => {
      busy = false;
    });
  };

  app.post(base, (context) =>
    alone(context, async () => {
      const sent = await context.req.json<FakeIntegration>();
      const problem = invalid(sent);
      if (problem !== undefined) return reply(context, 400, { message: problem });
      const other = state.integrations.get(sent.uid);
      if (other !== undefined) {
        return reply(context, 409, {
          statusCode: 409,
          messageId: 'alerting.notifications.contact-points.uidInUse',
          message: `Receiver configuration with UID '${sent.uid}' already exists in contact point '${other.name}'. Please use unique identifiers for receivers across all contact points.`,
        });
      }
      const provenance = context.req.header('x-disable-provenance') === undefined ? 'api' : '';
      const { uid, name, type, settings, disableResolveMessage = false } = sent;
      const made = { uid, name, type, settings, disableResolveMessage, provenance };
      state.integrations.set(uid, made);
      return reply(context, 202, redacted(made));
    }),
  );

  app.put(`${base}/:uid`, (context) =>
    alone(context, async () => {
      const uid = context.req.param('uid') ?? '';
      const sent = await context.req.json<FakeIntegration>();
      const held = state.integrations.get(uid);
      if (held === undefined) {
        return reply(context, 404, { message: `object not found: contact point with uid '${uid}' not found` });
      }
      const settings = Object.entries(sent.settings).map(([key, value]) => [
        key,
        value === '[REDACTED]' ? held.settings[key] : value,
      ]);
      const { type, disableResolveMessage = false } = sent;
      state.integrations.set(uid, { ...held, type, disableResolveMessage, settings: Object.fromEntries(settings) });
      return reply(context, 202, { message: 'contactpoint updated' });
    }),
  );

  app.delete(`${base}/:uid`, (context) =>
    alone(context, async () => {
      const held = state.integrations.get(context.req.param('uid') ?? '');
      if (held !== undefined && isInPolicies(state, held)) {
        return reply(context, 409, {
          statusCode: 409,
          messageId: 'alerting.notifications.contact-points.referenced',
          message: 'Contact point is currently referenced by a notification policy.',
        });
      }
      if (held !== undefined && isUsed(state, held)) {
        return reply(context, 409, {
          statusCode: 409,
          messageId: 'alerting.notifications.contact-points.used-by-rule',
          message: 'Contact point is currently used in the notification settings of one or many alert rules.',
        });
      }
      if (held !== undefined) state.integrations.delete(held.uid);
      return reply(context, 202, { message: 'contactpoint deleted' });
    }),
  );

  app.get('/api/v1/provisioning/policies', (context) => reply(context, 200, state.policies));
  app.put('/api/v1/provisioning/policies', async (context) => {
    if (accountOf(context) === 'viewer') return denied(context, NEEDED);
    state.policies = await context.req.json<Json>();
    return reply(context, 202, { message: 'policies updated' });
  });
}

function redacted({ uid, name, type, settings, disableResolveMessage }: FakeIntegration): Json {
  const secrets = SECRETS[type] ?? [];
  const shown = Object.entries(settings)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => [key, secrets.includes(key) ? '[REDACTED]' : value]);
  return { uid, name, type, settings: Object.fromEntries(shown), disableResolveMessage };
}

function invalid({ uid, name, type, settings }: FakeIntegration): string | undefined {
  if (uid.length > 40) return 'invalid object specification: UID is longer than 40 symbols';
  const missing = (what: string) =>
    `invalid object specification: failed to validate integration "${name}" (UID ${uid}) of type "${type}": ${what}`;
  if (type === 'slack' && settings['url'] === undefined && settings['recipient'] === undefined) {
    return missing('recipient must be specified when using the Slack chat API');
  }
  if (type === 'pagerduty' && !settings['integrationKey'])
    return missing('could not find integration key property in settings');
  if (type === 'webhook' && !settings['url']) return missing("required field 'url' is not specified");
  return undefined;
}

/** The last integration of its name: the contact point goes with it. */
function isLast({ integrations }: State, { uid, name }: FakeIntegration): boolean {
  return ![...integrations.values()].some((other) => other.name === name && other.uid !== uid);
}

function isInPolicies(state: State, held: FakeIntegration): boolean {
  const names = (policy: Json): boolean =>
    policy['receiver'] === held.name || ((policy['routes'] as Json[] | undefined) ?? []).some(names);
  return isLast(state, held) && names(state.policies);
}

/** The last integration of a name that a rule refers to. */
function isUsed(state: State, held: FakeIntegration): boolean {
  const { name } = held;
  if (!isLast(state, held)) return false;
  return [...state.rules.values()].some(
    ({ form }) => (form['notification_settings'] as { receiver?: string } | null | undefined)?.receiver === name,
  );
}
