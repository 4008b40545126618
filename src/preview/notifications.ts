/** What Grafana's webhook contact point sends, as plain data. */
import { z } from 'zod';

/** One alert of a notification. */
export interface Notified {
  /** When the pager got it, ISO 8601. */
  readonly arrived: string;
  readonly status: 'firing' | 'resolved';
  /** The contact point that sent it. */
  readonly receiver: string;
  readonly alert: string;
  readonly service: string;
  readonly severity: string;
  readonly summary: string;
  /** When it began to fire, ISO 8601. */
  readonly startsAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly links: {
    readonly dashboard?: string;
    readonly panel?: string;
    readonly rule?: string;
    readonly runbook?: string;
  };
}

const texts = z.record(z.string(), z.string()).default({});
const address = z.string().optional();
const payload = z.looseObject({
  receiver: z.string(),
  alerts: z.array(
    z.looseObject({
      status: z.enum(['firing', 'resolved']),
      labels: texts,
      annotations: texts,
      startsAt: z.string(),
      dashboardURL: address,
      panelURL: address,
      generatorURL: address,
    }),
  ),
});

/**
 * Reads a notification. Links into Grafana get the address under which the browser finds it: the one that Grafana
 * knows itself by may be that of a container.
 *
 * @param grafana the browser's address of Grafana. @param arrived now.
 * @returns undefined if it is not a notification of Grafana.
 */
export function parseNotification(body: unknown, grafana: string, arrived: Date): readonly Notified[] | undefined {
  const parsed = payload.safeParse(body);
  if (!parsed.success) return undefined;
  const { receiver, alerts } = parsed.data;
  return alerts.map(({ status, labels, annotations, startsAt, dashboardURL, panelURL, generatorURL }) => ({
    arrived: arrived.toISOString(),
    status,
    receiver,
    alert: labels['alertname'] ?? 'without a name',
    service: labels['service'] ?? '',
    severity: labels['severity'] ?? '',
    summary: annotations['summary'] ?? annotations['description'] ?? '',
    startsAt,
    labels,
    links: {
      ...link('dashboard', inGrafana(dashboardURL, grafana)),
      ...link('panel', inGrafana(panelURL, grafana)),
      ...link('rule', inGrafana(generatorURL, grafana)),
      ...link('runbook', web(annotations['runbook_url'])),
    },
  }));
}

function link(name: keyof Notified['links'], url: string | undefined): Notified['links'] {
  return url === undefined ? {} : { [name]: url };
}

/** An address of the web, and nothing that a click would run. */
function web(text: string | undefined): string | undefined {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}

function inGrafana(text: string | undefined, grafana: string): string | undefined {
  const known = web(text);
  if (known === undefined) return undefined;
  const { pathname, search } = new URL(known);
  return `${grafana.replace(/(?<!\/)\/+$/, '')}${pathname}${search}`;
}
