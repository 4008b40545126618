/**
 * The Foundation SDK's builders. They are CommonJS: `require` takes the half of the time that `import` does, because
 * nobody has to search hundreds of files for the names that they export. A type of it is imported as usual.
 */
import { createRequire } from 'node:module';
import type * as alerting from '@grafana/grafana-foundation-sdk/alerting';
import type * as expr from '@grafana/grafana-foundation-sdk/expr';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';

const load = createRequire(import.meta.url);

export const sdk = {
  alerting: load('@grafana/grafana-foundation-sdk/alerting') as typeof alerting,
  expr: load('@grafana/grafana-foundation-sdk/expr') as typeof expr,
  prometheus: load('@grafana/grafana-foundation-sdk/prometheus') as typeof prometheus,
} as const;
