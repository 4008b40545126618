/** Times of measurements: seconds since 1970, as Prometheus counts them. */

/** A stretch of time, in seconds since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** A value at a time, in seconds since 1970. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** `2026-01-14 14:15` in UTC, without the day where it is that of another time. */
export function formatMoment(second: number, sameDayAs?: number): string {
  const text = new Date(second * 1000).toISOString();
  const [day = '', clock = ''] = text.split('T');
  const time = clock.slice(0, clock.slice(6, 8) === '00' ? 5 : 8);
  return sameDayAs !== undefined && new Date(sameDayAs * 1000).toISOString().startsWith(day) ? time : `${day} ${time}`;
}
