import type { AlertRule } from './alert-rule.ts';
import type { ContactPoint } from './contact-point.ts';
import type { JsonObject } from './json.ts';
import type { SignalId } from './signal.ts';

export const KINDS = ['folder', 'contact-point', 'rule', 'dashboard'] as const;
/** What we put into Grafana, in the order it is written; deletes go the other way. */
export type Kind = (typeof KINDS)[number];

interface Common {
  /** Stable across machines and time; carries the owner's prefix. */
  readonly uid: string;
  readonly title: string;
  /** The file a reader opens to change it, relative to the project. */
  readonly source: string;
}

export interface FolderResource extends Common {
  readonly kind: 'folder';
}

export interface ContactPointResource extends Common {
  readonly kind: 'contact-point';
  readonly contactPoint: ContactPoint;
}

export interface DashboardResource extends Common {
  readonly kind: 'dashboard';
  readonly folderUid: string;
  /** The service it is about; absent for the overview. */
  readonly service?: string;
  /** Grafana's dashboard JSON, frozen. */
  readonly spec: JsonObject;
  /** Ids of the panels that rules of a signal link to. */
  readonly signalPanels: Readonly<Partial<Record<SignalId, number>>>;
  /** The files that panels come from, by id, where that is not `source`. */
  readonly panelSources?: Readonly<Record<string, string>>;
}

export interface RuleResource extends Common {
  readonly kind: 'rule';
  readonly folderUid: string;
  readonly service?: string;
  readonly rule: AlertRule;
  /** Why its states are not KeepLast, for those that differ. */
  readonly absenceReason?: string;
}

/** One object of Grafana's that the code describes. */
export type Resource = FolderResource | ContactPointResource | DashboardResource | RuleResource;

/** All that should exist. */
export interface Desired {
  readonly resources: readonly Resource[];
}

/** A resource's identity: UIDs are unique within a kind. @example 'rule/acme-payments-errors' */
export function resourceKey({ kind, uid }: Pick<Resource, 'kind' | 'uid'>): string {
  return `${kind}/${uid}`;
}
