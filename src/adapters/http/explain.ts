/** The same words for the same failure, whichever server it is; codes and settings are the server's own. */

import { type FailureKind as ErrorKind, ExplainedError } from '../../model/explained-error.ts';
import type { HttpFailure } from './failure.ts';

/** What a server is called, and what a person sets to reach it. */
export interface ServerName {
  /** @example 'Grafana' */
  readonly name: string;
  /** What sets its address. @example 'GRAFANA_URL' */
  readonly addressSetting: string;
  /** What sets the PEM file of an own authority. @example 'GRAFANA_CA_FILE' */
  readonly caSetting: string;
  /** What more the address may need. @example 'add the sub-path Grafana is served from, such as /grafana' */
  readonly addressHint: string;
  /** What to do where it is late. Default: ask again. */
  readonly lateHint?: string;
  /** What to do where it redirects. Default: set the address to the other one. */
  readonly redirectHint?: string;
  readonly codes: Readonly<Record<FailureGroup, string>>;
  /** What a group means for the exit code. Default: `failure`. */
  readonly kinds?: Readonly<Partial<Record<FailureGroup, ErrorKind>>>;
}

/** Failures with a code in common. */
export type FailureGroup = 'unreachable' | 'late' | 'tls' | 'redirect' | 'large' | 'unreadable' | 'web page';

/** What happened, as the end of a sentence that begins with the address, and what to do next. */
interface Words {
  readonly group: FailureGroup;
  readonly message: string;
  readonly remedy: string;
}

/**
 * The error of a request that brought no answer.
 *
 * @param address of the server, without credentials
 * @param path without its query
 * @param seconds the deadline
 */
export function explain(
  server: ServerName,
  failure: HttpFailure,
  { address, path, seconds }: { readonly address: string; readonly path: string; readonly seconds: number },
): ExplainedError {
  const { group, message, remedy } = wordsOf(server, failure, path, seconds);
  const code = server.codes[group];
  return new ExplainedError({
    code,
    message: `${address} ${message}`,
    remedy,
    kind: server.kinds?.[group] ?? 'failure',
    problems: [{ code, level: 'error', subject: address, message, remedy }],
    cause: failure,
  });
}

function wordsOf(server: ServerName, failure: HttpFailure, path: string, seconds: number): Words {
  const { kind, message: detail } = failure;
  const { name, addressSetting, caSetting } = server;
  switch (kind) {
    case 'late':
      return {
        group: 'late',
        message: `does not answer within ${seconds} s`,
        remedy:
          server.lateHint ??
          'Is it running, and reachable from here (HTTPS_PROXY, NO_PROXY, firewall)? Then run the command again.',
      };
    case 'unknown host':
      return unreachable('cannot be reached: its host is unknown', `Correct ${addressSetting}.`);
    case 'refused':
    case 'no route':
    case 'broken':
    case 'other':
      return unreachable(
        `cannot be reached (${detail})`,
        `Is ${name} running, reachable from here, and is ${addressSetting} right? Then run the command again.`,
      );
    case 'not http':
      return unreachable(
        `answers with something other than HTTP (${detail})`,
        `Correct ${addressSetting}: another port belongs to ${name}.`,
      );
    case 'speaks no tls':
      return tls('speaks no TLS: is it http://?', `Correct ${addressSetting}: this port answers without TLS.`);
    case 'wants tls':
      return tls('speaks TLS only: is it https://?', `Correct ${addressSetting}: this port answers with TLS only.`);
    case 'unknown authority':
      return tls(
        `has a TLS certificate of an authority that is not known here (${detail})`,
        `Set ${caSetting} to the PEM file of your own authority.`,
      );
    case 'expired certificate':
      return tls(
        `has a TLS certificate that has expired (${detail})`,
        'Renew the certificate of the server; if it is valid, correct the clock of this machine.',
      );
    case 'certificate of another host':
      return tls(
        `has a TLS certificate of another host name (${detail})`,
        `Set ${addressSetting} to the name that the certificate is made out to.`,
      );
    case 'other certificate fault':
      return tls(
        `has no valid TLS certificate (${detail})`,
        'Correct the certificate of the server, or the clock of this machine.',
      );
    case 'no tls agreement':
      return tls(
        `ended the TLS handshake (${detail})`,
        `Does it want a certificate of the client, or an old version of TLS? Correct the server, or ${addressSetting}.`,
      );
    case 'unknown proxy':
      return unreachable(
        'cannot be reached: the host of the proxy is unknown',
        'Correct HTTPS_PROXY or HTTP_PROXY, or name the host in NO_PROXY.',
      );
    case 'proxy out of reach':
      return unreachable(
        `cannot be reached: the proxy does not answer (${detail})`,
        'Correct HTTPS_PROXY or HTTP_PROXY, or name the host in NO_PROXY.',
      );
    case 'proxy wants a login':
      return unreachable(
        'cannot be reached: the proxy wants user and password (407)',
        'Set them in HTTPS_PROXY or HTTP_PROXY: http://user:password@proxy:3128',
      );
    case 'proxy refuses':
      return unreachable(
        `cannot be reached: the proxy refuses to connect to it (${detail})`,
        'Let the proxy allow this host, or name the host in NO_PROXY.',
      );
    case 'redirect':
      return {
        group: 'redirect',
        message: `redirects to ${detail}`,
        remedy:
          server.redirectHint ??
          `Set ${addressSetting} to the address it redirects to, if you trust it: nothing was sent there.`,
      };
    case 'too large':
      return {
        group: 'large',
        message: `answers ${path} with more than ${detail}, unpacked`,
        remedy: `Nothing of it was used. Is ${addressSetting} right, and is it a ${name}?`,
      };
    case 'too complex':
      return {
        group: 'large',
        message: `answers ${path} with JSON of ${detail}`,
        remedy: `Nothing of it was used. Is ${addressSetting} right, and is it a ${name}?`,
      };
    case 'web page':
      return {
        group: 'web page',
        message: `answers ${path} with ${detail} instead of JSON`,
        remedy: `A login page or another server stands there: correct ${addressSetting}, and ${server.addressHint}.`,
      };
    case 'cut off':
      return {
        group: 'unreadable',
        message: `answers ${path} with an answer that is cut off`,
        remedy: `Something between here and ${name} breaks connections. Run the command again.`,
      };
    default:
      return kind satisfies never;
  }
}

function unreachable(message: string, remedy: string): Words {
  return { group: 'unreachable', message, remedy };
}

function tls(message: string, remedy: string): Words {
  return { group: 'tls', message, remedy: `${remedy} Nothing was written.` };
}
