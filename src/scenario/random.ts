/** Random numbers that are the same on every machine for the same seed. */

/** Answers with numbers between 0 and 1, excluding both. */
export type Random = () => number;

/**
 * A generator of its own for every name, so that a new series does not change the others.
 *
 * @example randomFor('healthy-day', 'http_server_request_duration_seconds_bucket{…}')
 */
export function randomFor(...names: readonly string[]): Random {
  let state = hash(names.join('\u0000'));
  // mulberry32: 32 bits of state are plenty for a day of samples.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}

/** Above this mean, the normal distribution is close enough and a hundred times faster. */
const MANY = 60;

/** How many independent arrivals there are where `mean` are to be expected: Poisson's distribution. */
export function poisson(mean: number, random: Random): number {
  if (mean <= 0) return 0;
  if (mean > MANY) {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let arrivals = 0;
  for (let left = random(); left > limit; left *= random()) arrivals += 1;
  return arrivals;
}
