import { defineAlert } from '../../src/build/index.ts';

/**
 * Ours: a rule keeps its last state while its query fails, so one whose query fails for good is silent for ever. This
 * one asks all queries of a service at once and fires where any of them fails. A warning, in one notification for all
 * services: when Prometheus itself is down every one of these fires, and DataSourceUnreachable is the page.
 */
export const alertQueries = defineAlert({
  alert: 'ServiceAlertQueryFailing',
  slug: 'queries',
  signal: 'alert-queries',
  severity: 'warning',
  summary: 'a query of its alerts fails, so that it cannot fire',
  description:
    'At least one alert of this service is blind. The annotation Error says why: two series where one is expected, a limit of the server, a time-out. If DataSourceUnreachable fires too, start there.',
  absence: {
    noData: 'Alerting',
    error: 'Alerting',
    because: 'The failing query is what this rule is about; it always has a value, so that none is a failure too.',
  },
});
