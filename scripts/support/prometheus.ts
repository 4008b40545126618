import { readConfig } from '../../src/config.ts';
import { toSeconds } from '../../src/model/duration.ts';
import { openPrometheus, type Prometheus } from '../../src/prometheus/index.ts';
import { UsageError } from './command.ts';
import { readDuration } from './moment.ts';
import type { PrometheusCommandOptions } from './prometheus-options.ts';
import { ROOT } from './root.ts';

/** Opens the Prometheus that options and environment name. @throws UsageError if they name none */
export function openPrometheusOf(options: PrometheusCommandOptions): Prometheus {
  const { env } = options;
  const result = readConfig({ environment: process.env, directory: ROOT, ...(env === undefined ? {} : { name: env }) });
  if ('problems' in result) throw new UsageError(result.problems);
  const { config } = result;
  const url = options.prometheus ?? config.prometheusUrl;
  if (url === undefined) {
    throw unusable(
      '--prometheus',
      'is missing, and PROMETHEUS_URL is not set',
      'Say which Prometheus to ask: --prometheus http://127.0.0.1:9090',
    );
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw unusable('--prometheus', 'is no http or https address', 'Such as https://prometheus.example.com');
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '') {
    throw unusable(
      '--prometheus',
      'holds a user, a password or parameters, which would show up in logs',
      'Set PROMETHEUS_USER and PROMETHEUS_PASSWORD, or PROMETHEUS_TOKEN; a tenant is PROMETHEUS_TENANT',
    );
  }
  return openPrometheus({
    url,
    user: config.prometheusUser,
    password: config.prometheusPassword,
    token: config.prometheusToken,
    tenant: config.prometheusTenant,
    timeout: toSeconds(readDuration('--timeout', options.timeout)) * 1000,
    fetch,
  });
}

function unusable(subject: string, message: string, remedy: string): UsageError {
  return new UsageError([{ code: 'K013', level: 'error', subject, message, remedy }]);
}
