import { defineAlert } from '../../src/build/index.ts';

/** Ours: always firing, so that silence at the heartbeat's receiver means alerting itself is down. */
export const watchdog = defineAlert({
  alert: 'AlertingWatchdog',
  slug: 'watchdog',
  signal: 'watchdog',
  severity: 'none',
  summary: 'alerting works',
  description:
    'Fires always. If its receiver stops hearing it, Grafana, its alerting or the way out is down: nobody would be paged.',
});
