/** Where a baseline's values come from. */
import { matcher } from '../metrics/index.ts';
import { toSeconds } from '../model/duration.ts';
import type { Matcher } from '../model/metrics.ts';
import type { Service } from '../model/service.ts';
import { formatMoment, type Span } from '../model/time.ts';
import type { BaselineChoice, SavedBaseline, WindowValue } from './baseline.ts';
import { type Gated, only, type WindowReader } from './measure.ts';

/** A baseline whose file, if it is one, has been read. */
export type Baseline =
  | Exclude<BaselineChoice, { kind: 'file' }>
  | { readonly kind: 'file'; readonly file: string; readonly saved: SavedBaseline };

/** A window, and what it is compared with. */
export interface Comparison {
  readonly service: Service;
  readonly window: Span;
  readonly baseline: Baseline;
}

/** The baseline's values, or why there are none. */
export interface Against {
  readonly text: string;
  readonly values: readonly WindowValue[];
  readonly problem?: string;
}

/** Days back in which another version is looked for. */
const LOOK_BACK = 7 * 86_400;

/** The values to compare with. */
export async function compareWith(
  question: Comparison,
  reader: WindowReader,
  gated: readonly Gated[],
): Promise<Against> {
  const { baseline, window, service } = question;
  const spanText = (span: Span) =>
    `${formatMoment(span.from, window.from)} to ${formatMoment(span.until, span.from)} UTC`;
  const wholeOf = async (span: Span, matchers: readonly Matcher[] = []) =>
    (await Promise.all(gated.map((one) => reader.whole(one, span, matchers)))).flat();
  switch (baseline.kind) {
    case 'none':
      return { text: 'none', values: [] };
    case 'file':
      return { text: `file:${baseline.file}, ${spanText(baseline.saved)}`, values: baseline.saved.values };
    case 'offset': {
      const back = toSeconds(baseline.offset);
      const span = { from: window.from - back, until: window.until - back };
      return { text: `offset:${baseline.offset}, ${spanText(span)}`, values: await wholeOf(span) };
    }
    case 'version': {
      const { version, label } = baseline;
      if (label !== undefined) {
        const text = `version:${label}=${version}, ${spanText(window)}`;
        return { text, values: await wholeOf(window, [matcher(label, '=', version)]) };
      }
      const text = `version:${version}`;
      if (service.metrics.version === undefined) {
        return {
          text,
          values: [],
          problem: `the metrics of ${service.id} tell no version: name a label, version:LABEL=${version}`,
        };
      }
      const span = await spanOfVersion(service, version, window, reader);
      if (span === undefined) return { text, values: [], problem: `${version} did not run in the last seven days` };
      const instances = await reader.instances(service, version, span);
      return { text: `${text}, ${spanText(span)}`, values: await wholeOf(span, [only(instances)]) };
    }
    default:
      return baseline satisfies never;
  }
}

/** The window itself if the version runs beside the new one, else as long a time until it was last seen. */
async function spanOfVersion(
  service: Service,
  version: string,
  window: Span,
  reader: WindowReader,
): Promise<Span | undefined> {
  const last = await reader.lastSeen(service, version, { from: window.from - LOOK_BACK, until: window.until });
  if (last === undefined || last >= window.from) return last === undefined ? undefined : window;
  return { from: last - (window.until - window.from), until: last };
}

/** Against another version, the new one is what does not belong to the other. */
export async function othersThanBaseline(
  { baseline, service, window }: Comparison,
  reader: WindowReader,
): Promise<readonly Matcher[]> {
  if (baseline.kind !== 'version') return [];
  if (baseline.label !== undefined) return [matcher(baseline.label, '!=', baseline.version)];
  const instances = await reader.instances(service, baseline.version, window);
  return instances.length === 0 ? [] : [only(instances, 'others')];
}
