/** From nothing to a Grafana with data, dashboards, rules and marks. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { type Compose, notInTime, portTaken } from '../../adapters/docker.ts';
import type { ThisMachine } from '../../adapters/this-machine.ts';
import { deploymentTags } from '../../build/index.ts';
import { refused } from '../../model/explained-error.ts';
import { visible } from '../../model/outside-text.ts';
import type { Project } from '../../model/project.ts';
import type { Catalog } from '../../model/service.ts';
import {
  dataSourceFile,
  prometheusFile,
  type Run,
  realTime,
  renderSimulated,
  type Simulated,
} from '../../preview/index.ts';
import type { Scenario, TimeOfDay } from '../../scenario/index.ts';
import { openDeployments } from '../../targets/grafana/deployments.ts';
import type { Io } from '../io.ts';
import { connectionTo, type Places } from './places.ts';
import type { SyncedPreview } from './sync.ts';

/** What to start. */
export interface PreviewStart {
  readonly places: Places;
  /** What the simulator lives through, from a time on, in seconds since 1970. */
  readonly run: (now: number) => Run;
  /** What follows when that is over. */
  readonly healthy: Scenario;
  /** The project's incident at its real time, where it has one. */
  readonly past: Run | undefined;
  /** A scenario was asked for: what runs is thrown away, because its past would be another. */
  readonly fresh: boolean;
  /** Milliseconds until all of it has to be healthy. */
  readonly timeout: number;
  /** Compose's name for all that belongs to the preview. */
  readonly name: string;
  /** The folder for the files that the containers start with; compose.yaml mounts them. */
  readonly files: string;
  readonly project: Project;
  readonly catalog: Catalog;
}

/** What a start needs of the world. */
export interface PreviewWorld {
  readonly compose: Compose;
  readonly machine: ThisMachine;
  /** Brings the project into the preview's Grafana. */
  readonly sync: () => Promise<SyncedPreview>;
  readonly say: (line: string) => void;
  readonly io: Pick<Io, 'clock' | 'interrupted' | 'http'>;
}

/** What runs as long as the preview does. */
const LASTING = ['simulator', 'prometheus', 'grafana', 'pager'];

/**
 * Starts a preview, waits until it answers, and syncs to it. One that runs is kept, if no scenario was asked for. One
 * that was stopped is gone: between its past and now there would be a hole.
 *
 * @throws ExplainedError for what can be put right: ports, images, names, a container that does not come up.
 */
export async function startPreview(start: PreviewStart, world: PreviewWorld): Promise<SyncedPreview> {
  const { places, run, fresh, timeout, past, healthy, catalog, project } = start;
  const { compose, machine, sync, say, io } = world;
  const containers = await ownContainers(start.name, compose);
  const runs = LASTING.every((part) =>
    containers.some(({ service, state }) => state === 'running' && service === part),
  );
  if (!fresh && runs && (await Promise.all(healthUrls(places).map(([, url]) => machine.answers(url)))).every(Boolean)) {
    say('The preview runs; syncing to it …');
    const synced = await sync();
    await markRelease(start, io, past);
    return synced;
  }
  if (containers.length > 0) say(`Removing the preview that ${runs ? 'runs' : 'was stopped'} …`);
  // A volume can be there without containers, too.
  await compose.down();
  await checkPorts(places, machine);
  const missing = await compose.missingImages();
  if (missing.length > 0) {
    say(`Pulling ${missing.map(visible).join(', ')} …`);
    await compose.pull(missing);
  }
  say('Starting Grafana, Prometheus, the services and the pager …');
  const now = Math.floor(io.clock.now() / 1000);
  const until = io.clock.elapsed() + timeout;
  const living = run(now);
  await writeFiles(start, { run: living, healthy, past, catalog, project });
  await compose.up(timeout);
  await allHealthy(start, world, until);
  const synced = await sync();
  await markRelease(start, io, past);
  await markRelease(start, io, living, now);
  return synced;
}

/** Removes a preview, volumes included. @throws ExplainedError C003 if its name is that of something else */
export async function removePreview(name: string, compose: Compose): Promise<void> {
  await ownContainers(name, compose);
  await compose.down();
}

/** The preview's containers. Somebody else's of the same name would be removed as orphans, with their volumes. */
async function ownContainers(name: string, compose: Compose): ReturnType<Compose['containers']> {
  const containers = await compose.containers();
  const others = containers.filter(({ ours }) => !ours).map(({ service }) => visible(service));
  if (others.length === 0) return containers;
  throw refused(
    'C003',
    'PREVIEW_PROJECT',
    `is ${name}, a Compose project that is not a preview of this folder: it has ${others.join(', ')}`,
    `Choose another name, or if it is an old preview: docker compose --project-name ${name} down --volumes`,
  );
}

async function checkPorts(places: Places, machine: ThisMachine): Promise<void> {
  for (const place of Object.values(places)) {
    const { port } = new URL(place);
    if (await machine.listens(Number(port))) throw portTaken(port);
  }
}

/** Containers read them as users of their own, whatever this user's umask is. */
async function writeFiles({ files, project }: PreviewStart, simulated: Simulated): Promise<void> {
  await mkdir(files, { recursive: true });
  for (const [name, text] of [
    ['data-source.yaml', dataSourceFile(project)],
    ['prometheus.yaml', prometheusFile(project)],
    ['simulated.json', renderSimulated(simulated)],
  ] as const) {
    await writeFile(`${files}/${name}`, text, 'utf8');
    await chmod(`${files}/${name}`, 0o644);
  }
}

async function allHealthy(
  { places, timeout }: PreviewStart,
  { compose, machine, io: { clock, interrupted } }: PreviewWorld,
  until: number,
): Promise<void> {
  for (const [service, url] of healthUrls(places)) {
    while (!(await machine.answers(url))) {
      interrupted.throwIfAborted();
      if (clock.elapsed() > until) {
        const message = `${service} does not answer at ${url} after ${Math.round(timeout / 1000)} s`;
        throw notInTime(message, await compose.logs(service));
      }
      await clock.sleep(250, interrupted);
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

/**
 * Marks the deployment of a run where it belongs in time, and once it has come, the rollback.
 *
 * @param now seconds since 1970. Default: long after all of it.
 */
async function markRelease(
  { places, catalog, project }: PreviewStart,
  io: Pick<Io, 'http'>,
  run: Run | undefined,
  now = Number.POSITIVE_INFINITY,
): Promise<void> {
  const release = run?.scenario.release;
  if (run === undefined || release === undefined) return;
  const marks = openDeployments(connectionTo(places, io));
  const { version } = release;
  const title = catalog.services.find(({ id }) => id === release.service)?.title ?? release.service;
  const service = { id: release.service, title };
  const at = (time: TimeOfDay) => realTime(run, time) * 1000;
  const deployment = { service, version, tags: deploymentTags(project) };
  await marks.mark({ ...deployment, at: at(release.deployed) });
  if (realTime(run, release.rolledBack) <= now) await marks.close({ ...deployment, at: at(release.rolledBack) });
}
