import { defineAlert } from '../../src/build/index.ts';

/** Review, alert 6. Never pages. */
export const memory = defineAlert({
  alert: 'ServiceMemoryHigh',
  slug: 'memory',
  signal: 'memory-utilisation',
  severity: 'warning',
  summary: 'memory is at {{value}} of its limit',
  description:
    'At the limit the instance is killed and its requests fail. A steady climb is a leak: restart one instance at a time, then find it.',
});
