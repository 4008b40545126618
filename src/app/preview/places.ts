/** Where the preview listens, and how it is reached. */
import { createRedactor } from '../../adapters/http/index.ts';
import { overviewUid } from '../../build/index.ts';
import type { Project } from '../../model/project.ts';
import { incidentPast, realTime } from '../../preview/index.ts';
import type { Incident } from '../../scenario/index.ts';
import type { ConnectionOptions } from '../../targets/grafana/client.ts';
import { type Config, Secret } from '../config.ts';
import type { Io } from '../io.ts';

/** Addresses for the browser of this machine. */
export interface Places {
  readonly grafana: string;
  readonly prometheus: string;
  readonly pager: string;
}

export function placesOf({ previewPorts }: Pick<Config, 'previewPorts'>): Places {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return { grafana: at(previewPorts.grafana), prometheus: at(previewPorts.prometheus), pager: at(previewPorts.pager) };
}

/** The pager as Grafana's container finds it. */
export const PAGER_IN_COMPOSE = 'http://pager:9096/preview';

/** The preview's Grafana: thrown away with its data, and reachable from this machine only. */
export function connectionTo({ grafana }: Places, io: Pick<Io, 'http'>): ConnectionOptions {
  // Its password is known to everybody, and a word that other texts need.
  const world = { ...io.http, secrets: createRedactor() };
  return { url: grafana, user: 'admin', password: new Secret('admin'), world };
}

/** Where to look, for people. */
export function placesText(
  { grafana, prometheus, pager }: Places,
  project: Project,
  incident: Incident | undefined,
): string {
  const overview = `${grafana}/d/${overviewUid(project)}`;
  return [
    `  Overview       ${overview}`,
    ...(incident === undefined ? [] : [`  The incident   ${overview}${windowOf(incident)}`]),
    `  Pager          ${pager}`,
    `  Prometheus     ${prometheus}`,
    '',
    'Looking needs no login; to edit, log in as admin with the password admin.',
    'npm run preview -- --watch    syncs whenever a file is saved',
    'npm run preview -- --down     removes all of it',
  ].join('\n');
}

/** The hours of an incident, as the overview's own link has them. */
function windowOf(incident: Incident): string {
  const past = incidentPast(incident);
  if (past === undefined) return '';
  return `?from=${realTime(past, incident.from) * 1000}&to=${realTime(past, incident.until) * 1000}`;
}
