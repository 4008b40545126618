/** The machine's own Chromium: nothing is downloaded, and it reaches nothing by itself. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { ExplainedError } from '../model/explained-error.ts';
import { aroundPanels, panelProblems, panelsLoaded } from './dashboard-page.ts';
import type { PassageAnswer, PassageRequest } from './http/index.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

type Environment = Readonly<Record<string, string | undefined>>;

/** A picture to take. */
export interface Shot {
  readonly url: string;
  readonly theme: 'dark' | 'light';
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Panels that the page has to show. */
  readonly panels: number;
  /** Milliseconds until it has to be drawn. */
  readonly timeout: number;
  /** Answers every request of the page; undefined refuses it. The browser itself sends none. */
  readonly answer: (request: PassageRequest) => Promise<PassageAnswer | undefined>;
}

/** What was taken; `late` if the page was not drawn in time. */
export type Shown =
  | {
      readonly outcome: 'drawn';
      readonly png: Buffer;
      readonly width: number;
      readonly height: number;
      /** What is wrong on it. */
      readonly problems: readonly string[];
    }
  | { readonly outcome: 'late' };

/** A browser that runs. */
export interface Chromium {
  photograph(shot: Shot): Promise<Shown>;
  close(): Promise<void>;
}

/**
 * The path of a Chromium: `CHROMIUM_PATH`, else the first on PATH, else an application of macOS.
 *
 * @returns undefined if the machine has none.
 */
export async function findChromium(environment: Environment): Promise<string | undefined> {
  const chosen = environment['CHROMIUM_PATH'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...APPLICATIONS];
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** How a browser is started. */
export interface ChromiumOptions {
  /** This user is root, for whom Chromium refuses to sandbox itself: usually in a container. */
  readonly asRoot: boolean;
  /** Milliseconds for a picture of what is drawn, and for the end of its page. Default: 10,000. */
  readonly pictureLimit?: number;
}

/** Milliseconds to start. */
const START_LIMIT = 30_000;

/**
 * Starts it without a window.
 *
 * @throws ExplainedError I001 if there is none, or it does not start.
 */
export async function startChromium(
  environment: Environment,
  { asRoot, pictureLimit = 10_000 }: ChromiumOptions,
): Promise<Chromium> {
  const executablePath = await findChromium(environment);
  if (executablePath === undefined) {
    throw new ExplainedError({
      code: 'I001',
      message: 'no Chromium was found on PATH',
      remedy: 'Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH to its executable.',
    });
  }
  const { chromium } = await import('playwright-core');
  try {
    const browser = await chromium.launch({
      executablePath,
      args: [...(asRoot ? ['--no-sandbox'] : []), ...OFFLINE, '--disable-gpu', '--hide-scrollbars'],
      proxy: NOWHERE,
      env: handedOn(environment),
      timeout: START_LIMIT,
      // Who interrupts us decides when it ends.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    return { photograph: (shot) => photograph(browser, shot, pictureLimit), close: () => browser.close() };
  } catch (cause) {
    throw new ExplainedError({
      code: 'I001',
      message: `${executablePath} does not start`,
      remedy: 'Run it by hand to see why, or set CHROMIUM_PATH to another one.',
      cause,
    });
  }
}

/**
 * Pages get their answers from us, whatever they ask. What would go past that (a worker's socket, a redirect, a
 * connection made ahead of need) finds no name, and no proxy.
 */
const OFFLINE = ['--host-resolver-rules=MAP * ~NOTFOUND', '--force-webrtc-ip-handling-policy=disable_non_proxied_udp'];
const NOWHERE = { server: 'http://nowhere.invalid:9', bypass: '<-loopback>' } as const;

/** What a browser needs of our environment; tokens and passwords are not among it. */
function handedOn(environment: Environment): Record<string, string> {
  const needed =
    /^(PATH|HOME|USER|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP|DISPLAY|SYSTEMROOT|LD_LIBRARY_PATH|LC_.*|XDG_.*|FONTCONFIG_.*)$/i;
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && needed.test(name) ? [[name, value] as const] : [],
    ),
  );
}

async function photograph(browser: Browser, shot: Shot, limit: number): Promise<Shown> {
  const context = await browser.newContext({
    colorScheme: shot.theme,
    viewport: { width: shot.width, height: shot.height },
    locale: 'en-GB',
    timezoneId: 'UTC',
    serviceWorkers: 'block',
    acceptDownloads: false,
  });
  try {
    // A page that computes for ever answers nothing, and one that loads in turns ends no single wait.
    return await within<Shown>(shot.timeout + limit, draw(context, shot), { outcome: 'late' });
  } finally {
    await within(limit, context.close(), undefined);
  }
}

async function draw(context: BrowserContext, { url, panels, timeout, answer }: Shot): Promise<Shown> {
  const { errors } = await import('playwright-core');
  await context.routeWebSocket(
    () => true,
    (socket) => socket.close(),
  );
  await context.route(
    () => true,
    async (route) => {
      const request = route.request();
      const asked = {
        method: request.method(),
        url: request.url(),
        headers: request.headers(),
        body: request.postDataBuffer() ?? undefined,
      };
      const found = await answer(asked).catch(() => undefined);
      // The page may be gone by now.
      await (found === undefined ? route.abort() : route.fulfill(found)).catch(() => undefined);
    },
  );
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(timeout);
    await page.goto(url, { timeout });
    await panelsLoaded(page, panels);
    const clip = await aroundPanels(page);
    const png = await page.screenshot({ clip });
    return { outcome: 'drawn', png, width: clip.width, height: clip.height, problems: await panelProblems(page) };
  } catch (cause) {
    if (cause instanceof errors.TimeoutError) return { outcome: 'late' };
    throw cause;
  }
}

/** What something answers, or something else where that takes too long. */
async function within<T>(milliseconds: number, work: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), milliseconds);
  });
  // Closed meanwhile, what was going on ends with an error that nobody asks for any more.
  work.catch(() => undefined);
  return Promise.race([work, end]).finally(() => clearTimeout(timer));
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
