/** The units thresholds and signals are stated in; values are in the unit's base (ratio 0–1, seconds). */
export type Unit = 'ratio' | 'seconds' | 'count' | 'factor';

/** A number that knows its unit, so that 75 percent cannot be mistaken for 75 seconds. */
export interface Quantity<U extends Unit = Unit> {
  readonly unit: U;
  readonly value: number;
}

/** A share between 0 and 1, written in percent. @example percent(75) // 0.75 */
export function percent(value: number): Quantity<'ratio'> {
  return { unit: 'ratio', value: Number((value / 100).toPrecision(12)) };
}

/** A time in seconds. @example seconds(2) */
export function seconds(value: number): Quantity<'seconds'> {
  return { unit: 'seconds', value };
}

/** A time in milliseconds, kept in seconds. @example milliseconds(500) // 0.5 s */
export function milliseconds(value: number): Quantity<'seconds'> {
  return { unit: 'seconds', value: Number((value / 1000).toPrecision(12)) };
}

/** A plain number of things, such as waiting requests. @example count(0) */
export function count(value: number): Quantity<'count'> {
  return { unit: 'count', value };
}

/** A multiple of something, such as a baseline. @example times(3) */
export function times(value: number): Quantity<'factor'> {
  return { unit: 'factor', value };
}

/**
 * A quantity as people read it.
 *
 * @example formatQuantity(percent(5)) // '5 %'
 * @example formatQuantity(milliseconds(500)) // '500 ms'
 */
export function formatQuantity({ unit, value }: Quantity): string {
  switch (unit) {
    case 'ratio':
      return `${trim(value * 100)} %`;
    case 'seconds':
      return Math.abs(value) >= 1 || value === 0 ? `${trim(value)} s` : `${trim(value * 1000)} ms`;
    case 'count':
      return trim(value);
    case 'factor':
      return `${trim(value)} ×`;
    default:
      return unit satisfies never;
  }
}

function trim(value: number): string {
  return String(Number(value.toPrecision(6)));
}
