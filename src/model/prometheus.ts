import type { Point, Span } from './time.ts';

/** A series with its values at some times, in seconds since 1970. NaN and infinities are as Prometheus has them. */
export interface TimeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

/** What a query gave, and what Prometheus has to say about it. */
export interface Answer {
  readonly series: readonly TimeSeries[];
  /** The answer is not complete, or not to be trusted: a store that did not answer, a malformed bucket. */
  readonly warnings: readonly string[];
}

/** What the engine asks a Prometheus; the adapter answers. */
export interface Prometheus {
  /** The address, without credentials. */
  readonly address: string;
  /** A query at one time. */
  instant(expression: string, at: number): Promise<Answer>;
  /** A query at every step from one time to another, both included. */
  range(expression: string, span: Span & { readonly step: number }): Promise<Answer>;
  /** Requests sent, repetitions included. */
  requests(): number;
}
