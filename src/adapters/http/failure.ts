/** Why a request brought no answer that can be used, as it was read from what failed. */

/** What can fail between here and a server. */
export type FailureKind =
  /** No whole answer before the deadline. */
  | 'late'
  | 'unknown host'
  | 'refused'
  /** The connection ended before the answer did. */
  | 'broken'
  | 'no route'
  /** https, and the server answers in the clear. */
  | 'speaks no tls'
  /** http, and the server wants TLS. */
  | 'wants tls'
  | 'unknown authority'
  | 'expired certificate'
  | 'certificate of another host'
  | 'other certificate fault'
  | 'no tls agreement'
  | 'unknown proxy'
  | 'proxy out of reach'
  | 'proxy wants a login'
  | 'proxy refuses'
  | 'redirect'
  | 'too large'
  | 'too complex'
  | 'web page'
  /** JSON without its end: the connection was cut. */
  | 'cut off'
  | 'not http'
  | 'other';

/**
 * The cause of an error of a client: what failed, by kind. Holds no header, no body and no credential, unlike the error
 * of the library.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: FailureKind;
  /** Whether the server may have done what it was asked: `answered` knows, `not sent` never reached it. */
  readonly fate: 'not sent' | 'unknown' | 'answered';

  /** @param detail Node's code, a status, where a redirect points; without secrets, in one line */
  constructor(kind: FailureKind, detail = '') {
    super(detail);
    this.kind = kind;
    this.fate = FATES[kind];
  }

  /** Whether the same request may succeed a moment later. */
  get passing(): boolean {
    return PASSING.has(this.kind) || this.message === 'EAI_AGAIN';
  }
}

const FATES: Readonly<Record<FailureKind, HttpFailure['fate']>> = {
  late: 'unknown',
  'unknown host': 'not sent',
  refused: 'not sent',
  broken: 'unknown',
  'no route': 'not sent',
  'speaks no tls': 'not sent',
  'wants tls': 'not sent',
  'unknown authority': 'not sent',
  'expired certificate': 'not sent',
  'certificate of another host': 'not sent',
  'other certificate fault': 'not sent',
  'no tls agreement': 'not sent',
  'unknown proxy': 'not sent',
  'proxy out of reach': 'not sent',
  'proxy wants a login': 'not sent',
  'proxy refuses': 'not sent',
  redirect: 'answered',
  'too large': 'unknown',
  'too complex': 'unknown',
  'web page': 'answered',
  'cut off': 'unknown',
  'not http': 'unknown',
  other: 'unknown',
};

const PASSING: ReadonlySet<FailureKind> = new Set([
  'late',
  'refused',
  'broken',
  'no route',
  'proxy out of reach',
  'cut off',
]);

/** Why the request behind an error brought no answer; undefined for an error of another cause. */
export function failureOf(error: unknown): HttpFailure | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.name === 'HttpFailure' ? (cause as HttpFailure) : undefined;
}

/** Where a request ran, to read its error by. */
export interface Route {
  readonly secure: boolean;
  /** Every connection is one to the proxy. */
  readonly proxied: boolean;
}

/**
 * Reads what Node's network says.
 *
 * @param error of a request; its cause and its first inner error are looked at too
 */
export function readFailure(error: unknown, { secure, proxied }: Route): HttpFailure {
  const { code, message, rawPacket } = innermost(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new HttpFailure(proxied ? 'unknown proxy' : 'unknown host', code);
  if (code === 'ECONNREFUSED') return new HttpFailure(proxied ? 'proxy out of reach' : 'refused', code);
  if (code === 'ETIMEDOUT' || code === 'ENETUNREACH' || code === 'EHOSTUNREACH' || code === 'ENETDOWN') {
    return new HttpFailure(proxied ? 'proxy out of reach' : 'no route', code);
  }
  if (/wrong version number|packet length too long|record layer failure/i.test(message) && secure) {
    return new HttpFailure('speaks no tls', code);
  }
  if (UNKNOWN_AUTHORITY.has(code)) return new HttpFailure('unknown authority', code);
  if (code === 'CERT_HAS_EXPIRED') return new HttpFailure('expired certificate', code);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return new HttpFailure('certificate of another host', code);
  }
  if (CERTIFICATE.has(code)) return new HttpFailure('other certificate fault', code);
  if (code === 'EPROTO' || /^ERR_(SSL|TLS)/.test(code) || /before secure TLS connection/.test(message)) {
    return new HttpFailure('no tls agreement', code);
  }
  // An alert of TLS, where the status line should be.
  if (code.startsWith('HPE_') && !secure && rawPacket?.[0] === 0x15) return new HttpFailure('wants tls', code);
  if (code.startsWith('HPE_')) return new HttpFailure('not http', code);
  if (code.startsWith('Z_') || /^ERR_(?:_ERROR|BROTLI|ZSTD)|BROTLI/.test(code)) return new HttpFailure('cut off', code);
  if (BROKEN.has(code) || /socket hang up|aborted/.test(message)) return new HttpFailure('broken', code);
  return new HttpFailure('other', /^[A-Z][A-Z\d_]{2,}$/.test(code) ? code : 'connection failed');
}

const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);
const CERTIFICATE = new Set([
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_REJECTED',
  'CERT_CHAIN_TOO_LONG',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'UNABLE_TO_GET_CRL',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
]);
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE']);

interface Inner {
  readonly code: string;
  readonly message: string;
  readonly rawPacket: Uint8Array | undefined;
}

/** What the deepest error knows: libraries and the attempts at several addresses of a host wrap it. */
function innermost(error: unknown): Inner {
  if (!(error instanceof Error)) return { code: '', message: '', rawPacket: undefined };
  const inner = innermost(error.cause ?? (error as Partial<AggregateError>).errors?.[0]);
  const { code, rawPacket } = error as { code?: unknown; rawPacket?: unknown };
  return {
    code: inner.code !== '' ? inner.code : typeof code === 'string' ? code : '',
    message: `${error.message} ${inner.message}`,
    rawPacket: inner.rawPacket ?? (rawPacket instanceof Uint8Array ? rawPacket : undefined),
  };
}
