import { openPrometheus } from '../adapters/prometheus/index.ts';
import { toSeconds } from '../model/duration.ts';
import { refused } from '../model/explained-error.ts';
import type { Prometheus } from '../model/prometheus.ts';
import { configuration } from './configuration.ts';
import type { Io } from './io.ts';
import { readDuration } from './moment.ts';

/** Which Prometheus. */
export interface PrometheusChoice {
  /** Default: `PROMETHEUS_URL`. */
  readonly prometheus?: string;
  /** A duration, for one query. */
  readonly timeout: string;
  readonly env?: string;
}

/** Opens the Prometheus that options and environment name. @throws ExplainedError if they name none */
export function openPrometheusOf(options: PrometheusChoice, io: Io): Prometheus {
  const config = configuration(io, options);
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
    throw unusable('--prometheus', 'is not an http or https address', 'Such as https://prometheus.example.com');
  }
  if (parsed.username !== '' || parsed.password !== '' || /[?#]/.test(url)) {
    throw unusable(
      '--prometheus',
      'holds a user, a password, parameters or a fragment (#), which would show up in logs',
      'Set PROMETHEUS_USER and PROMETHEUS_PASSWORD, or PROMETHEUS_TOKEN; a tenant is PROMETHEUS_TENANT',
    );
  }
  const { prometheusToken: token, prometheusTenant: tenant } = config;
  checkHeader('PROMETHEUS_TOKEN', token?.reveal());
  checkHeader('PROMETHEUS_TENANT', tenant);
  return openPrometheus({
    url,
    user: config.prometheusUser,
    password: config.prometheusPassword,
    token,
    tenant,
    caFile: config.prometheusCaFile,
    deadline: readTimeout(options.timeout) * 1000,
    world: io.http,
  });
}

/** Seconds for one query. @throws ExplainedError for more than any server lets a query take. */
function readTimeout(text: string): number {
  const seconds = toSeconds(readDuration('--timeout', text));
  if (seconds <= LONGEST_QUERY) return seconds;
  throw refused('K011', `--timeout ${text}`, 'is longer than an hour', 'A query takes seconds: --timeout 60s');
}

const LONGEST_QUERY = 3600;

/** @throws ExplainedError, without the value, for what HTTP cannot send. */
function checkHeader(name: string, value = ''): void {
  if (/^[\x20-\x7e]*$/.test(value)) return;
  throw refused('C003', name, 'holds a sign that no HTTP header can carry', 'Copy it again: ASCII, in one line');
}

function unusable(subject: string, message: string, remedy: string): Error {
  return refused('K013', subject, message, remedy);
}
