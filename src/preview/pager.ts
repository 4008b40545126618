import { type Notified, parseNotification } from './notifications.ts';
import { renderPagerPage } from './pager-page.ts';
import type { Routes } from './routes.ts';

/** More than anybody reads. */
const KEPT = 500;

/**
 * The pager: Grafana's webhooks go in at `/preview`, a page comes out at `/`, and JSON for tests at `/notifications`.
 *
 * @param grafana the browser's address of Grafana. @param now when a notification arrives.
 */
export function pagerRoutes(grafana: string, now: () => Date): Routes {
  let notified: readonly Notified[] = [];
  return {
    'POST /preview': async ({ json }) => {
      const read = parseNotification(await json(), grafana, now());
      if (read === undefined) return { status: 400, body: 'This is not a notification of Grafana.\n' };
      notified = [...notified, ...read].slice(-KEPT);
      return { body: 'shown\n' };
    },
    'GET /': async () => ({ type: 'text/html; charset=utf-8', body: await renderPagerPage(notified, grafana) }),
    'GET /notifications': () => ({ type: 'application/json', body: JSON.stringify(notified) }),
  };
}
