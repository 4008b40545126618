/** What every kind of resource has to say of itself: what differs between kinds stands here, and nowhere above the targets. */
import type { Json, JsonObject } from '../json.ts';
import type { MeaningKind } from '../meaning.ts';
import type { FormProblem } from './form.ts';

/** What all resources have. */
export interface Common {
  /** Stable across machines and time; carries the owner's prefix. */
  readonly uid: string;
  readonly title: string;
  /** The file a reader opens to change it, relative to the project. */
  readonly source: string;
}

/** A field whose change is described as a setting of its own. */
export interface DescribedField {
  readonly kind: MeaningKind;
  /** @example 'title' */
  readonly name: string;
  /** Whether it decides who is notified, and when. */
  readonly paging: boolean;
  /** The value as a reader sees it. Default: as it is. */
  readonly shown?: (value: Json) => Json;
}

/** One kind of resource. Plan, diff, backup, restore and reports ask it, and know no kind by name where they need not. */
export interface KindSpec<R extends Common> {
  /** @example 'contact point' */
  readonly name: string;
  /** What some of them are counted as, where that is not the name. @example 'alert rule' */
  readonly counted?: string;
  /** The part of `--only` that it belongs to; `both` is what either stands on. */
  readonly part: 'dashboards' | 'alerts' | 'both';
  /** It is there for all services: `--service` makes it where it is missing, and leaves it as it is otherwise. */
  readonly shared: boolean;
  /** What is built, as targets hold it and plans compare it; where it comes from in the code is not. */
  readonly content: (resource: R) => JsonObject;
  /** Keys of the resources that have to exist before it can be written. Default: none. */
  readonly needs?: (resource: R) => readonly string[];
  /** What the ceiling of a prune counts; several of the same are one. Default: it is not counted. */
  readonly weighs?: (resource: R) => string;
  /** Nobody can be asked who edited it: whatever an update takes away is kept in a backup first. Default: false. */
  readonly anonymous?: true;
  /** Where its UID comes from, and what gives way, where something that is not ours has the same. */
  readonly wayOut: string;
  /** What of a backup is true on another day. Default: all of it. */
  readonly restored?: (resource: R) => R;
  /** How changes are described that need no words of their own, by the first step of their path. */
  readonly described?: Readonly<Record<string, DescribedField>>;
  /** Who is notified by it, and when, for what came or went. Absent: it notifies nobody by itself. */
  readonly effect?: { readonly of: (content: JsonObject) => string; readonly gone: string };
  /** The file of `alerts/rendered/` that shows all of them to pull requests, and the way back; absent: it has files of its own. */
  readonly rendered?: {
    readonly file: string;
    readonly list: string;
    readonly read: (entry: JsonObject) => Omit<R, 'source'>;
  };
  /** What is wrong with the form of a resource that comes from a file. */
  readonly problems: (resource: JsonObject) => readonly FormProblem[];
}

/** A resource's identity: UIDs are unique within a kind. @example 'rule/acme-payments-errors' */
export function resourceKey({ kind, uid }: { readonly kind: string; readonly uid: string }): string {
  return `${kind}/${uid}`;
}
