/** Writes that may be cut off anywhere: what may have been done is looked at before it is done again. */
import { TRIES } from '../../adapters/http/index.ts';
import type { Client } from './client.ts';
import { changedSince, isFateUnknown, outOfSight } from './errors.ts';

/** What a look finds: exactly what was sent, something else, nothing, or a place that the account may not look into. */
export type Found = 'same' | 'other' | 'absent' | 'denied';

/**
 * A POST, repeated only after a look at whether the last one was carried out.
 *
 * @param look answers what is there now; `denied` may also mean that nothing is
 */
export async function postChecked(
  client: Client,
  what: string,
  path: string,
  body: unknown,
  look: () => Promise<Found>,
  options: { readonly exists: readonly number[]; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { status } = await client.request('POST', path, { body, accept: options.exists, signal: options.signal });
      if (!options.exists.includes(status)) return;
      const found = await look();
      if (found === 'denied') throw outOfSight(what);
      if (attempt > 1 && found === 'same') return;
      throw changedSince(what);
    } catch (error) {
      if (!isFateUnknown(error)) throw error;
      const found = await look();
      if (found === 'same') return;
      if (found === 'other') throw changedSince(what);
      if (attempt === TRIES || options.signal?.aborted === true) throw error;
      await client.pause(attempt, options.signal);
    }
  }
}
