/**
 * How durations spread. They are log-normal: most requests are quick and a few take long, as in every real service.
 * A scenario states the 95th percentile, which is what rules and people talk about.
 */

/** The spread of the logarithm. 0.2 makes the median 72 % and the mean 73 % of the 95th percentile. */
const SPREAD = 0.2;
/** The 95th percentile of the standard normal distribution. */
const Z95 = 1.6448536269514722;

/** The mean of durations with a given 95th percentile, in seconds: what Little's law needs. */
export function meanOf(p95: number): number {
  return p95 * Math.exp(-Z95 * SPREAD + SPREAD ** 2 / 2);
}

/** Which share of durations with a given 95th percentile is not above a limit. */
export function shareUpTo(limit: number, p95: number): number {
  if (limit === Number.POSITIVE_INFINITY) return 1;
  return normalShare(Math.log(limit / p95) / SPREAD + Z95);
}

/** The standard normal distribution, by Abramowitz and Stegun 26.2.17; off by less than 1e-7. */
function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (polynomial * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  return z > 0 ? 1 - tail : tail;
}

/**
 * What Prometheus reads as the 95th percentile from a histogram of these boundaries: it goes straight through the bucket
 * in which it lies, and never beyond the last boundary.
 *
 * @param p95 the true one. @param boundaries ascending, both in seconds.
 */
export function readP95(p95: number, boundaries: readonly number[]): number {
  let [lower, below] = [0, 0];
  for (const limit of boundaries) {
    const share = shareUpTo(limit, p95);
    if (share >= 0.95) return lower + ((limit - lower) * (0.95 - below)) / (share - below);
    [lower, below] = [limit, share];
  }
  return lower;
}
