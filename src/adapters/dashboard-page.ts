/** What a dashboard's page says about its panels. Grafana's own end-to-end tests find them by the same attributes. */
import type { Locator, Page } from 'playwright-core';

const PANEL = '[data-testid^="data-testid Panel header"]';
const LOADING = '[aria-label="Panel loading bar"]';
const FAILED = '[data-testid="data-testid Panel status error"]';

/** Milliseconds without a change after which a page counts as drawn: panels ask and draw in turns. */
const QUIET = 750;

/** Waits until every panel stands there and none is loading any more. @throws TimeoutError as the page's waits do */
export async function panelsLoaded(page: Page, expected: number): Promise<void> {
  if (expected > 0) {
    await page
      .locator(PANEL)
      .nth(expected - 1)
      .waitFor({ state: 'attached' });
  }
  const loading = page.locator(LOADING);
  do {
    await loading.first().waitFor({ state: 'detached' });
    await page.waitForTimeout(QUIET);
  } while ((await loading.count()) > 0);
}

/** What is wrong with the panels of a page: an error, or nothing to show. */
export async function panelProblems(page: Page): Promise<readonly string[]> {
  const panels = await page.locator(PANEL).all();
  const found = await Promise.all(panels.map(problemOf));
  return found.flat();
}

async function problemOf(panel: Locator): Promise<string[]> {
  const title = ((await panel.getAttribute('data-testid')) ?? '').replace('data-testid Panel header ', '');
  const crashed = panel.getByText('An unexpected error happened');
  if ((await panel.locator(FAILED).or(crashed).count()) > 0) return [`panel ${JSON.stringify(title)} shows an error`];
  return (await panel.getByText(/^\s*no data\s*$/i).count()) > 0 ? [`panel ${JSON.stringify(title)} has no data`] : [];
}

/** The rectangle around all panels and the controls above them, in pixels of the page. */
export async function aroundPanels(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const bottom = await page
    .locator(PANEL)
    .evaluateAll((panels) => Math.max(0, ...panels.map((panel) => panel.getBoundingClientRect().bottom)));
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  return { x: 0, y: 0, width, height: Math.min(height, Math.ceil(bottom) + 12) };
}
