/** A Grafana for the contract suite: the fake, or whatever GRAFANA_URL names. Every test has an owner of its own. */
import { randomBytes } from 'node:crypto';
import axios, { type AxiosAdapter } from 'axios';
import type { Change, Live, Plan, Scope } from '../../src/model/plan.ts';
import type { Desired } from '../../src/model/resource.ts';
import { type ApplyOptions, apply, type Outcome, type PlanPolicy, plan, type Target } from '../../src/sync/index.ts';
import { openGrafana } from '../../src/targets/grafana/index.ts';
import { estateOf, only } from '../support/estate.ts';
import { adapterTo } from '../support/fake-grafana/adapter.ts';
import { ADMIN, createFakeGrafana, type FakeGrafana, TOKENS } from '../support/fake-grafana/index.ts';
import { httpWorld, sleep } from '../support/http-world.ts';

export interface Site {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  /** Of an account that may only look; undefined where the environment names none. */
  readonly viewer: string | undefined;
  readonly admin: { readonly user: string; readonly password: string };
  /** Undefined for a real one. */
  readonly fake?: FakeGrafana;
  /** Waits until a new folder no longer hides its dashboards. */
  settle(): Promise<void>;
}

/** What a real Grafana needs to hide no dashboards, and twice that, for a folder to be deleted; in milliseconds. */
const SETTLES = 61_000;

export function fakeSite(storage: 'unified' | 'legacy'): Site {
  const fake = createFakeGrafana({ storage });
  return {
    name: `the fake, ${storage} storage`,
    url: 'http://fake.example',
    token: TOKENS.editor,
    viewer: TOKENS.viewer,
    admin: ADMIN,
    fake,
    settle: async () => fake.wait(SETTLES),
  };
}

/** The one of the environment; undefined where there is none. */
export function realSite(): Site | undefined {
  const { GRAFANA_URL: url, GRAFANA_TOKEN: token, GRAFANA_USER: user, GRAFANA_PASSWORD: password } = process.env;
  if (!url || !token || !user || !password) return undefined;
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, SETTLES));
  const viewer = process.env['GRAFANA_READ_TOKEN'];
  return { name: url, url, token, viewer, admin: { user, password }, settle };
}

export interface Sent {
  readonly method: string;
  readonly path: string;
}

/** A target, and the requests that it makes. */
export interface Opened {
  readonly target: Target;
  readonly sent: Sent[];
  writes(): Sent[];
}

export const SECRETS: Readonly<Record<string, string>> = {
  PAGERDUTY_KEY: 'canary-pagerduty-0123456789abcdef',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/canary-slack',
};

export function open(
  site: Site,
  owner: string,
  secrets: Readonly<Record<string, string>> = SECRETS,
  restoring = false,
  token = site.token,
): Opened {
  const sent: Sent[] = [];
  const inner: AxiosAdapter = site.fake === undefined ? axios.getAdapter('http') : adapterTo(site.fake);
  const adapter: AxiosAdapter = (config) => {
    sent.push({ method: (config.method ?? 'get').toUpperCase(), path: config.url ?? '' });
    return inner(config);
  };
  const target = openGrafana({
    url: site.url,
    token: { reveal: () => token },
    owner,
    ownerTag: `as-code:${owner}`,
    commit: 'abc1234',
    secret: (name) => {
      const value = secrets[name];
      return value === undefined ? undefined : { reveal: () => value };
    },
    adapter,
    restoring,
    world: httpWorld(site.fake === undefined ? { sleep } : {}),
  });
  return { target, sent, writes: () => sent.filter(({ method }) => method !== 'GET') };
}

/** A request as the administrator, who is somebody else: foreign objects, and edits by hand. */
export async function asAdmin(
  site: Site,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const { user, password } = site.admin;
  const { status, data } = await axios.request<unknown>({
    method,
    baseURL: site.url,
    url: path,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { data: JSON.stringify(body) }),
    ...(site.fake === undefined ? {} : { adapter: adapterTo(site.fake) }),
    responseType: 'text',
    transformResponse: (text: string) => text,
    validateStatus: () => true,
  });
  const text = String(data ?? '');
  return { status, body: text === '' ? undefined : JSON.parse(text) };
}

export interface Planned extends Opened {
  readonly plan: Plan;
  readonly live: Live;
}

export async function planFor(
  site: Site,
  owner: string,
  desired: Desired,
  policy: Partial<PlanPolicy> = {},
  secrets?: Readonly<Record<string, string>>,
): Promise<Planned> {
  const opened = open(site, owner, secrets);
  const scope: Scope = policy.scope ?? {};
  const prepared = opened.target.prepare?.(desired) ?? desired;
  const live = await opened.target.read(prepared, scope);
  return { ...opened, live, plan: plan(prepared, live, opened.target.identity, { ...policy, scope }) };
}

export async function sync(
  site: Site,
  owner: string,
  desired: Desired,
  policy: Partial<PlanPolicy> & { readonly apply?: ApplyOptions } = {},
  secrets?: Readonly<Record<string, string>>,
): Promise<Planned & { readonly outcome: Outcome }> {
  const planned = await planFor(site, owner, desired, policy, secrets);
  const outcome = await apply(planned.plan, planned.target, policy.apply ?? {});
  return { ...planned, outcome };
}

/** Owners with a folder that is old enough not to hide anything. */
export async function ownersOn(site: Site, count: number): Promise<string[]> {
  const owners = Array.from({ length: count }, () => `c${randomBytes(3).toString('hex')}`);
  for (const owner of owners)
    await sync(
      site,
      owner,
      only(estateOf(owner), ({ kind }) => kind === 'folder'),
    );
  await site.settle();
  return owners;
}

/** `update dashboard User Account`, one line for each change that is not `unchanged`. */
export function told(changes: readonly Change[]): string[] {
  return changes
    .filter(({ action }) => action !== 'unchanged')
    .map(({ action, kind, uid }) => `${action} ${kind} ${uid}`);
}

/** What went wrong, for a readable failure. */
export function problems({ failed, skipped }: Outcome): string[] {
  return [
    ...failed.map(({ label, error }) => `${label}: ${error.message}`),
    ...skipped.map(({ label, because }) => `${label}: ${because}`),
  ];
}
