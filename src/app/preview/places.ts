/** Where the preview listens, and what it needs to be told so. */
import type { Config } from '../../../src/config.ts';
import { Secret } from '../../../src/config.ts';
import type { ConnectionOptions } from '../../../src/targets/grafana/client.ts';

export interface Places {
  readonly grafana: string;
  readonly prometheus: string;
  readonly pager: string;
}

/** Addresses for the browser of this machine. */
export function placesOf({ previewPorts }: Config): Places {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return { grafana: at(previewPorts.grafana), prometheus: at(previewPorts.prometheus), pager: at(previewPorts.pager) };
}

/** The pager as Grafana's container finds it. */
export const PAGER_IN_COMPOSE = 'http://pager:9096/preview';

/** The preview's Grafana: thrown away with its data, and reachable from this machine only. */
export function connectionTo({ grafana }: Places): ConnectionOptions {
  return { url: grafana, user: 'admin', password: new Secret('admin') };
}
