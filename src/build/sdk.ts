/**
 * The Foundation SDK's builders. They are CommonJS: `require` takes the half of the time that `import` does, because
 * nobody has to search hundreds of files for the names that they export. A type of it is imported as usual.
 */
import { createRequire } from 'node:module';
import type * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as text from '@grafana/grafana-foundation-sdk/text';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

const load = createRequire(import.meta.url);

export const sdk = {
  common: load('@grafana/grafana-foundation-sdk/common') as typeof common,
  dashboard: load('@grafana/grafana-foundation-sdk/dashboard') as typeof dashboard,
  heatmap: load('@grafana/grafana-foundation-sdk/heatmap') as typeof heatmap,
  prometheus: load('@grafana/grafana-foundation-sdk/prometheus') as typeof prometheus,
  stat: load('@grafana/grafana-foundation-sdk/stat') as typeof stat,
  table: load('@grafana/grafana-foundation-sdk/table') as typeof table,
  text: load('@grafana/grafana-foundation-sdk/text') as typeof text,
  timeseries: load('@grafana/grafana-foundation-sdk/timeseries') as typeof timeseries,
} as const;
