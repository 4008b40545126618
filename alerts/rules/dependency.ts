import { defineAlert } from '../../src/build/index.ts';

/** Review, alert 5: visibility when what we call starts failing. */
export const dependency = defineAlert({
  alert: 'ServiceDependencyErrorsHigh',
  slug: 'dependency',
  signal: 'dependency-error-ratio',
  severity: 'warning',
  summary: '{{value}} of calls to {{label:dependency}} fail',
  description:
    'A dependency fails or times out. If it is ours, go on with its own dashboard; if not, with its status page, and think of turning the feature off.',
});
