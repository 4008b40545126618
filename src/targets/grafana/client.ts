/** One Grafana over the HTTP client: who signs in, what it says when it is busy, and how hard we push. */

import {
  BUSY,
  type Credential,
  DEADLINE,
  type Http,
  type HttpAdapter,
  type HttpWorld,
  openHttp,
  type Revealed,
  type ServerName,
} from '../../adapters/http/index.ts';
import { messageOf, refusal } from './errors.ts';
import { createPressure, type Pressure } from './pressure.ts';

/** How to reach a Grafana. */
export interface ConnectionOptions {
  /** With the sub-path it is served from, if any. @example 'https://example.com/grafana' */
  readonly url: string;
  /** Of the command: environment, time, secrets, warnings. */
  readonly world: HttpWorld;
  readonly token?: Revealed | undefined;
  /** Instead of a token, as for a preview. */
  readonly user?: string | undefined;
  readonly password?: Revealed | undefined;
  /** For user and password: the organisation, where it is not the user's current one. */
  readonly orgId?: string | undefined;
  /** PEM file of an authority that Node does not know. */
  readonly caFile?: string | undefined;
  /** Milliseconds for one request, to the last byte of its answer. Default: 30,000. */
  readonly deadline?: number | undefined;
  /** Replaces the network in tests. */
  readonly adapter?: HttpAdapter | undefined;
}

export interface Client extends Http {
  /** Signed in by user and password, not by a token. */
  readonly byPassword: boolean;
  /** Milliseconds for one request. */
  readonly deadline: number;
  readonly pressure: Pressure;
}

export type { Revealed };

const GRAFANA: ServerName = {
  name: 'Grafana',
  addressSetting: 'GRAFANA_URL',
  caSetting: 'GRAFANA_CA_FILE',
  addressHint: 'add the sub-path Grafana is served from, such as /grafana',
  codes: {
    unreachable: 'G001',
    late: 'G001',
    tls: 'G002',
    redirect: 'G008',
    large: 'G018',
    unreadable: 'G009',
    'web page': 'G013',
  },
};

/**
 * Opens a Grafana; nothing is sent yet.
 *
 * @throws ExplainedError C003 (usage) for an address, a certificate file, a proxy or a token that cannot be used.
 *
 * @example openGrafanaClient({ url: 'https://grafana.example.com', token, world })
 */
export function openGrafanaClient(options: ConnectionOptions): Client {
  const pressure = createPressure();
  const deadline = options.deadline ?? DEADLINE;
  const http = openHttp({
    server: GRAFANA,
    url: options.url,
    world: options.world,
    credential: credentialOf(options),
    headers: byPassword(options) && options.orgId !== undefined ? { 'x-grafana-org-id': options.orgId } : {},
    caFile: options.caFile,
    deadline,
    refusal,
    isBusy: ({ status, body }) => BUSY.has(status) || (status >= 500 && isLocked(body)),
    onTrouble: pressure.tooMuch,
    adapter: options.adapter,
  });
  return { ...http, pressure, deadline, byPassword: byPassword(options) };
}

function byPassword({ token, user }: ConnectionOptions): boolean {
  return token === undefined && user !== undefined;
}

function credentialOf({ token, user, password }: ConnectionOptions): Credential | undefined {
  if (token !== undefined) return { kind: 'bearer', token };
  return user === undefined ? undefined : { kind: 'basic', user, password: password ?? { reveal: () => '' } };
}

function isLocked(body: unknown): boolean {
  return /database is locked|deadlock/i.test(messageOf(body));
}
