/** The preview: started, synced to, removed. */
import { type Compose, openCompose } from '../../adapters/docker.ts';
import type { RunProgram } from '../../adapters/program.ts';
import type { ThisMachine } from '../../adapters/this-machine.ts';
import { ordinaryDay } from '../../defaults/scenarios/ordinary-day.ts';
import { toSeconds } from '../../model/duration.ts';
import { incidentPast } from '../../preview/index.ts';
import type { Paint } from '../../report/index.ts';
import { renderDiagnostics } from '../../report/index.ts';
import { buildProject } from '../build-project.ts';
import type { Config } from '../config.ts';
import { configuration } from '../configuration.ts';
import type { Io } from '../io.ts';
import { readDuration } from '../moment.ts';
import { scenariosOf } from '../scenarios.ts';
import { enginePlaces } from './engine.ts';
import { connectionTo, PAGER_IN_COMPOSE, type Places, placesOf, placesText } from './places.ts';
import { checkFrom, readRun } from './requested-run.ts';
import { removePreview, startPreview } from './start.ts';
import { type SyncedPreview, syncPreview } from './sync.ts';

/** What the command was asked. */
export interface PreviewRequest {
  readonly scenario?: string;
  readonly from?: string;
  readonly timeout: string;
  /** Default: the first of the project. */
  readonly env?: string;
  /** Sync to the one that runs, and start nothing. */
  readonly sync?: true;
  /** Remove it. */
  readonly down?: true;
}

/** What the preview needs of the world. */
export interface PreviewSurroundings {
  readonly io: Io;
  readonly run: RunProgram;
  readonly machine: ThisMachine;
  /** Containers read the project as the user who owns it; undefined where the system has no such numbers. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly paint: Paint;
}

/** What was done. `invalid` code is not synced, and nothing is started for it. */
export interface PreviewOutcome {
  readonly outcome: SyncedPreview['outcome'] | 'invalid' | 'removed';
  /** For people: what was synced, or what is wrong. */
  readonly text: string;
  /** For people: where to look. Only after a start. */
  readonly where?: string;
}

/** Does what was asked. @throws ExplainedError for a request that is wrong, and for what can be put right */
export async function preview(request: PreviewRequest, world: PreviewSurroundings): Promise<PreviewOutcome> {
  const { io, machine, paint } = world;
  checkFrom(request);
  const timeout = toSeconds(readDuration('--timeout', request.timeout)) * 1000;
  const config = configuration(io, request);
  const name = config.previewProject;
  const places = placesOf(config);
  const files = `${io.root}.cache/preview/${name}`;
  const say = (line: string) => void io.stderr.write(`${line}\n`);
  const docker = () => open(config, places, files, world, say);
  if (request.down === true) {
    await removePreview(name, await docker());
    return { outcome: 'removed', text: '' };
  }
  const fresh = request.scenario !== undefined || request.from !== undefined;
  // What is missing on this machine is said before anything is built, but for a request that may be wrong by itself.
  const opened = request.sync === true || fresh ? undefined : await docker();
  const built = await buildProject(io, { env: request.env });
  if (!built.ok) {
    const closing = request.sync === true ? 'Nothing was synced.' : 'Nothing was started.';
    return { outcome: 'invalid', text: renderDiagnostics(built.problems, { paint, closing }) };
  }
  const sync = () => syncPreview({ built, connection: connectionTo(places, io), webhook: PAGER_IN_COMPOSE, paint }, io);
  if (request.sync === true) return sync();
  const { project, catalog, source } = built;
  const { incident } = source;
  const healthy = ordinaryDay(built);
  const run = readRun(request, { healthy, incident, others: fresh ? scenariosOf(built) : [] });
  const past = incidentPast(incident);
  const synced = await startPreview(
    { places, run, healthy, past, fresh, timeout, name, files, project, catalog },
    { compose: opened ?? (await docker()), machine, sync, say, io },
  );
  return { ...synced, where: placesText(places, project, incident) };
}

function open(
  config: Config,
  places: Places,
  files: string,
  { io, run, user }: PreviewSurroundings,
  say: (line: string) => void,
): Promise<Compose> {
  const port = (place: string) => new URL(place).port;
  const { containers, variables } = enginePlaces();
  return openCompose(
    {
      project: config.previewProject,
      folder: containers,
      root: io.root,
      environment: io.environment,
      variables: {
        PREVIEW_GRAFANA_PORT: port(places.grafana),
        PREVIEW_PROMETHEUS_PORT: port(places.prometheus),
        PREVIEW_PAGER_PORT: port(places.pager),
        PREVIEW_FILES: files,
        ...variables,
        // Never as root.
        PREVIEW_USER: user === undefined || user.uid === 0 ? '1000:1000' : `${user.uid}:${user.gid}`,
      },
      signal: io.interrupted,
      say,
      redact: io.http.secrets.redact,
    },
    run,
  );
}
