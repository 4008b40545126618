/** What the fake remembers, and its clock. */
import { createHash } from 'node:crypto';

export type Json = Record<string, unknown>;
export type Account = 'admin' | 'editor' | 'viewer';

export interface FakeOptions {
  /** Older storage counts versions from 1 and keeps no annotations of ours. Default: unified. */
  readonly storage?: 'unified' | 'legacy';
  readonly version?: string;
  /** Default: 1, whose namespace is `default`. */
  readonly orgId?: number;
  /** Milliseconds for which lists hide dashboards of a new folder. Default: 30,000. */
  readonly hides?: number;
  /** Bytes after which a page ends. Default: 2 MiB. */
  readonly pageBytes?: number;
  readonly dataSources?: readonly string[];
  /** Rights that the editor lacks. */
  readonly without?: readonly string[];
  /** Anybody may look, also with a wrong token. Default: false. */
  readonly anonymous?: boolean;
}

export interface FakeFolder {
  name: string;
  title: string;
  description: string;
  parent: string | undefined;
  uid: string;
  version: string;
  generation: number;
  created: number;
  createdBy: Account;
  updated: { by: Account; at: number } | undefined;
  /** False for one made by an upserting PUT, or closed since: nobody but an administrator may do anything in it. */
  open: boolean;
}

export interface FakeSave {
  version: number;
  created: number;
  by: Account;
  message: string;
  spec: Json;
}

export interface FakeDashboard {
  name: string;
  spec: Json;
  folder: string;
  annotations: Record<string, string>;
  uid: string;
  version: string;
  generation: number;
  created: number;
  createdBy: Account;
  updated: { by: Account; at: number } | undefined;
  history: FakeSave[];
}

export interface FakeRule {
  uid: string;
  folder: string;
  group: string;
  form: Json;
  version: number;
  guid: string;
  updated: number;
  by: Account;
  provenance: string;
  /** Of its group when this version was written, in seconds. */
  interval: number;
  /** Versions before this one, the oldest first. */
  before: readonly FakeRule[];
}

export interface FakeIntegration {
  uid: string;
  name: string;
  type: string;
  settings: Record<string, unknown>;
  disableResolveMessage: boolean;
  provenance: string;
}

export interface FakeTiming {
  name: string;
  time_intervals: Json[];
  provenance: string;
}

export interface State {
  readonly options: Required<FakeOptions>;
  readonly folders: Map<string, FakeFolder>;
  readonly dashboards: Map<string, FakeDashboard>;
  readonly rules: Map<string, FakeRule>;
  readonly intervals: Map<string, number>;
  readonly integrations: Map<string, FakeIntegration>;
  readonly muteTimings: FakeTiming[];
  readonly alerts: Map<string, { state: 'firing' | 'pending'; since: string }>;
  /** Rules whose query fails, and the state that their instances show. @example 'Normal (Error, KeepLast)' */
  readonly failing: Map<string, string>;
  /** The one tree of notification policies. */
  policies: Json;
  now: number;
  count: number;
}

export const ACCOUNT_UIDS: Readonly<Record<Account, string>> = {
  admin: 'user:cg54z1gg38bnke',
  editor: 'service-account:eg54z1irgub5sb',
  viewer: 'service-account:dg54z1viewer00',
};

export const LOGINS: Readonly<Record<Account, string>> = { admin: 'admin', editor: 'sync', viewer: 'viewer' };

export function createState(options: FakeOptions): State {
  return {
    options: {
      storage: 'unified',
      version: '12.4.0',
      orgId: 1,
      hides: 30_000,
      pageBytes: 2 * 1024 * 1024,
      dataSources: ['prometheus'],
      without: [],
      anonymous: false,
      ...options,
    },
    folders: new Map(),
    dashboards: new Map(),
    rules: new Map(),
    intervals: new Map(),
    integrations: new Map(),
    muteTimings: [],
    alerts: new Map(),
    failing: new Map(),
    policies: { receiver: 'grafana-default-email', group_by: ['grafana_folder', 'alertname'] },
    now: Date.parse('2026-01-05T10:00:00Z'),
    count: 0,
  };
}

export function namespaceOf({ options: { orgId } }: State): string {
  return orgId === 1 ? 'default' : `org-${orgId}`;
}

/** The next of the versions that unified storage gives out. */
export function nextVersion(state: State): string {
  state.count += 1;
  return String(state.now * 1000 + state.count);
}

/** An identifier that looks like Grafana's and is the same in every run. */
export function nextUid(state: State): string {
  state.count += 1;
  const hex = createHash('sha256').update(String(state.count)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** To whole seconds, as Grafana prints times. */
export function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A value with its keys in order, as Grafana stores JSON. */
export function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sorted) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)])) as T;
}

export function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

/** Where a folder stands, a slash in a title escaped, as the ruler calls it. */
export function pathOf(state: State, uid: string): string {
  const folder = state.folders.get(uid);
  if (folder === undefined) return uid;
  // Unified storage joins titles as they are.
  const title = state.options.storage === 'legacy' ? folder.title.replaceAll('/', '\\/') : folder.title;
  return folder.parent === undefined ? title : `${pathOf(state, folder.parent)}/${title}`;
}

/** Whether an account may look into a folder. */
export function mayRead(state: State, account: Account, folder: string): boolean {
  return account === 'admin' || state.folders.get(folder)?.open !== false;
}

/** Whether an account may write into a folder. */
export function mayWrite(state: State, account: Account, folder: string): boolean {
  if (account === 'admin') return true;
  return account === 'editor' && (state.folders.get(folder)?.open ?? false);
}
