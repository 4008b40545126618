import type { Dimension } from '../model/dimension.ts';
import { type Duration, longest, toDuration, toSeconds } from '../model/duration.ts';
import type { Catalog } from '../model/service.ts';

/** Scrapes that a window holds at least: two are needed for a rate, and one may be lost. */
export const SCRAPES_IN_WINDOW = 4;
/** The scrape interval that windows and counts were measured at. */
export const USUAL_SCRAPE: Duration = '15s';

/** The windows of alerts, and what has to be seen in them, at a scrape interval. */
export interface Timing {
  /** A window, made longer where it would hold too few scrapes. @example timingOf('60s').window('2m') // '4m' */
  readonly window: (usual: Duration) => Duration;
  /** How many a guard asks for in such a window: as many a second as in the usual one. */
  readonly count: (usual: number, window: Duration) => number;
}

/**
 * What the scrape interval makes of the windows: `max(usual, 4 × scrape)`. Up to 30 s all are as they were measured.
 *
 * @example timingOf('60s').count(400, '2m') // 800
 */
export function timingOf(scrapeInterval: Duration = USUAL_SCRAPE): Timing {
  const shortest = toDuration(SCRAPES_IN_WINDOW * toSeconds(scrapeInterval));
  const window = (usual: Duration) => longest(usual, shortest);
  return {
    window,
    count: (usual, base) => Math.ceil((usual * toSeconds(window(base))) / toSeconds(base)),
  };
}

/** What every part of an alert's expression depends on: its windows, and what divides its series. */
export interface Terms extends Timing {
  readonly dimensions: readonly Dimension[];
}

/** The terms of a catalog. */
export function termsOf({ scrapeInterval, dimensions = [] }: Omit<Catalog, 'services'>): Terms {
  return { ...timingOf(scrapeInterval), dimensions };
}
