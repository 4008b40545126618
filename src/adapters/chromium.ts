/** The machine's own Chromium: nothing is downloaded. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ScreenshotError } from './error.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The path of a Chromium: `CHROMIUM_PATH`, else the first on PATH, else an application of macOS.
 *
 * @returns undefined if the machine has none.
 */
export async function findChromium(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const chosen = environment['CHROMIUM_PATH'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...APPLICATIONS];
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** Starts it without a window. @throws ScreenshotError if there is none, or it does not start. */
export async function startChromium(environment: Readonly<Record<string, string | undefined>>): Promise<Browser> {
  const executablePath = await findChromium(environment);
  if (executablePath === undefined) {
    throw new ScreenshotError(
      'I001',
      'no Chromium was found on PATH',
      'Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH to its executable.',
    );
  }
  // Chromium refuses to sandbox itself for root, which is what a container usually is.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  try {
    return await chromium.launch({ executablePath, args: [...sandbox, '--disable-gpu', '--hide-scrollbars'] });
  } catch (cause) {
    throw new ScreenshotError(
      'I001',
      `${executablePath} does not start`,
      'Run it by hand to see why, or set CHROMIUM_PATH to another one.',
      { cause },
    );
  }
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
