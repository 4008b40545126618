/** Writes of contact points. All of an organisation share one row of the database: one request at a time. */
import { jsonEqual } from '../../model/json.ts';
import type { ContactPointResource } from '../../model/resource.ts';
import { digestOf, encodeIntegration, integrationUid, ownPlace, pinOf, type SecretLookup } from './contact-points.ts';
import { changedSince } from './errors.ts';
import { paths } from './paths.ts';
import { readIntegrations } from './read.ts';
import type { StoredIntegration } from './shapes.ts';
import { postChecked, type WriteContext } from './write.ts';

/**
 * Makes a contact point's integrations equal to the code. A changed secret has another UID: the new integration is
 * created beside the old one, which goes afterwards, so that the name is never without a receiver.
 *
 * @param pin of what was seen; absent for a new one
 */
export async function saveContactPoint(
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
      const look = async () =>
        ((await ownOf(context, name)).some((one) => one.uid === uid) ? 'same' : 'absent') as 'same' | 'absent';
      await postChecked(context, `contact point ${name}`, paths.contactPoints, body, look, { exists: [409], signal });
    } else if (held.disableResolveMessage || !sameOpenSettings(held, body['settings'])) {
      await client.request('PUT', paths.contactPoint(uid), { body, signal });
    }
  }
  for (const { uid } of stored.filter((one) => !uids.includes(one.uid))) {
    await client.request('DELETE', paths.contactPoint(uid), { accept: [404], signal });
  }
}

/** Deletes our integrations of a contact point; those that somebody added to it stay. */
export async function deleteContactPoint(
  context: WriteContext,
  { uid: name, pin }: { readonly uid: string; readonly pin: string },
  signal?: AbortSignal,
): Promise<void> {
  const stored = await ownOf(context, name);
  if (stored.length > 0 && pinOf(stored) !== pin) throw changedSince(`contact point ${name}`);
  for (const { uid } of stored)
    await context.client.request('DELETE', paths.contactPoint(uid), { accept: [404], signal });
}

async function ownOf({ client }: WriteContext, name: string): Promise<StoredIntegration[]> {
  const all = await readIntegrations(client);
  return all.filter((integration) => integration.name === name && ownPlace(integration) !== undefined);
}

/** Whether what can be read is what would be sent; redacted values are told apart by the UID. */
function sameOpenSettings({ settings }: StoredIntegration, sent: unknown): boolean {
  const wanted = sent as Readonly<Record<string, string>>;
  const keys = new Set([...Object.keys(settings), ...Object.keys(wanted)]);
  return [...keys].every((key) => settings[key] === '[REDACTED]' || jsonEqual(settings[key] as string, wanted[key]));
}
