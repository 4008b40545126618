import { defineAlert } from '../../src/build/index.ts';

/** Ours: one bad instance among many disappears in the average. */
export const instanceErrors = defineAlert({
  alert: 'ServiceInstanceErrorsHigh',
  slug: 'instance',
  signal: 'instance-error-ratio',
  severity: 'warning',
  summary: '{{value}} of the requests to one instance fail',
  description:
    'One instance is bad while the others may be well. Take it out or restart it; compare its version and node with the others.',
});
