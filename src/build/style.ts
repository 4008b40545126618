import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { Unit } from '../model/quantity.ts';
import type { Limit } from '../model/signal.ts';
import { sdk } from './sdk.ts';

/** Okabe and Ito's palette: told apart also by people who see red and green as one. */
export const COLOURS = {
  good: '#009E73',
  warn: '#E69F00',
  bad: '#D55E00',
  calm: '#56B4E9',
  main: '#0072B2',
  accent: '#CC79A7',
  quiet: '#8E8E8E',
} as const;

/** Grafana's id for a unit. */
export function grafanaUnit(unit: Unit): string {
  switch (unit) {
    case 'ratio':
      return 'percentunit';
    case 'seconds':
      return 's';
    case 'count':
      return 'short';
    case 'factor':
      return 'suffix:×';
    default:
      return unit satisfies never;
  }
}

/** The colours around a limit: good on one side, bad on the other, the same numbers as the alert's. */
export function limitColours(limit: Pick<Limit, 'comparison' | 'value'>): dashboard.ThresholdsConfigBuilder {
  const [low, high] = limit.comparison === 'lt' ? [COLOURS.bad, COLOURS.good] : [COLOURS.good, COLOURS.bad];
  return new sdk.dashboard.ThresholdsConfigBuilder().mode(sdk.dashboard.ThresholdsMode.Absolute).steps([
    { value: null, color: low },
    { value: limit.value.value, color: high },
  ]);
}

/** No limit: one colour. */
export function plainColours(): dashboard.ThresholdsConfigBuilder {
  return new sdk.dashboard.ThresholdsConfigBuilder()
    .mode(sdk.dashboard.ThresholdsMode.Absolute)
    .steps([{ value: null, color: COLOURS.good }]);
}

/** A fixed colour for one series. */
export function fixedColour(name: string, colour: string) {
  return { name, properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }] };
}
