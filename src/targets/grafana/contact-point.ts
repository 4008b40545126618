/** Contact points, and how a rotated secret is noticed although it is never read back. */
import { createHash, scryptSync } from 'node:crypto';
import { type Integration, isSecretRef, type SecretRef, secretsOf } from '../../model/contact-point.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LiveObject } from '../../model/plan.ts';
import type { ContactPointResource, Desired } from '../../model/resource.ts';
import { hasOwnerPrefix, TargetError } from '../../sync/index.ts';
import type { Revealed } from './client.ts';
import type { StoredIntegration } from './shapes.ts';

/** What Grafana shows instead of a secret. */
const REDACTED = '[REDACTED]';
/** Stands for a secret of which the code no longer says where it comes from. */
const UNKNOWN: SecretRef = { secret: 'UNKNOWN' };
const LONGEST_UID = 40;
const DIGEST_LENGTH = 10;
const KNOWN_TYPES: ReadonlySet<string> = new Set<Integration['type']>(['pagerduty', 'slack', 'webhook', 'email']);

export type SecretLookup = (name: string) => Revealed | undefined;

/**
 * Puts the digest of its secrets' values into every integration, so that plans see a rotation: but not into one whose
 * secrets are not set here, and not into one that stays as it is and has its digest already.
 */
export function withDigests(desired: Desired, lookup: SecretLookup): Desired {
  return {
    resources: desired.resources.map((resource) =>
      resource.kind === 'contact-point' ? digested(resource, lookup) : resource,
    ),
  };
}

function digested(resource: ContactPointResource, lookup: SecretLookup): ContactPointResource {
  const { name, integrations } = resource.contactPoint;
  const withDigest = integrations.map((integration) =>
    integration.digest === undefined && secretsOf(integration).every((secret) => lookup(secret) !== undefined)
      ? { ...integration, digest: digestOf(name, integration, lookup) }
      : integration,
  );
  return { ...resource, contactPoint: { name, integrations: withDigest } };
}

/** The slow hash (scrypt) makes guessing a short secret expensive; ten digits of it say no more than "another one". */
export function digestOf(name: string, { type, settings }: Integration, lookup: SecretLookup): string {
  const secrets = Object.entries(settings)
    .filter(([, value]) => isSecretRef(value))
    .map(([key, value]) => [key, revealed(value as SecretRef, lookup)])
    .sort();
  if (secrets.length === 0) return openDigest(type);
  return slowHash(JSON.stringify([type, secrets]), `grafana-as-code ${name}`);
}

/** Slow hashes of this run: a plan and its writes ask for the same ones. */
const known = new Map<string, string>();

function slowHash(text: string, salt: string): string {
  const key = createHash('sha256')
    .update(JSON.stringify([salt, text]))
    .digest('hex');
  const digest =
    known.get(key) ??
    scryptSync(text, salt, 16, { N: 2 ** 14 })
      .toString('hex')
      .slice(0, DIGEST_LENGTH);
  known.set(key, digest);
  return digest;
}

/** For an integration without secrets. */
function openDigest(type: string): string {
  return createHash('sha256').update(type).digest('hex').slice(0, DIGEST_LENGTH);
}

function revealed({ secret }: SecretRef, lookup: SecretLookup): string {
  const value = lookup(secret);
  if (value !== undefined) return value.reveal();
  throw new TargetError(
    'G014',
    `${secret} is not set, and a contact point of the plan needs it`,
    `Set ${secret}, or make a new plan without it: npm run plan`,
  );
}

/** UID of the integration at a place: its name, its place, the digest. A new secret is a new UID. */
export function integrationUid(name: string, index: number, digest: string): string {
  return `${base(name)}-${index + 1}-${digest}`;
}

function base(name: string): string {
  const room = LONGEST_UID - DIGEST_LENGTH - '-99-'.length;
  if (name.length <= room && /^[A-Za-z0-9_-]+$/.test(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.replace(/[^A-Za-z0-9_-]/g, '').slice(0, room - hash.length - 1)}-${hash}`;
}

/** Whether a stored integration was written by us, and where it stands. */
export function ownPlace({
  uid,
  name,
}: Pick<StoredIntegration, 'uid' | 'name'>): { index: number; digest: string } | undefined {
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

/** Contact points with our prefix, and those in our way. */
export function liveContactPoints(stored: readonly StoredIntegration[], desired: Desired, owner: string): LiveObject[] {
  const wanted = new Map(
    desired.resources
      .filter((resource) => resource.kind === 'contact-point')
      .map((resource) => [resource.uid, resource]),
  );
  const names = [...new Set(stored.map(({ name }) => name))];
  return names.flatMap((name) => {
    const all = stored.filter((integration) => integration.name === name);
    const own = all.filter((integration) => ownPlace(integration) !== undefined);
    const resource = wanted.get(name);
    if (!hasOwnerPrefix(owner, name) || own.length === 0) {
      return resource === undefined
        ? []
        : [{ kind: 'contact-point' as const, uid: name, title: name, owned: false, pin: '' }];
    }
    return [decode(name, own, resource)];
  });
}

function decode(
  name: string,
  own: readonly StoredIntegration[],
  desired: ContactPointResource | undefined,
): LiveObject {
  const sorted = [...own].sort((left, right) => (ownPlace(left)?.index ?? 0) - (ownPlace(right)?.index ?? 0));
  const integrations = sorted.map((integration) => decodeIntegration(integration, desired));
  const quiet = sorted.flatMap(({ type, disableResolveMessage }) => (disableResolveMessage ? [type] : []));
  return {
    kind: 'contact-point',
    uid: name,
    title: name,
    owned: true,
    pin: pinOf(own),
    resource: { kind: 'contact-point', uid: name, title: name, source: '', contactPoint: { name, integrations } },
    ...(quiet.length === 0 ? {} : { rest: { disableResolveMessage: quiet } }),
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
export function pinOf(own: readonly StoredIntegration[]): string {
  const told = [...own]
    .sort((left, right) => (left.uid < right.uid ? -1 : 1))
    .map((stored) => [
      stored.uid,
      stored.type,
      ...(stored.disableResolveMessage ? ['quiet'] : []),
      Object.entries(stored.settings).map(([key, value]) => [key, isOpen(stored) ? scalar(value) : shown(value)]),
    ]);
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 16);
}
