import { html } from 'hono/html';
import type { Notified } from './notifications.ts';

/** Seconds between two looks for something new. */
const REFRESH = 5;

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --quiet: #767676; --fire: #d55e00; --well: #009e73; --warn: #b8860b; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin-bottom: .2rem } p { color: var(--quiet); margin-top: 0 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--line) }
th { font-weight: 600; color: var(--quiet); font-size: .85rem } td small { color: var(--quiet); display: block }
time { font-variant-numeric: tabular-nums; white-space: nowrap } a { margin-right: .6rem }
.firing { color: var(--fire); font-weight: 700 } .resolved { color: var(--well) } .critical { font-weight: 700 } .warning { color: var(--warn) }
`;

/** The page that shows notifications, the latest first. What an alert says of itself is text, never markup. */
export async function renderPagerPage(notified: readonly Notified[], grafana: string): Promise<string> {
  const firing = stillFiring(notified);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="${REFRESH}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${firing > 0 ? `(${firing}) ` : ''}Pager of the preview</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Pager of the preview</h1>
<p>Every notification that would have left this <a href="${grafana}">Grafana</a>, as it arrived; times are UTC. ${firing === 0 ? 'Nothing fires.' : `${firing} firing.`}</p>
${notified.length === 0 ? html`<p>Nothing has arrived yet. A healthy day stays silent.</p>` : table(notified)}
</body>
</html>
`;
  return String(await page);
}

function table(notified: readonly Notified[]) {
  return html`<table>
<thead><tr><th>arrived</th><th>status</th><th>severity</th><th>service</th><th>alert</th><th>to</th></tr></thead>
<tbody>
${notified.toReversed().map(row)}</tbody>
</table>`;
}

function row({ arrived, status, severity, service, alert, receiver, summary, links }: Notified) {
  return html`<tr>
<td><time datetime="${arrived}">${arrived.slice(11, 19)}</time></td>
<td class="${status}">${status === 'firing' ? '● firing' : '○ resolved'}</td>
<td class="${severity}">${severity === 'critical' ? 'critical: pages' : severity}</td>
<td>${service}</td>
<td>${alert}<small>${summary}</small>${Object.entries(links).map(([name, url]) => html`<a href="${url}">${name}</a>`)}</td>
<td>${receiver}</td>
</tr>
`;
}

/** Alerts whose last word was that they fire. */
export function stillFiring(notified: readonly Notified[]): number {
  const last = new Map(notified.map((one) => [JSON.stringify([one.receiver, Object.entries(one.labels).sort()]), one]));
  return [...last.values()].filter(({ status }) => status === 'firing').length;
}
