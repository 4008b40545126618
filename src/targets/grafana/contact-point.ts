/** Contact points: their integrations, who uses them, and how they are written. One at a time: all share one row. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fieldsOf, sortItems } from '../../adapters/grafana-answers.ts';
import { type Integration, isSecretRef, type SecretRef } from '../../model/contact-point.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import { type JsonObject, jsonEqual } from '../../model/json.ts';
import type { LiveObject } from '../../model/plan.ts';
import { type ContactPointResource, type Desired, ofKind, resourceKey } from '../../model/resource.ts';
import {
  DIGEST_LENGTH,
  digestOf,
  hasOwnerPrefix,
  openDigest,
  revealed,
  type SecretLookup,
  unreadableObjects,
} from '../../sync/index.ts';
import { type Found, postChecked } from './checked-write.ts';
import type { ReadContext, WriteContext } from './context.ts';
import { changedSince } from './errors.ts';
import { type FoundObjects, type GrafanaKind, singly } from './kind.ts';

const storedIntegration = z.looseObject({
  uid: z.string(),
  name: z.string(),
  type: z.string(),
  settings: z.record(z.string(), z.unknown()),
  /** Set by hand, it keeps quiet about what is over; we never set it. */
  disableResolveMessage: z.boolean().nullish(),
  provenance: z.string().nullish(),
});
type StoredIntegration = z.infer<typeof storedIntegration>;

const CONTACT_POINTS = '/api/v1/provisioning/contact-points';
/** What Grafana shows instead of a secret. */
const REDACTED = '[REDACTED]';
/** Stands for a secret of which the code no longer says where it comes from. */
const UNKNOWN: SecretRef = { secret: 'UNKNOWN' };
const LONGEST_UID = 40;
const KNOWN_TYPES: ReadonlySet<string> = new Set<Integration['type']>(['pagerduty', 'slack', 'webhook', 'email']);

/** Contact points with our prefix, and those in our way. */
async function readContactPoints({ client, owner }: ReadContext, desired: Desired): Promise<FoundObjects> {
  const wanted = new Map(ofKind(desired.resources, 'contact-point').map((resource) => [resource.uid, resource]));
  const { readable, unreadable } = await readIntegrations(client);
  const strange = unreadableObjects('contact-point', unreadable, wanted, owner);
  const held = new Set(strange.objects.map(({ uid }) => uid));
  const names = [...new Set(readable.map(({ name }) => name))].filter((name) => !held.has(name));
  const objects = names.flatMap((name): LiveObject[] => {
    const all = readable.filter((integration) => integration.name === name);
    const own = all.filter((integration) => ownPlace(integration) !== undefined);
    const resource = wanted.get(name);
    if (hasOwnerPrefix(owner, name) && own.length > 0) return [decode(name, own, resource)];
    return resource === undefined ? [] : [{ kind: 'contact-point', uid: name, title: name, owned: false, pin: '' }];
  });
  // One to which somebody added an integration lives on under its name when ours go: nothing that uses it is in the way.
  const leaving = objects.filter(({ uid, owned }) => owned && !wanted.has(uid) && isWhole(readable, uid));
  return {
    objects: [...strange.objects, ...objects],
    notes: strange.notes,
    fromFiles: readable
      .filter(({ name, provenance }) => provenance === 'file' && hasOwnerPrefix(owner, name))
      .map(({ name }) => `contact point ${name}`),
    refusedWhileUsed: leaving.map(resourceKey),
  };
}

/** True where every integration of a name is ours. */
function isWhole(stored: readonly StoredIntegration[], name: string): boolean {
  return stored.every((integration) => integration.name !== name || ownPlace(integration) !== undefined);
}

async function readIntegrations(client: ReadContext['client']) {
  const stored = await client.read(CONTACT_POINTS, z.array(z.unknown()));
  return sortItems(stored, storedIntegration, ['name']);
}

/** UID of the integration at a place: its name, its place, the digest. A new secret is a new UID. */
function integrationUid(name: string, index: number, digest: string): string {
  return `${base(name)}-${index + 1}-${digest}`;
}

function base(name: string): string {
  const room = LONGEST_UID - DIGEST_LENGTH - '-99-'.length;
  if (name.length <= room && /^[A-Za-z0-9_-]+$/.test(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.replace(/[^A-Za-z0-9_-]/g, '').slice(0, room - hash.length - 1)}-${hash}`;
}

/** Whether a stored integration was written by us, and where it stands. */
function ownPlace({
  uid,
  name,
}: Pick<StoredIntegration, 'uid' | 'name'>): { readonly index: number; readonly digest: string } | undefined {
  const prefix = `${base(name)}-`;
  const match = uid.startsWith(prefix) ? /^([1-9]\d?)-([0-9a-f]{10})$/.exec(uid.slice(prefix.length)) : null;
  return match === null ? undefined : { index: Number(match[1]) - 1, digest: match[2] ?? '' };
}

/** What the provisioning API is sent. The only place where secrets leave us. */
export function encodeIntegration(
  name: string,
  integration: Integration,
  index: number,
  lookup: SecretLookup,
): JsonObject {
  const settings = Object.fromEntries(
    Object.entries(integration.settings).map(([key, value]) => [
      key,
      isSecretRef(value) ? revealed(value, lookup) : value,
    ]),
  );
  const digest = integration.digest ?? digestOf(name, integration, lookup);
  return {
    uid: integrationUid(name, index, digest),
    name,
    type: integration.type,
    settings,
    disableResolveMessage: false,
  };
}

function decode(
  name: string,
  own: readonly StoredIntegration[],
  desired: ContactPointResource | undefined,
): LiveObject {
  const sorted = [...own].sort((left, right) => (ownPlace(left)?.index ?? 0) - (ownPlace(right)?.index ?? 0));
  const integrations = sorted.map((integration) => decodeIntegration(integration, desired));
  const quiet = sorted.flatMap(({ type, disableResolveMessage }) => (disableResolveMessage === true ? [type] : []));
  return {
    kind: 'contact-point',
    uid: name,
    title: name,
    owned: true,
    pin: pinOf(own),
    resource: { kind: 'contact-point', uid: name, title: name, source: '', contactPoint: { name, integrations } },
    ...(quiet.length === 0 ? {} : { unmodelled: { disableResolveMessage: quiet } }),
  };
}

function decodeIntegration(stored: StoredIntegration, desired: ContactPointResource | undefined): Integration {
  const place = ownPlace(stored) ?? { index: 0, digest: '' };
  const planned = desired?.contactPoint.integrations[place.index];
  const counterpart = planned?.type === stored.type ? planned.settings : {};
  const open = isOpen(stored);
  const settings = Object.entries(stored.settings).map(([key, value]) => {
    const wanted = counterpart[key];
    if (open) return [key, scalar(value)];
    // A value that the code calls secret is never looked at: the digest says whether it is the same.
    return [key, isSecretRef(wanted) ? wanted : shown(value)];
  });
  const type = (KNOWN_TYPES.has(stored.type) ? stored.type : 'webhook') as Integration['type'];
  return { type, settings: Object.fromEntries(settings), digest: place.digest };
}

/** True for an integration that was written without secrets. */
function isOpen(stored: StoredIntegration): boolean {
  return ownPlace(stored)?.digest === openDigest(stored.type);
}

function scalar(value: unknown): string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : JSON.stringify(value);
}

/** Grafana redacts what it knows to be secret. An address may be a secret all the same, as of a heartbeat. */
function shown(value: unknown): string | number | boolean | SecretRef {
  const plain = scalar(value);
  return typeof plain === 'string' && (plain === REDACTED || plain.includes('://')) ? UNKNOWN : plain;
}

/** Identifies what is stored without telling any of it. */
function pinOf(own: readonly StoredIntegration[]): string {
  const parts = [...own]
    .sort((left, right) => (left.uid < right.uid ? -1 : 1))
    .map((stored) => [
      stored.uid,
      stored.type,
      ...(stored.disableResolveMessage === true ? ['quiet'] : []),
      Object.entries(stored.settings).map(([key, value]) => [key, isOpen(stored) ? scalar(value) : shown(value)]),
    ]);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/**
 * Makes a contact point's integrations equal to the code. A changed secret has another UID: the new integration is
 * created beside the old one, which goes afterwards, so that the name is never without a receiver.
 *
 * @param pin of what was seen; absent for a new one
 */
async function saveContactPoint(
  context: WriteContext,
  { contactPoint: { name, integrations } }: ContactPointResource,
  pin: string | undefined,
  lookup: SecretLookup,
  signal?: AbortSignal,
): Promise<void> {
  const { client } = context;
  const stored = await ownOf(context, name);
  const uids = integrations.map((integration, index) =>
    integrationUid(name, index, integration.digest ?? digestOf(name, integration, lookup)),
  );
  // Half of it may be there: a run before this one was cut off.
  const resumed = pin === undefined && stored.every(({ uid }) => uids.includes(uid));
  if (!resumed && (pin === undefined || pinOf(stored) !== pin)) throw changedSince(`contact point ${name}`);
  for (const [index, integration] of integrations.entries()) {
    const body = encodeIntegration(name, integration, index, lookup);
    const uid = uids[index] ?? '';
    const held = stored.find((one) => one.uid === uid);
    if (held === undefined) {
      const look = async (): Promise<Found> =>
        (await ownOf(context, name)).some((one) => one.uid === uid) ? 'same' : 'absent';
      await postChecked(client, `contact point ${name}`, CONTACT_POINTS, body, look, { exists: [409], signal });
    } else if (held.disableResolveMessage === true || !sameOpenSettings(held, body['settings'])) {
      await client.request('PUT', contactPointPath(uid), { body, signal });
    }
  }
  for (const { uid } of stored.filter((one) => !uids.includes(one.uid))) {
    await client.request('DELETE', contactPointPath(uid), { accept: [404], signal });
  }
}

/**
 * Deletes our integrations of a contact point; those that somebody added to it stay.
 *
 * @throws ExplainedError S008 if something that the plan could not see uses it
 */
async function deleteContactPoint(
  context: WriteContext,
  { uid: name, pin }: { readonly uid: string; readonly pin: string },
  signal?: AbortSignal,
): Promise<void> {
  const stored = await ownOf(context, name);
  if (stored.length > 0 && pinOf(stored) !== pin) throw changedSince(`contact point ${name}`);
  for (const { uid } of stored) {
    const { status, body } = await context.client.request('DELETE', contactPointPath(uid), {
      accept: [404, 409],
      signal,
    });
    if (status !== 409) continue;
    const { message } = fieldsOf(body);
    throw new ExplainedError({
      code: 'S008',
      message: `contact point ${name} is still used: ${typeof message === 'string' ? message : 'Grafana does not say by whom'}`,
      remedy: 'Let what uses it notify another contact point, in Grafana (Alerting), then run the sync again.',
      status,
    });
  }
}

function contactPointPath(uid: string): string {
  return `${CONTACT_POINTS}/${encodeURIComponent(uid)}`;
}

async function ownOf({ client }: WriteContext, name: string): Promise<StoredIntegration[]> {
  const { readable } = await readIntegrations(client);
  return readable.filter((integration) => integration.name === name && ownPlace(integration) !== undefined);
}

/** Whether what can be read is what would be sent; redacted values differ by the UID. */
function sameOpenSettings({ settings }: StoredIntegration, sent: unknown): boolean {
  const wanted = sent as Readonly<Record<string, string>>;
  const keys = new Set([...Object.keys(settings), ...Object.keys(wanted)]);
  return [...keys].every((key) => settings[key] === REDACTED || jsonEqual(settings[key] as string, wanted[key]));
}

/** Contact points: one at a time, because all of them share one row of the database. */
export const contactPoints: GrafanaKind = {
  atOnce: 1,
  read: readContactPoints,
  ...singly<ContactPointResource>(
    (writing, resource, pin, signal) => saveContactPoint(writing, resource, pin, writing.lookup, signal),
    deleteContactPoint,
  ),
};
