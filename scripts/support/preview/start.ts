/** From nothing to a Grafana with data, dashboards, rules and marks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { overviewUid } from '../../../src/build/index.ts';
import { project } from '../../../src/project.ts';
import { openDeployments } from '../../../src/targets/grafana/deployments.ts';
import { type Compose, portTaken } from './docker.ts';
import { PreviewError } from './error.ts';
import { listens } from './listens.ts';
import { connectionTo, PAGER_IN_COMPOSE, type Places } from './places.ts';
import { type SyncedPreview, syncPreview } from './sync.ts';

/** What a start is told besides where. */
export interface StartOptions {
  readonly compose: Compose;
  readonly places: Places;
  /** A scenario was asked for: what runs is thrown away, because its past would be another. */
  readonly fresh: boolean;
  /** Milliseconds for all of it to become healthy. */
  readonly timeout: number;
  readonly say: (line: string) => void;
}

/**
 * Starts what does not run, waits until it answers, and syncs to it.
 *
 * @throws PreviewError for what can be put right: ports, images, a container that does not come up.
 */
export async function startPreview(options: StartOptions): Promise<SyncedPreview> {
  const { compose, places, fresh, say } = options;
  let exists = await compose.exists();
  if (exists && fresh) {
    say('Removing the preview that runs …');
    await compose.down();
    exists = false;
  }
  if (!exists) await checkPorts(places);
  const missing = await compose.missingImages();
  if (missing.length > 0) {
    say(`Pulling ${missing.join(', ')} …`);
    await compose.pull(missing);
  }
  if (exists && (await Promise.all(healthUrls(places).map(([, url]) => answers(url)))).every(Boolean)) {
    say('The preview runs; syncing to it …');
  } else {
    say('Starting Grafana, Prometheus, the services and the pager …');
    await compose.up();
    await healthy(options);
  }
  const synced = await syncPreview(connectionTo(places), PAGER_IN_COMPOSE);
  await markIncident(places);
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

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/** The review's two deployments, where they belong in time. */
async function markIncident(places: Places): Promise<void> {
  const marks = openDeployments(connectionTo(places));
  const service = { id: 'user-service', title: 'User Service' };
  const version = 'v1.2.3';
  await marks.mark({ service, version, at: INCIDENT.deployed });
  await marks.close({ service, version, at: INCIDENT.rolledBack });
}

/** Times of the incident, milliseconds since 1970. */
const INCIDENT = {
  from: Date.UTC(2025, 11, 15, 13, 30),
  deployed: Date.UTC(2025, 11, 15, 14),
  rolledBack: Date.UTC(2025, 11, 15, 16),
  to: Date.UTC(2025, 11, 15, 17),
} as const;

/** Where to look, for people. */
export function placesText({ grafana, prometheus, pager }: Places): string {
  const window = `?from=${INCIDENT.from}&to=${INCIDENT.to}`;
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
