/** A picture of a dashboard, as a browser draws it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Chromium } from '../adapters/chromium.ts';
import { writeFileSafely } from '../adapters/files.ts';
import type { Passage } from '../adapters/http/index.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { parseJson } from '../model/json.ts';
import { visible } from '../model/outside-text.ts';
import { type Door, openDoor } from './grafana-door.ts';

/** Where and how pictures are taken. */
export interface Studio {
  /** Of the Grafana, with the sub-path it is served from, without a slash at its end. */
  readonly url: string;
  /** The way there, as somebody who may look. */
  readonly passage: Passage;
  readonly theme: 'dark' | 'light';
  /** In pixels; a dashboard is as high as its panels need. */
  readonly width: number;
  /** In milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Absolute. */
  readonly folder: string;
  /** Milliseconds until a page has to be drawn. */
  readonly timeout: number;
}

/** A picture that was taken. */
export interface Picture {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** What is wrong on it. */
  readonly problems: readonly string[];
}

/** Grafana's grid: a row is 30 pixels high, with 8 between rows. */
const ROW = 38;
/** For the controls above the panels. */
const HEAD = 160;
/** Of a single panel, in pixels; its width is the picture's. */
const SINGLE_HEIGHT = 400;
/** No browser draws a picture that is higher. */
const HIGHEST = 16_000;

const dashboardSchema = z.looseObject({
  dashboard: z.looseObject({
    title: z.string(),
    panels: z
      .array(
        z.looseObject({
          id: z.number(),
          type: z.string(),
          title: z.string().default(''),
          gridPos: z.looseObject({ y: z.number(), h: z.number() }),
        }),
      )
      .default([]),
  }),
});

/**
 * Photographs a dashboard whole, or one of its panels.
 *
 * @param panel a panel's title; undefined for the whole dashboard.
 * @throws ExplainedError I002 if Grafana shows nothing, I003 if there is no such dashboard or panel, I004 if it is not
 * drawn in time.
 */
export async function photograph(
  studio: Studio,
  { uid, panel }: { readonly uid: string; readonly panel?: string | undefined },
  chromium: Pick<Chromium, 'photograph'>,
): Promise<Picture> {
  const door = openDoor(studio.url, studio.passage);
  const { title, panels } = await readDashboard(door, studio, uid);
  const visiblePanels = panels.filter(({ type }) => type !== 'row');
  const chosen = visiblePanels.find((candidate) => candidate.title === panel);
  if (panel !== undefined && chosen === undefined) {
    const known = visiblePanels.map((each) => visible(JSON.stringify(each.title))).join(', ');
    throw new ExplainedError({
      code: 'I003',
      message: `${visible(title)} has no panel ${JSON.stringify(panel)}`,
      remedy: `Its panels: ${known}`,
    });
  }
  const file = join(
    studio.folder,
    `${uid.replaceAll(/[^\w-]/g, '_')}${chosen === undefined ? '' : `-${chosen.id}`}.png`,
  );
  const below = Math.max(0, ...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const shown = await chromium.photograph({
    url: addressOf(studio, uid, chosen?.id),
    theme: studio.theme,
    width: studio.width,
    height: chosen === undefined ? Math.min(HIGHEST, below * ROW + HEAD) : SINGLE_HEIGHT,
    panels: chosen === undefined ? visiblePanels.length : 1,
    timeout: studio.timeout,
    answer: door,
  });
  if (shown.outcome === 'drawn') {
    const { png, width, height, problems } = shown;
    await mkdir(studio.folder, { recursive: true });
    await writeFileSafely(file, png);
    return { file, width, height, problems: problems.map(visible) };
  }
  throw new ExplainedError({
    code: 'I004',
    message: `${visible(uid)} was not drawn within ${studio.timeout / 1000} s`,
    remedy: `Open ${studio.url}/d/${encodeURIComponent(uid)} and see what it waits for, or allow more: --timeout 60s`,
  });
}

function addressOf({ url, from, to, theme }: Studio, uid: string, panelId: number | undefined): string {
  const place = encodeURIComponent(uid);
  const path = panelId === undefined ? `d/${place}?kiosk&` : `d-solo/${place}?panelId=${panelId}&hideLogo&`;
  return `${url}/${path}${new URLSearchParams({ from: String(from), to: String(to), timezone: 'utc', theme })}`;
}

async function readDashboard(door: Door, { url }: Studio, uid: string) {
  const address = `${url}/api/dashboards/uid/${encodeURIComponent(uid)}`;
  const request = { method: 'GET', url: address, headers: { accept: 'application/json' }, body: undefined };
  const answer = await door(request);
  if (answer === undefined) {
    throw new ExplainedError({
      code: 'I002',
      message: `${url} redirects to another place`,
      remedy: 'Set GRAFANA_URL to the address that it redirects to, if you trust it: nothing was sent there.',
    });
  }
  const { status, body } = answer;
  if (status === 401 || status === 403) {
    throw new ExplainedError({
      code: 'I002',
      message: `${url} does not let us see ${visible(uid)} (status ${status})`,
      remedy: 'Set GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD, of an account that may view it.',
    });
  }
  const parsed = status === 200 ? dashboardSchema.safeParse(parseJson(body.toString('utf8'))) : undefined;
  if (parsed?.success !== true) {
    throw new ExplainedError({
      code: 'I003',
      message: `${url} has no dashboard ${visible(uid)} (status ${status})`,
      remedy: 'Push the dashboards first: npm run sync. Others are named by the UID in their address.',
    });
  }
  return parsed.data.dashboard;
}
