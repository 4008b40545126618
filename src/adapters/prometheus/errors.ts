/** What can go wrong between us and a Prometheus, each with its next step. No error carries a credential. */
import type { Diagnostic } from '../model/diagnostic.ts';

/** Prometheus does not answer, refuses, or is none: what happened, and what to do next. */
export class PrometheusError extends Error {
  override readonly name = 'PrometheusError';
  readonly code: string;
  readonly remedy: string;
  /** The same for a report that holds what is not known. */
  readonly diagnostic: Diagnostic;
  /** Nothing is known then, which is no breach: the gate's code for inconclusive. 2 where the address is wrong. */
  readonly exitCode: 2 | 3;
  /** Whether the same request may succeed a moment later. */
  readonly passing: boolean;

  constructor(facts: PrometheusFailure, options?: ErrorOptions) {
    const { code, address, message, remedy } = facts;
    super(`${address} ${message}`, options);
    this.code = code;
    this.remedy = remedy;
    this.diagnostic = { code, level: 'warning', subject: address, message, remedy };
    this.exitCode = facts.exitCode ?? 3;
    this.passing = facts.passing ?? false;
  }
}

export interface PrometheusFailure {
  readonly code: string;
  readonly address: string;
  /** As the end of a sentence that begins with the address. */
  readonly message: string;
  readonly remedy: string;
  readonly exitCode?: 2 | 3;
  readonly passing?: boolean;
}

/** The connection did not work: by Node's error code, which `fetch` hides in the cause. */
export function connectionFailure(address: string, cause: unknown): PrometheusError {
  const code = codeOf(cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const facts = {
      code: 'K001',
      address,
      message: 'can not be reached: its host is unknown',
      remedy: WRONG_ADDRESS,
    };
    return new PrometheusError(facts, { cause });
  }
  if (/CERT|SSL|TLS|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(code)) {
    return new PrometheusError(
      {
        code: 'K001',
        address,
        message: `has no valid TLS certificate (${code})`,
        remedy: 'Set NODE_EXTRA_CA_CERTS to the PEM file of your own authority, or correct the address.',
      },
      { cause },
    );
  }
  return new PrometheusError(
    {
      code: 'K001',
      address,
      message: `can not be reached (${code})`,
      remedy: 'Is Prometheus running, and reachable from here? Then run the command again.',
      passing: true,
    },
    { cause },
  );
}

/** No answer in time. */
export function timeoutFailure(address: string, seconds: number): PrometheusError {
  return new PrometheusError({
    code: 'K002',
    address,
    message: `does not answer within ${seconds} s`,
    remedy: 'Give it longer (--timeout 60s), or a shorter window; an overloaded Prometheus proves nothing.',
  });
}

/** An answer that is an error, by status and by what Prometheus, Mimir or Thanos says about it. */
export function refusalFailure(address: string, status: number, said: string): PrometheusError {
  const told = said === '' ? `status ${status}` : said.slice(0, 300);
  // Mimir and Cortex answer 401 "no org id" where the tenant is missing, whatever the credentials.
  if (/no org id/i.test(said)) {
    return new PrometheusError({
      code: 'K004',
      address,
      message: `wants a tenant (${told})`,
      remedy: 'Set PROMETHEUS_TENANT: it is sent as X-Scope-OrgID.',
    });
  }
  if (status === 401 || status === 403) {
    return new PrometheusError({
      code: 'K003',
      address,
      message: `refuses access (${told})`,
      remedy:
        'Set PROMETHEUS_TOKEN, or PROMETHEUS_USER and PROMETHEUS_PASSWORD; with several tenants PROMETHEUS_TENANT.',
    });
  }
  if (status === 404 || (status >= 300 && status < 400)) return notPrometheus(address, `status ${status}`);
  if (status === 429 || status === 502 || status === 503 || status === 504) {
    return new PrometheusError({
      code: 'K006',
      address,
      message: `is busy or starting (${status}: ${told})`,
      remedy: 'Run the command again in a minute.',
      passing: true,
    });
  }
  return new PrometheusError({
    code: 'K007',
    address,
    message: `can not evaluate a query (${status}: ${told})`,
    remedy: 'If it is about limits (samples, series, length), use a shorter window; else say so with this message.',
  });
}

/** Something else than a Prometheus is there. */
export function notPrometheus(address: string, what: string): PrometheusError {
  return new PrometheusError({
    code: 'K005',
    address,
    message: `is no Prometheus: it answers /api/v1/query with ${what}`,
    remedy:
      'Give the address without /api/v1, with the prefix it is served from, such as https://mimir.example.com/prometheus.',
    exitCode: 2,
  });
}

const WRONG_ADDRESS = 'Correct --prometheus, or PROMETHEUS_URL.';

function codeOf(error: unknown): string {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    const { code } = inner as { code?: unknown };
    if (typeof code === 'string') return code;
    const [first] = inner instanceof AggregateError ? inner.errors : [];
    if (typeof (first as { code?: unknown } | undefined)?.code === 'string') return (first as { code: string }).code;
  }
  return error instanceof Error ? error.message : String(error);
}
