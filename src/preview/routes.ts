/** What the simulator and the pager answer, whatever serves it. */

/** What was asked. */
export interface Asked {
  /** The body as JSON; undefined if it is not JSON, or larger than any notification. */
  json(): Promise<unknown>;
}

/** What is sent back. */
export interface Reply {
  /** Default: 200. */
  readonly status?: number;
  /** Default: plain text. */
  readonly type?: string;
  readonly body: string | Iterable<string>;
}

/** Answers by method and path. @example { 'GET /metrics': () => ({ body: '' }) } */
export type Routes = Readonly<Record<string, (asked: Asked) => Reply | Promise<Reply>>>;
