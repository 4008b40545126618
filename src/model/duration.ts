/** A Prometheus duration of one unit: `30s`, `2m`, `1h`, `7d`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** True for a duration this project accepts: digits and one unit, greater than nothing or `0s`. */
export function isDuration(text: unknown): text is Duration {
  return typeof text === 'string' && /^\d+[smhd]$/.test(text);
}

/**
 * A duration in seconds.
 *
 * @example toSeconds('2m') // 120
 * @throws RangeError if the text is no duration; facts are checked before anything is built from them.
 */
export function toSeconds(duration: Duration): number {
  const unit = duration.at(-1) as keyof typeof SECONDS;
  if (!isDuration(duration)) throw new RangeError(`"${String(duration)}" is not a duration such as 30s, 2m or 1h`);
  return Number(duration.slice(0, -1)) * SECONDS[unit];
}

/**
 * A duration as Grafana and Prometheus print it, whatever unit it was written in; what is none stays as it is.
 *
 * @example shortest('120s') // '2m'
 */
export function shortest(duration: Duration): Duration {
  return isDuration(duration) ? toDuration(toSeconds(duration)) : duration;
}

/**
 * The shortest duration for a number of whole seconds.
 *
 * @example toDuration(300) // '5m'
 */
export function toDuration(seconds: number): Duration {
  if (seconds === 0) return '0s';
  for (const unit of ['d', 'h', 'm'] as const) {
    if (seconds % SECONDS[unit] === 0) return `${seconds / SECONDS[unit]}${unit}`;
  }
  return `${seconds}s`;
}

/** The longest of some durations, in its shortest form. @example longest('30s', '2m') // '2m' */
export function longest(first: Duration, ...others: readonly Duration[]): Duration {
  return shortest(others.reduce((best, each) => (toSeconds(each) > toSeconds(best) ? each : best), first));
}
