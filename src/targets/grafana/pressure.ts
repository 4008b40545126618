import pLimit from 'p-limit';

/** Two: a Grafana on SQLite takes 126 dashboards a second from two writers and no more from four. */
const MOST = 2;
/** Writes that have to go well before the second writer comes back. */
const RECOVERY = 10;

/** How hard we push: two writes at once, one while Grafana says that it is too much. */
export interface Pressure {
  readonly run: <T>(write: () => Promise<T>) => Promise<T>;
  /** 429, 5xx or a locked database: one writer from now on. */
  readonly tooMuch: () => void;
  /** Writes that may be started at once. */
  readonly most: () => number;
}

/** Starts with two. */
export function createPressure(): Pressure {
  const limit = pLimit(MOST);
  let calm = 0;
  return {
    run: (write) =>
      limit(async () => {
        const result = await write();
        calm += 1;
        if (calm >= RECOVERY) limit.concurrency = MOST;
        return result;
      }),
    tooMuch: () => {
      calm = 0;
      limit.concurrency = 1;
    },
    most: () => limit.concurrency,
  };
}
