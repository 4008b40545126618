/** What a Prometheus refuses, each with its next step. No error carries a credential. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ExplainedError, type FailureKind } from '../../model/explained-error.ts';
import type { ServerName } from '../http/index.ts';

export const PROMETHEUS: ServerName = {
  name: 'Prometheus',
  addressSetting: '--prometheus, or PROMETHEUS_URL',
  caSetting: 'PROMETHEUS_CA_FILE',
  addressHint:
    'give it without /api/v1, with the prefix it is served from, such as https://mimir.example.com/prometheus',
  lateHint: 'Give it longer (--timeout 60s), or a shorter window; an overloaded Prometheus proves nothing.',
  codes: {
    unreachable: 'K001',
    late: 'K002',
    tls: 'K001',
    redirect: 'K005',
    large: 'K008',
    unreadable: 'K005',
    'web page': 'K005',
  },
  // Nothing is known without an answer, which is no breach: the gate's exit code for inconclusive is that of `access`.
  kinds: {
    unreachable: 'access',
    late: 'access',
    tls: 'access',
    redirect: 'usage',
    large: 'access',
    unreadable: 'access',
    'web page': 'usage',
  },
};

/** Why nothing is known, for a report that says so; undefined where the request itself is to be corrected. */
export function unknownBecause(error: unknown): Diagnostic | undefined {
  const { kind, problems } = (error instanceof Error ? error : {}) as Partial<ExplainedError>;
  const [problem] = problems ?? [];
  return kind === 'access' && problem !== undefined ? { ...problem, level: 'warning' } : undefined;
}

/** The error of an answer that is an error, by status and by what Prometheus, Mimir or Thanos says about it. */
export function refusalOf(address: string, status: number, said: string): ExplainedError {
  const shown = said === '' ? `status ${status}` : said;
  // Mimir and Cortex answer 401 "no org id" where the tenant is missing, whatever the credentials.
  if (/no org id/i.test(said)) {
    return errorOf(status, {
      code: 'K004',
      subject: address,
      message: `wants a tenant (${shown})`,
      remedy: 'Set PROMETHEUS_TENANT: it is sent as X-Scope-OrgID.',
    });
  }
  if (status === 401 || status === 403) {
    return errorOf(status, {
      code: 'K003',
      subject: address,
      message: `refuses access (${shown})`,
      remedy:
        'Set PROMETHEUS_TOKEN, or PROMETHEUS_USER and PROMETHEUS_PASSWORD; with several tenants PROMETHEUS_TENANT.',
    });
  }
  if (status === 404) return notPrometheus(address, `status ${status}`, status);
  if (status === 429 || status === 502 || status === 503 || status === 504) {
    return errorOf(status, {
      code: 'K006',
      subject: address,
      message: `is busy or starting (${status}: ${shown})`,
      remedy: 'Run the command again in a minute.',
    });
  }
  return errorOf(status, {
    code: 'K007',
    subject: address,
    message: `cannot evaluate a query (${status}: ${shown})`,
    remedy: 'If it is about limits (samples, series, length), use a shorter window; else say so with this message.',
  });
}

/** Something else than a Prometheus is there. */
export function notPrometheus(address: string, what: string, status?: number): ExplainedError {
  const problem = {
    code: 'K005',
    subject: address,
    message: `is not a Prometheus: it answers /api/v1/query with ${what}`,
    remedy:
      'Give the address without /api/v1, with the prefix it is served from, such as https://mimir.example.com/prometheus.',
  };
  return errorOf(status, problem, 'usage');
}

function errorOf(
  status: number | undefined,
  problem: Omit<Diagnostic, 'level'>,
  kind: FailureKind = 'access',
): ExplainedError {
  const { code, subject, message, remedy } = problem;
  return new ExplainedError({
    code,
    message: `${subject} ${message}`,
    remedy,
    kind,
    problems: [{ ...problem, level: 'error' }],
    ...(status === undefined ? {} : { status }),
  });
}
