/** Time intervals, over the API of mute timings: whose they are, and how they are written. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fieldsOf, sortItems } from '../../adapters/grafana-answers.ts';
import { decodeIntervals, encodeIntervals, storedIntervals } from '../../encode/index.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import { jsonEqual } from '../../model/json.ts';
import type { DeleteChange, LiveObject } from '../../model/plan.ts';
import { type Desired, ofKind, resourceKey, type TimeIntervalResource } from '../../model/resource.ts';
import { hasOwnerPrefix, unreadableObjects } from '../../sync/index.ts';
import { type Found, postChecked } from './checked-write.ts';
import type { ReadContext, WriteContext } from './context.ts';
import { changedSince, statusOf } from './errors.ts';
import { type FoundObjects, type GrafanaKind, singly } from './kind.ts';

const MUTE_TIMINGS = '/api/v1/provisioning/mute-timings';

const storedInterval = z.looseObject({
  name: z.string(),
  time_intervals: storedIntervals,
  version: z.string().default(''),
  provenance: z.string().default(''),
});
type StoredInterval = z.infer<typeof storedInterval>;

async function readAll({ client }: Pick<ReadContext, 'client'>) {
  return sortItems(await client.read(MUTE_TIMINGS, z.array(z.unknown())), storedInterval, ['name']);
}

/** Those with our prefix, and those in our way. */
async function readTimeIntervals(context: ReadContext, { resources }: Desired): Promise<FoundObjects> {
  const { owner } = context;
  const wanted = new Set(ofKind(resources, 'time-interval').map(({ uid }) => uid));
  const { readable, unreadable } = await readAll(context);
  const strange = unreadableObjects('time-interval', unreadable, wanted, owner);
  const objects = readable.flatMap((stored): LiveObject[] => {
    const { name } = stored;
    const owned = isOurs(stored, owner);
    return owned || wanted.has(name) ? [decode(stored, owned)] : [];
  });
  const leaving = objects.filter(({ uid, owned }) => owned && !wanted.has(uid));
  return {
    objects: [...strange.objects, ...objects],
    notes: strange.notes,
    fromFiles: readable
      .filter(({ name, provenance }) => provenance === 'file' && hasOwnerPrefix(owner, name))
      .map(({ name }) => `time interval ${name}`),
    refusedWhileUsed: leaving.map(resourceKey),
  };
}

/** They have no labels. One that was made in the editor has no provenance, and the editor leaves ours alone. */
function isOurs({ name, provenance }: StoredInterval, owner: string): boolean {
  return hasOwnerPrefix(owner, name) && provenance === 'api';
}

function decode(stored: StoredInterval, owned: boolean): LiveObject {
  const { name } = stored;
  const about = { kind: 'time-interval', uid: name, title: name } as const;
  if (!owned) return { ...about, owned, pin: '' };
  const { intervals, rest } = decodeIntervals(stored.time_intervals);
  return {
    ...about,
    owned,
    pin: pinOf(stored),
    resource: { ...about, source: '', timeInterval: { name, intervals } },
    ...(rest === undefined ? {} : { unmodelled: rest }),
  };
}

/** Grafana's version is a sum of all numbers in it, in a row: another order of the same may have the same. */
function pinOf({ version, time_intervals: held }: StoredInterval): string {
  const hash = createHash('sha256').update(JSON.stringify(held ?? []));
  return `${version}@${hash.digest('hex').slice(0, 16)}`;
}

async function find(context: WriteContext, name: string): Promise<StoredInterval | undefined> {
  return (await readAll(context)).readable.find((stored) => stored.name === name);
}

/** @param pin of what was seen; absent for a new one */
async function saveTimeInterval(
  context: WriteContext,
  { timeInterval: { name, intervals } }: TimeIntervalResource,
  pin: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const { client, owner } = context;
  const what = `time interval ${name}`;
  const body = { name, time_intervals: encodeIntervals(intervals) };
  const look = async (): Promise<Found> => {
    const stored = await find(context, name);
    if (stored === undefined) return 'absent';
    const held = decodeIntervals(stored.time_intervals);
    return isOurs(stored, owner) && jsonEqual([...encodeIntervals(held.intervals)], [...body.time_intervals])
      ? 'same'
      : 'other';
  };
  if (pin === undefined) {
    try {
      await postChecked(client, what, MUTE_TIMINGS, body, look, { exists: [409], signal });
    } catch (error) {
      // Grafana 12.4 says 400 of a name that exists: somebody else's, or ours whose answer was lost.
      const found = statusOf(error) === 400 ? await look() : 'absent';
      if (found === 'other') throw changedSince(what);
      if (found !== 'same') throw error;
    }
    return;
  }
  const stored = await find(context, name);
  if (stored === undefined || pinOf(stored) !== pin) throw changedSince(what);
  const { version } = stored;
  const { status } = await client.request('PUT', pathOf(name), { body: { ...body, version }, accept: [409], signal });
  // Refused: by somebody else's save, or by our own whose answer was lost.
  if (status === 409 && (await look()) !== 'same') throw changedSince(what);
}

/** @throws ExplainedError S008 if something that the plan could not see uses it */
async function deleteTimeInterval(
  context: WriteContext,
  { uid: name, pin }: Pick<DeleteChange, 'uid' | 'pin'>,
  signal?: AbortSignal,
): Promise<void> {
  const what = `time interval ${name}`;
  const stored = await find(context, name);
  if (stored === undefined) return;
  if (pinOf(stored) !== pin) throw changedSince(what);
  const path = `${pathOf(name)}?version=${encodeURIComponent(stored.version)}`;
  const { status, body } = await context.client.request('DELETE', path, { accept: [404, 409], signal });
  if (status !== 409) return;
  if (fieldsOf(body)['messageId'] !== USED) throw changedSince(what);
  throw new ExplainedError({
    code: 'S008',
    message: `${what} is still used by a rule or a notification policy`,
    remedy: 'Let what uses it mute in another time interval, in Grafana (Alerting), then run the sync again.',
    status,
  });
}

/** How Grafana calls the refusal to delete one that is in use. */
const USED = 'alerting.notifications.time-intervals.used';

function pathOf(name: string): string {
  return `${MUTE_TIMINGS}/${encodeURIComponent(name)}`;
}

/** Time intervals: one at a time, because they share a row of the database with contact points. */
export const timeIntervals: GrafanaKind = {
  atOnce: 1,
  read: readTimeIntervals,
  ...singly<TimeIntervalResource>(saveTimeInterval, deleteTimeInterval),
};
