/** The one way from a page to a Grafana: nothing else is reached, and the token goes nowhere else. */
import type { PassageAnswer, PassageRequest } from '../adapters/http/index.ts';

/** Answers what a page asks; undefined refuses it. */
export type Door = (request: PassageRequest) => Promise<PassageAnswer | undefined>;

const REDIRECTS = 5;
/** A picture changes nothing. Questions to data sources are sent by POST. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
/** What the page says of itself and of how it is connected; the account is ours to state. */
const NOT_SENT: ReadonlySet<string> = new Set(
  'authorization cookie host connection content-length accept-encoding proxy-authorization upgrade'.split(' '),
);
/** What is true of the answer on its way here only: it arrives unpacked and whole. No session begins. */
const NOT_PASSED: ReadonlySet<string> = new Set(
  'content-encoding content-length transfer-encoding connection set-cookie'.split(' '),
);

/**
 * Opens the way. A request that leads elsewhere is refused: another host, port or scheme, another path of the same
 * host, and a redirect that leads there. Redirects are followed here, never by the browser.
 *
 * @param url of the Grafana, with the sub-path it is served from. @param send sends a request with our account, and
 * follows no redirect.
 */
export function openDoor(url: string, send: (request: PassageRequest) => Promise<PassageAnswer>): Door {
  const within = withinGrafana(url);
  return async (asked) => {
    let request: PassageRequest = { ...asked, headers: without(asked.headers, NOT_SENT) };
    for (let hop = 0; hop <= REDIRECTS; hop += 1) {
      if (!METHODS.has(request.method) || !within(request.url)) return undefined;
      const answer = await send(request);
      const location = redirectOf(answer);
      if (location === undefined) return { ...answer, headers: without(answer.headers, NOT_PASSED) };
      if (!URL.canParse(location, request.url)) return undefined;
      const next = new URL(location, request.url).href;
      // As browsers do: what was sent once is not sent again, unless the server asks for exactly that.
      const again = answer.status === 307 || answer.status === 308 || request.method === 'HEAD';
      request = again ? { ...request, url: next } : { ...request, url: next, method: 'GET', body: undefined };
    }
    return undefined;
  };
}

/** Whether an address belongs to a Grafana: its host, its port, its scheme, and the path that it is served from. */
function withinGrafana(url: string): (address: string) => boolean {
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/(?<!\/)\/+$/, '');
  return (address) => {
    if (!URL.canParse(address)) return false;
    const other = new URL(address);
    return (
      other.origin === origin &&
      other.username + other.password === '' &&
      (other.pathname === path || other.pathname.startsWith(`${path}/`))
    );
  };
}

function redirectOf({ status, headers }: PassageAnswer): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? headers['location'] : undefined;
}

function without(headers: PassageRequest['headers'], names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase())));
}
