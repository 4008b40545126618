/** What can go wrong between us and a Grafana, each with its next step. No error carries a header or a body sent. */
import { TargetError } from '../../sync/index.ts';

/** Grafana refuses the account: wrong token or missing rights. The command's exit code says so. */
export class AccessError extends TargetError {
  readonly exitCode = 3;
}

/** An answer that is an error: the status, and what Grafana says about it. */
export class RefusedError extends TargetError {
  readonly status: number;
  readonly messageId: string;

  constructor(status: number, messageId: string, message: string, remedy: string) {
    super(status >= 500 || status === 429 ? 'G011' : 'G012', message, remedy);
    this.status = status;
    this.messageId = messageId;
  }
}

/** A request whose fate is unknown, or that never got through: the connection broke, or Grafana did not answer. */
export class UnreachableError extends TargetError {}

const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const TLS = /CERT|SSL|TLS|SELF_SIGNED|ALTNAME|EPROTO|UNABLE_TO_|ERR_TLS/;

/** The error of a connection that did not work, by Node's error code. */
export function connectionError(url: string, code: string, seconds: number): TargetError {
  if (TLS.test(code)) {
    return new TargetError(
      'G002',
      `${url} has no valid TLS certificate (${code})`,
      'Set GRAFANA_CA_FILE to the PEM file of your own authority, or correct the address. Nothing was written.',
    );
  }
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') {
    return new UnreachableError(
      'G001',
      `${url} does not answer within ${seconds} s`,
      'Is it running, and reachable from here (HTTPS_PROXY, NO_PROXY, firewall)? Then run the command again.',
    );
  }
  if (UNKNOWN_HOST.has(code)) {
    return new UnreachableError('G001', `${url} can not be reached: its host is unknown`, 'Correct GRAFANA_URL.');
  }
  return new UnreachableError(
    'G001',
    `${url} can not be reached (${code})`,
    'Is it running, and is GRAFANA_URL right? Then run the command again.',
  );
}

/** Grafana's error answers in their two forms, `/api` and `/apis`. */
export function refusal(what: string, status: number, body: unknown): TargetError {
  const { message = '', messageId = '' } = fieldsOf(body);
  if (status === 401) {
    return new AccessError(
      'G005',
      `${what}: the token, or user and password, are not accepted${message === '' ? '' : ` (${message})`}`,
      'Make a new token (Administration, Service accounts, role Editor) and set GRAFANA_TOKEN.',
    );
  }
  if (status === 403) {
    return new AccessError(
      'G006',
      `${what}: not allowed${message === '' ? '' : `. ${message}`}`,
      'The account needs the Editor role, and Edit on the folder. A folder that was made by an upsert grants nobody anything: let an administrator repair its permissions.',
    );
  }
  const said = message === '' ? `status ${status}` : message;
  const remedy = /no alertmanager configuration/i.test(message)
    ? 'Grafana prepares the alerting of a new organisation within a minute. Wait, and run the command again.'
    : status === 429 || status >= 500
      ? 'Grafana is busy or broken for the moment. Run the sync again: it goes on where this one stopped.'
      : 'Grafana does not accept it. Correct what it says; nothing of this item was changed.';
  return new RefusedError(status, messageId, `${what}: ${said}`, remedy);
}

/** The object is no longer as the plan saw it. */
export function changedSince(what: string): TargetError {
  return new TargetError(
    'S004',
    `${what} changed after the plan was made, and was left as it is`,
    'Make a new plan: npm run plan',
  );
}

/** It exists, and this account may not look at it. */
export function outOfSight(what: string): TargetError {
  return new TargetError(
    'G017',
    `${what} exists already, in a place that this account may not look into`,
    'Let an administrator give this account Edit there, or move or delete what has the UID.',
  );
}

export function fieldsOf(body: unknown): { readonly message?: string; readonly messageId?: string } {
  if (typeof body !== 'object' || body === null) return {};
  const { message, messageId, details } = body as Record<string, unknown>;
  const uid = typeof details === 'object' && details !== null ? (details as Record<string, unknown>)['uid'] : undefined;
  const id = messageId ?? uid;
  return {
    ...(typeof message === 'string' ? { message: message.slice(0, 500) } : {}),
    ...(typeof id === 'string' ? { messageId: id } : {}),
  };
}
