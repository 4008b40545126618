import type { Diagnostic } from './diagnostic.ts';

/** What a failure means for the exit code: `usage` is 2, `access` is 3, `failure` is 1. */
export type FailureKind = 'failure' | 'usage' | 'access';

/**
 * The one error of this project: something from outside failed, or was wrong, and a person can do something about it.
 * Anything else that is thrown is a fault of the tool itself.
 *
 * @example
 * throw new ExplainedError({ code: 'G001', message: 'https://grafana.example.com cannot be reached (ECONNREFUSED)',
 *   remedy: 'Is it running, and is GRAFANA_URL right?', cause })
 */
export class ExplainedError extends Error {
  override readonly name = 'ExplainedError';
  /** Stable code, explained with an example in docs/diagnostics.md. */
  readonly code: string;
  /** What to do next; a command where there is one. */
  readonly remedy: string;
  readonly kind: FailureKind;
  /** The status of the HTTP answer, where there was one. */
  readonly status: number | undefined;
  /** What is wrong, one by one, where it is more than one thing. */
  readonly problems: readonly Diagnostic[];

  constructor(error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    /** Default: `failure`. */
    readonly kind?: FailureKind;
    readonly status?: number;
    readonly problems?: readonly Diagnostic[];
    readonly cause?: unknown;
  }) {
    super(error.message, error.cause === undefined ? undefined : { cause: error.cause });
    this.code = error.code;
    this.remedy = error.remedy;
    this.kind = error.kind ?? 'failure';
    this.status = error.status;
    this.problems = error.problems ?? [];
  }
}

/**
 * Wrong arguments, configuration or input files, found before anything was done. Takes all that is wrong at once.
 *
 * @example throw usageError([{ code: 'C004', level: 'error', subject: '--runs x', message: 'is not a number', remedy: '--runs 3' }])
 */
export function usageError(problems: readonly Diagnostic[], cause?: unknown): ExplainedError {
  return new ExplainedError({
    code: problems[0]?.code ?? '',
    message: problems.map(({ subject, message }) => `${subject} ${message}`).join('; '),
    remedy: problems[0]?.remedy ?? '',
    kind: 'usage',
    problems,
    cause,
  });
}

/** One wrong argument, variable or file. */
export function refused(code: string, subject: string, message: string, remedy: string): ExplainedError {
  return usageError([{ code, level: 'error', subject, message, remedy }]);
}
