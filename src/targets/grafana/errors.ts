/** What Grafana refuses, each with its next step. Texts of Grafana are quoted without secrets, in one line. */
import { failureOf, type Http, type HttpAnswer } from '../../adapters/http/index.ts';
import { ExplainedError } from '../../model/explained-error.ts';

/** Grafana refuses the account: wrong token or missing rights. The command's exit code says so. */
export function accessDenied(code: string, message: string, remedy: string, status?: number): ExplainedError {
  return new ExplainedError({ code, message, remedy, kind: 'access', ...(status === undefined ? {} : { status }) });
}

/** The status of the answer that this error is about; undefined where there was none, or it is about something else. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as Partial<ExplainedError>).status : undefined;
}

/** Whether nobody knows if Grafana did what it was asked: the connection broke, it did not answer, or it stumbled. */
export function isFateUnknown(error: unknown): boolean {
  const failure = failureOf(error);
  return failure === undefined ? (statusOf(error) ?? 0) >= 500 : failure.fate !== 'answered';
}

/** Grafana's error answers in their two forms, `/api` and `/apis`. */
export function refusal(what: string, { status, body }: HttpAnswer, quote: Http['quote']): ExplainedError {
  const message = quote(messageOf(body));
  if (status === 401) {
    return accessDenied(
      'G005',
      `${what}: the token, or user and password, are not accepted${message === '' ? '' : ` (${message})`}`,
      'Make a new token (Administration, Service accounts, role Editor) and set GRAFANA_TOKEN.',
      status,
    );
  }
  if (status === 403) {
    return accessDenied(
      'G006',
      `${what}: not allowed${message === '' ? '' : `. ${message}`}`,
      'The account needs the Editor role, and Edit on the folder. A folder that was made by an upsert grants nobody anything: let an administrator repair its permissions.',
      status,
    );
  }
  const said = message === '' ? `status ${status}` : message;
  const busy = status >= 500 || status === 429;
  const remedy = /no alertmanager configuration/i.test(message)
    ? 'Grafana prepares the alerting of a new organisation within a minute. Wait, and run the command again.'
    : busy
      ? 'Grafana is busy or broken for the moment. Run the sync again: it goes on where this one stopped.'
      : 'Grafana does not accept it. Correct what it says; nothing of this item was changed.';
  return new ExplainedError({ code: busy ? 'G011' : 'G012', message: `${what}: ${said}`, remedy, status });
}

/** The object is no longer as the plan saw it. */
export function changedSince(what: string): ExplainedError {
  return new ExplainedError({
    code: 'S004',
    message: `${what} changed after the plan was made, and was left as it is`,
    remedy: 'Make a new plan: npm run plan',
  });
}

/** It exists, and this account may not look at it. */
export function outOfSight(what: string): ExplainedError {
  return new ExplainedError({
    code: 'G017',
    message: `${what} exists already, in a place that this account may not look into`,
    remedy: 'Let an administrator give this account Edit there, or move or delete what has the UID.',
  });
}

/** What Grafana says of an error, as it came: quote it before it is shown. */
export function messageOf(body: unknown): string {
  const message = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['message'] : undefined;
  return typeof message === 'string' ? message : '';
}
