/** Pictures of dashboards: which ones, of which Grafana, over which time. */
import { resolve } from 'node:path';
import type { Chromium } from '../adapters/chromium.ts';
import { type Credential, openPassage, type ServerName } from '../adapters/http/index.ts';
import { toSeconds } from '../model/duration.ts';
import { refused } from '../model/explained-error.ts';
import { type Built, buildProject } from './build-project.ts';
import type { Config } from './config.ts';
import { configuration } from './configuration.ts';
import { inItsGrafana } from './environment.ts';
import type { Io } from './io.ts';
import { readDuration, readMoment } from './moment.ts';
import { type Picture, photograph, type Studio } from './photograph.ts';

/** What the command was asked. */
export interface ScreenshotsRequest {
  /** UIDs, or ids of services; none: all dashboards of the project. */
  readonly names: readonly string[];
  /** Only the panel of this title, of one dashboard. */
  readonly panel?: string;
  readonly from: string;
  readonly to: string;
  readonly theme: 'dark' | 'light';
  readonly width: string;
  readonly timeout: string;
  /** The folder to write to. */
  readonly out: string;
  readonly env?: string;
}

/** What pictures need of the world. */
export interface ScreenshotsWorld {
  readonly io: Io;
  readonly startChromium: () => Promise<Chromium>;
  readonly onPicture: (picture: Picture) => Promise<void>;
}

/**
 * Takes pictures, and ends the browser whatever happens.
 *
 * @returns how many problems are on them.
 * @throws ExplainedError for a request that is wrong, and where a picture cannot be taken.
 */
export async function takeScreenshots(request: ScreenshotsRequest, world: ScreenshotsWorld): Promise<number> {
  const { io, startChromium, onPicture } = world;
  const built = await buildProject(io, { env: request.env, reach: 'outside' });
  const read = configuration(io, request);
  const studio = readStudio(request, built.ok ? inItsGrafana(read, built.source) : read, io);
  const uids = dashboardsOf(request.names, built);
  const chromium = await startChromium();
  const end = (): void => void chromium.close().catch(() => undefined);
  io.interrupted.addEventListener('abort', end, { once: true });
  try {
    let problems = 0;
    for (const uid of uids) {
      io.interrupted.throwIfAborted();
      const picture = await photograph(studio, { uid, panel: request.panel }, chromium);
      await onPicture(picture);
      problems += picture.problems.length;
    }
    return problems;
  } finally {
    io.interrupted.removeEventListener('abort', end);
    await chromium.close();
  }
}

function readStudio(request: ScreenshotsRequest, config: Config, io: Io): Studio {
  const { names, panel, theme, out, timeout } = request;
  const width = Number(request.width);
  if (!Number.isInteger(width) || width < 400 || width > 8000) {
    throw refused('C004', `--width ${request.width}`, 'is not a number of pixels between 400 and 8000', '--width 1600');
  }
  const now = io.clock.now() / 1000;
  const from = readMoment('--from', request.from, now);
  const to = readMoment('--to', request.to, now);
  if (from >= to) {
    throw refused(
      'K010',
      `--from ${request.from}`,
      `is not before --to ${request.to}`,
      'Give the earlier time as --from',
    );
  }
  if (panel !== undefined && names.length !== 1) {
    const remedy = `npm run screenshots -- payments --panel ${JSON.stringify(panel)}`;
    throw refused('I003', `--panel ${JSON.stringify(panel)}`, 'is a panel of one dashboard: name it', remedy);
  }
  if (config.grafanaUrl === undefined) {
    const remedy = 'Set it in the environment or in .env; npm run preview starts a Grafana';
    throw refused('C006', 'GRAFANA_URL', 'is not set, and pictures are taken of a Grafana', remedy);
  }
  const url = config.grafanaUrl.replace(/(?<!\/)\/+$/, '');
  const milliseconds = toSeconds(readDuration('--timeout', timeout)) * 1000;
  return {
    url,
    passage: openPassage({
      server: GRAFANA,
      url,
      world: io.http,
      credential: credentialOf(config),
      caFile: config.grafanaCaFile,
      deadline: milliseconds,
    }),
    theme,
    width,
    from: from * 1000,
    to: to * 1000,
    folder: resolve(io.cwd, out),
    timeout: milliseconds,
  };
}

/** Grafana, where nothing is asked of it but pictures. */
const GRAFANA: ServerName = {
  name: 'Grafana',
  addressSetting: 'GRAFANA_URL',
  caSetting: 'GRAFANA_CA_FILE',
  addressHint: 'add the sub-path Grafana is served from, such as /grafana',
  lateHint: 'Is it running, and reachable from here? A busy one needs more time: --timeout 60s',
  codes: {
    unreachable: 'I002',
    late: 'I002',
    tls: 'I002',
    redirect: 'I002',
    large: 'I002',
    unreadable: 'I002',
    'web page': 'I002',
  },
};

function credentialOf({ grafanaToken, grafanaUser, grafanaPassword }: Config): Credential | undefined {
  if (grafanaToken !== undefined) return { kind: 'bearer', token: grafanaToken };
  if (grafanaUser === undefined || grafanaPassword === undefined) return undefined;
  return { kind: 'basic', user: grafanaUser, password: grafanaPassword };
}

/** UIDs. What is neither a service nor a dashboard of the project is a UID all the same: Grafana may know it. */
function dashboardsOf(names: readonly string[], built: Built): readonly string[] {
  const dashboards = built.ok ? built.desired.resources.filter((resource) => resource.kind === 'dashboard') : [];
  if (names.length === 0) return dashboards.map(({ uid }) => uid);
  return names.map((name) => dashboards.find(({ service, uid }) => service === name || uid === name)?.uid ?? name);
}
