/** How a rotated secret is noticed although it is never read back: a slow hash of its value. */
import { createHash, scryptSync } from 'node:crypto';
import { type Integration, isSecretRef, type SecretRef, secretsOf } from '../model/contact-point.ts';
import { ExplainedError } from '../model/explained-error.ts';
import type { ContactPointResource, Desired } from '../model/resource.ts';

/** A value that is shown only where it is sent. */
interface Revealed {
  reveal(): string;
}

/** The value of a secret by its name; undefined where it is not set here. */
export type SecretLookup = (name: string) => Revealed | undefined;

export const DIGEST_LENGTH = 10;

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
export function openDigest(type: string): string {
  return createHash('sha256').update(type).digest('hex').slice(0, DIGEST_LENGTH);
}

/** @throws ExplainedError G014 for a secret that is not set here */
export function revealed({ secret }: SecretRef, lookup: SecretLookup): string {
  const value = lookup(secret);
  if (value !== undefined) return value.reveal();
  throw new ExplainedError({
    code: 'G014',
    message: `${secret} is not set, and a contact point of the plan needs it`,
    remedy: `Set ${secret}, or make a new plan without it: npm run plan`,
  });
}
