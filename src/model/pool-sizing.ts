/** How many connections a pool needs. Everything is per instance, as pools are, unless it says otherwise. */
export interface PoolSizing {
  readonly service: { readonly id: string; readonly title: string };
  /** The pool's name, or the address that an outbound pool calls. */
  readonly pool: string;
  readonly kind: 'database' | 'http';
  /** The pool's size. */
  readonly maximum: number;
  readonly instances: number;
  /** Undefined where there is nothing to size it by. */
  readonly demand: PoolDemand | undefined;
  readonly verdict: PoolVerdict;
  /** One plain sentence or two. */
  readonly recommendation: string;
}

/**
 * `fits`: leave it. `small`: traffic alone fills it. `slow`: it fills because each connection is held too long, which
 * no size repairs. `held`: connections are taken without work being done. `unknown`: there is no telemetry.
 */
export type PoolVerdict = 'fits' | 'small' | 'slow' | 'held' | 'unknown';

/** Connections in use by Little's law: taken a second × seconds held, on the busiest instance. */
export interface PoolDemand {
  /** Half of the time it was less. */
  readonly usual: number;
  /** Connections taken a second at the busiest time. */
  readonly busiest: number;
  readonly peak: number;
  /** Seconds since 1970. */
  readonly peakAt: number;
  /** Seconds that a connection is held, usually and at the peak. */
  readonly heldUsually: number;
  readonly heldAtPeak: number;
  /** The most connections that the pool itself reported; undefined where it reports none. */
  readonly reported: number | undefined;
  /** The most requests that waited at once for a connection of an instance; undefined where nobody counts them. */
  readonly waiting: number | undefined;
  /** The size at which the peak fills three quarters. */
  readonly size: number;
  /** The share of the pool that is free at the peak; negative where it is not enough. */
  readonly headroom: number;
  /** What the busiest traffic would need if every connection were held longer than usual by a factor. */
  readonly slower: readonly { readonly factor: number; readonly connections: number }[];
}

/** All pools of some services, over a stretch of time in seconds since 1970. */
export interface PoolReport {
  readonly from: number;
  readonly until: number;
  readonly prometheus: string;
  readonly pools: readonly PoolSizing[];
  /** What Prometheus warned of: the figures are then of a part of the series. */
  readonly warnings: readonly string[];
}
