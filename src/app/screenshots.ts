/** Pictures of dashboards, as a browser draws them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, errors } from 'playwright-core';
import { z } from 'zod';
import { ScreenshotError } from './error.ts';
import { aroundPanels, panelProblems, panelsLoaded } from './page.ts';

/** Where and how pictures are taken. */
export interface Studio {
  readonly browser: Browser;
  /** Of the Grafana, without a slash at the end. */
  readonly url: string;
  /** Value of the Authorization header; sent to that Grafana only. */
  readonly authorization: string | undefined;
  readonly theme: 'dark' | 'light';
  /** In pixels; a dashboard is as high as its panels need. */
  readonly width: number;
  /** In Grafana's form: `now-3h`, or milliseconds since 1970. */
  readonly from: string;
  readonly to: string;
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
 * @throws ScreenshotError if there is no such dashboard or panel, or it is not drawn in time.
 */
export async function photograph(studio: Studio, uid: string, panel?: string): Promise<Picture> {
  const context = await contextFor(studio);
  try {
    const { title, panels } = await readDashboard(context, studio, uid);
    const chosen = panels.find((candidate) => candidate.title === panel && candidate.type !== 'row');
    if (panel !== undefined && chosen === undefined) {
      const known = panels.filter(({ type }) => type !== 'row').map((each) => each.title);
      const quoted = known.map((each) => JSON.stringify(each)).join(', ');
      throw new ScreenshotError('I003', `${title} has no panel ${JSON.stringify(panel)}`, `Its panels: ${quoted}`);
    }
    const page = await context.newPage();
    const below = Math.max(0, ...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    const height = chosen === undefined ? below * ROW + HEAD : SINGLE_HEIGHT;
    await page.setViewportSize({ width: studio.width, height });
    const place = encodeURIComponent(uid);
    const path = chosen === undefined ? `d/${place}?kiosk&` : `d-solo/${place}?panelId=${chosen.id}&hideLogo&`;
    const time = new URLSearchParams({ from: studio.from, to: studio.to, timezone: 'utc', theme: studio.theme });
    await page.goto(`${studio.url}/${path}${time}`, { timeout: studio.timeout });
    const expected = chosen === undefined ? panels.filter(({ type }) => type !== 'row').length : 1;
    await panelsLoaded(page, expected, studio.timeout);
    const name = uid.replaceAll(/[^\w-]/g, '_');
    const file = join(studio.folder, `${name}${chosen === undefined ? '' : `-${chosen.id}`}.png`);
    const clip = await aroundPanels(page);
    await mkdir(studio.folder, { recursive: true });
    await page.screenshot({ path: file, clip });
    return { file, width: clip.width, height: clip.height, problems: await panelProblems(page) };
  } catch (cause) {
    if (!(cause instanceof errors.TimeoutError)) throw cause;
    throw new ScreenshotError(
      'I004',
      `${uid} was not drawn within ${studio.timeout / 1000} s`,
      `Open ${studio.url}/d/${uid} and see what it waits for, or allow more: --timeout 60s`,
      { cause },
    );
  } finally {
    await context.close();
  }
}

/** A fresh browser session that talks to the one Grafana and to nobody else. */
async function contextFor({ browser, url, authorization, theme }: Studio): Promise<BrowserContext> {
  const context = await browser.newContext({ colorScheme: theme, locale: 'en-GB', timezoneId: 'UTC' });
  const { origin } = new URL(url);
  await context.route('**/*', async (route) => {
    if (new URL(route.request().url()).origin !== origin) return route.abort();
    const headers = { ...route.request().headers(), ...(authorization === undefined ? {} : { authorization }) };
    return route.continue({ headers });
  });
  return context;
}

async function readDashboard({ request }: BrowserContext, { url, authorization, timeout }: Studio, uid: string) {
  const address = `${url}/api/dashboards/uid/${encodeURIComponent(uid)}`;
  const answer = await request
    .get(address, { timeout, ...(authorization === undefined ? {} : { headers: { authorization } }) })
    .catch((cause: unknown) => {
      throw new ScreenshotError('I002', `${url} does not answer`, 'Is GRAFANA_URL right, and Grafana running?', {
        cause,
      });
    });
  const status = answer.status();
  if (status === 401 || status === 403) {
    throw new ScreenshotError(
      'I002',
      `${url} does not let us see ${uid} (status ${status})`,
      'Set GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD, of an account that may view it.',
    );
  }
  const parsed = status === 200 ? dashboardSchema.safeParse(await answer.json().catch(() => undefined)) : undefined;
  if (parsed?.success !== true) {
    throw new ScreenshotError(
      'I003',
      `${url} has no dashboard ${uid} (status ${status})`,
      'Push the dashboards first: npm run sync. Others are named by the UID in their address.',
    );
  }
  return parsed.data.dashboard;
}
