/** From nothing to a Grafana with data, dashboards, rules and marks. */
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { services } from '../../../services/index.ts';
import { overviewUid } from '../../../src/build/index.ts';
import { incidentPast, type Run, realTime, releaseOf, startRun } from '../../../src/preview/index.ts';
import { project } from '../../../src/project.ts';
import type { TimeOfDay } from '../../../src/scenario/index.ts';
import { openDeployments } from '../../../src/targets/grafana/deployments.ts';
import { type Compose, portTaken } from './docker.ts';
import { PreviewError } from './error.ts';
import { listens } from './listens.ts';
import { connectionTo, PAGER_IN_COMPOSE, type Places } from './places.ts';
import type { RunAsked } from './read-run.ts';
import { type SyncedPreview, syncPreview } from './sync.ts';

/** What a start is told besides where. */
export interface StartOptions {
  readonly compose: Compose;
  readonly places: Places;
  readonly run: RunAsked;
  /** A scenario was asked for: what runs is thrown away, because its past would be another. */
  readonly fresh: boolean;
  /** Milliseconds for all of it to become healthy. */
  readonly timeout: number;
  readonly say: (line: string) => void;
}

/** What runs as long as the preview does. */
const LASTING = ['simulator', 'prometheus', 'grafana', 'pager'];

/**
 * Starts a preview, waits until it answers, and syncs to it. One that runs is kept, if no scenario was asked for. One
 * that was stopped is gone: between its past and now there would be a hole.
 *
 * @throws PreviewError for what can be put right: ports, images, a container that does not come up.
 */
export async function startPreview(options: StartOptions): Promise<SyncedPreview> {
  const { compose, places, run, fresh, say } = options;
  const containers = await compose.containers();
  const runs = LASTING.every((part) => containers.some(({ service, running }) => running && service === part));
  if (!fresh && runs && (await Promise.all(healthUrls(places).map(([, url]) => answers(url)))).every(Boolean)) {
    say('The preview runs; syncing to it …');
    const synced = await syncPreview(connectionTo(places), PAGER_IN_COMPOSE);
    await markRelease(places, incidentPast);
    return synced;
  }
  if (containers.length > 0) say(`Removing the preview that ${runs ? 'runs' : 'was stopped'} …`);
  // A volume can be there without containers, too.
  await compose.down();
  await checkPorts(places);
  const missing = await compose.missingImages();
  if (missing.length > 0) {
    say(`Pulling ${missing.join(', ')} …`);
    await compose.pull(missing);
  }
  say('Starting Grafana, Prometheus, the services and the pager …');
  const now = Math.floor(Date.now() / 1000);
  const { name, scenario, from } = run;
  await compose.up({ PREVIEW_SCENARIO: name, PREVIEW_FROM: from ?? '', PREVIEW_NOW: String(now) });
  await healthy(options);
  const synced = await syncPreview(connectionTo(places), PAGER_IN_COMPOSE);
  await markRelease(places, incidentPast);
  await markRelease(places, startRun(scenario, from, now), now);
  return synced;
}

async function checkPorts(places: Places): Promise<void> {
  for (const place of Object.values(places)) {
    const { port } = new URL(place);
    if (await listens(Number(port))) throw portTaken(port);
  }
}

async function healthy({ compose, places, timeout }: StartOptions): Promise<void> {
  const until = performance.now() + timeout;
  for (const [service, url] of healthUrls(places)) {
    while (!(await answers(url))) {
      if (performance.now() > until) {
        throw new PreviewError(
          'P006',
          `${service} does not answer at ${url} after ${Math.round(timeout / 1000)} s`,
          'If the machine is busy, give it more time: --timeout 5m. Else read what it says; npm run preview:down clears all',
          await compose.logs(service),
        );
      }
      await sleep(250);
    }
  }
}

function healthUrls({ prometheus, pager, grafana }: Places) {
  return [
    ['prometheus', `${prometheus}/-/ready`],
    ['pager', `${pager}/-/healthy`],
    ['grafana', `${grafana}/api/health`],
  ] as const;
}

/** Whether a part of the preview is well. An agent of its own leads to this machine past every proxy. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('error', () => resolve(false)).once('timeout', () => request.destroy());
  });
}

/**
 * Marks the deployment of a run where it belongs in time, and once it has come, the rollback.
 *
 * @param now seconds since 1970. Default: long after all of it.
 */
async function markRelease(places: Places, run: Run, now = Number.POSITIVE_INFINITY): Promise<void> {
  const release = releaseOf(run.scenario);
  if (release === undefined) return;
  const marks = openDeployments(connectionTo(places));
  const { version } = release;
  const service = { id: release.service, title: titleOf(release.service) };
  const at = (time: TimeOfDay) => realTime(run, time) * 1000;
  await marks.mark({ service, version, at: at(release.deployed) });
  if (realTime(run, release.rolledBack) <= now) await marks.close({ service, version, at: at(release.rolledBack) });
}

function titleOf(service: string): string {
  return services.find(({ id }) => id === service)?.title ?? service;
}

/** Where to look, for people. */
export function placesText({ grafana, prometheus, pager }: Places): string {
  // As the overview's own link: until the rollback, because tiles show the last value.
  const window = `?from=${realTime(incidentPast, '13:30') * 1000}&to=${realTime(incidentPast, '16:01') * 1000}`;
  const board = (uid: string) => `${grafana}/d/${uid}`;
  return [
    `  Overview       ${board(overviewUid(project))}`,
    `  The incident   ${board(overviewUid(project))}${window}`,
    `  Pager          ${pager}`,
    `  Prometheus     ${prometheus}`,
    '',
    'Looking needs no login; to edit, log in as admin with the password admin.',
    'npm run preview -- --watch    syncs whenever a file is saved',
    'npm run preview:down          removes all of it',
  ].join('\n');
}
