export { withMatchers } from './bindings.ts';
export { micrometer } from './profiles/micrometer.ts';
export { otel } from './profiles/otel.ts';
export { promClient } from './profiles/prom-client.ts';
export { matcher } from './promql.ts';
export { findSignal, projectSignals, signals } from './signals.ts';
