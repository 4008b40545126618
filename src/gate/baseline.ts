/** What a window is compared with: an earlier time, another version, or a saved file. */
import { z } from 'zod';
import { type Duration, isDuration, toSeconds } from '../model/duration.ts';
import type { GatedSignal } from './judge.ts';

/** What the user asked for. */
export type BaselineChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'offset'; readonly offset: Duration }
  /** Series of another version: by the running version that the profile knows, or by a label of the series. */
  | { readonly kind: 'version'; readonly version: string; readonly label: string | undefined }
  | { readonly kind: 'file'; readonly file: string };

/**
 * Reads `--baseline`.
 *
 * @example parseBaseline('offset:1d') // { kind: 'offset', offset: '1d' }
 * @example parseBaseline('version:v1.2.2') // instances whose service_version is v1.2.2
 * @example parseBaseline('version:track=stable') // series with track="stable"
 * @returns undefined if it is none of the forms.
 */
export function parseBaseline(text: string): BaselineChoice | undefined {
  if (text === 'none') return { kind: 'none' };
  const [, kind, value = ''] = /^(offset|version|file):(.+)$/.exec(text) ?? [];
  switch (kind) {
    case 'offset':
      return isDuration(value) && toSeconds(value) > 0 ? { kind, offset: value } : undefined;
    case 'version': {
      if (!value.includes('=')) return { kind, version: value, label: undefined };
      const [, label, version] = /^([A-Za-z_]\w*)=(.+)$/.exec(value) ?? [];
      return label === undefined || version === undefined ? undefined : { kind, version, label };
    }
    case 'file':
      return { kind, file: value };
    default:
      return undefined;
  }
}

/** A signal over a whole window: one value for each of its series. */
export interface WindowValue {
  readonly signal: GatedSignal;
  readonly series: Readonly<Record<string, string>>;
  readonly value: number;
  /** Requests or queries that it is made of. */
  readonly observations: number;
}

const gated = z.enum(['latency-p95', 'query-p95', 'error-ratio', 'pool-utilisation']);
const savedBaseline = z.strictObject({
  format: z.literal('grafana-as-code/baseline'),
  version: z.literal(1),
  service: z.string(),
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  values: z.array(
    z.strictObject({
      signal: gated,
      series: z.record(z.string(), z.string()),
      value: z.number().nonnegative(),
      observations: z.number().nonnegative(),
    }),
  ),
});

/** A window that was kept, to compare later ones with. */
export interface SavedBaseline {
  readonly service: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly values: readonly WindowValue[];
}

/** The file's text: sorted and rounded, so that the same window gives the same bytes. */
export function renderBaseline({ service, from, until, values }: SavedBaseline): string {
  const key = ({ signal, series }: WindowValue) => `${signal} ${JSON.stringify(series)}`;
  const form: z.input<typeof savedBaseline> = {
    format: 'grafana-as-code/baseline',
    version: 1,
    service,
    from: new Date(from * 1000).toISOString(),
    until: new Date(until * 1000).toISOString(),
    values: [...values]
      .sort((left, right) => (key(left) < key(right) ? -1 : 1))
      .map((one) => ({
        signal: one.signal,
        series: { ...one.series },
        value: Number(one.value.toPrecision(6)),
        observations: Math.round(one.observations),
      })),
  };
  return `${JSON.stringify(form, null, 2)}\n`;
}

/** Reads such a file. */
export function parseSavedBaseline(text: string): SavedBaseline | { readonly problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'is not JSON' };
  }
  const parsed = savedBaseline.safeParse(json);
  if (!parsed.success) return { problem: `is not a baseline: ${z.prettifyError(parsed.error).split('\n')[0] ?? ''}` };
  const { service, from, until, values } = parsed.data;
  return { service, from: Date.parse(from) / 1000, until: Date.parse(until) / 1000, values };
}
