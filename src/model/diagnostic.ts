/** `error` stops everything before a write; `warning` is shown and lets the command go on. */
export type DiagnosticLevel = 'error' | 'warning';

/**
 * Something a user can put right. Diagnostics are collected and shown together; only bugs and IO throw.
 *
 * @example
 * { code: 'R014', level: 'error', file: 'alerts/rules/pool.ts', subject: 'ServicePoolSaturated, ledger',
 *   message: 'links to a panel that does not exist', remedy: 'Panels there: latency, errors' }
 */
export interface Diagnostic {
  /** Stable code, explained with an example in docs/diagnostics.md. */
  readonly code: string;
  readonly level: DiagnosticLevel;
  /** The file to open, relative to the project; absent where no file is to blame. */
  readonly file?: string;
  /** What it is about: a service, a panel of a dashboard, an alert of a service, a variable. */
  readonly subject: string;
  /** What is wrong, as the end of a sentence that begins with the subject. */
  readonly message: string;
  /** What to do next; a command where there is one. */
  readonly remedy: string;
}
