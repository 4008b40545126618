/** What edits mean to a person: data, until a report makes words of it. */
import type { Unit } from './quantity.ts';
import type { Comparison } from './signal.ts';

/** What kind of change it is, for reports that filter or count. */
export type MeaningKind =
  | 'added'
  | 'removed'
  | 'moved'
  | 'resized'
  | 'retitled'
  | 'renamed'
  | 'unit'
  | 'thresholds'
  | 'query'
  | 'legend'
  | 'description'
  | 'data-source'
  | 'variable'
  | 'annotation'
  | 'link'
  | 'override'
  | 'transformation'
  | 'options'
  | 'condition'
  | 'threshold'
  | 'comparison'
  | 'for'
  | 'window'
  | 'watched-queries'
  | 'severity'
  | 'labels'
  | 'routing'
  | 'runbook'
  | 'annotations'
  | 'states'
  | 'paused'
  | 'cosmetic'
  | 'other';

/** What became of something. */
export type Verb = 'added' | 'removed' | 'changed';

type Scalar = string | number | boolean | null;

/** A value that fits into a line: one, or a short list of them. */
export type ShownValue = Scalar | readonly Scalar[];

/** An element of a list. @example { type: 'variable', name: 'instance' } */
export interface ListElement {
  readonly type: string;
  readonly name: string;
}

/** One difference of two expressions. */
export type QueryNote =
  /** A part of the expression, such as a range, a matcher, a function, or a number. */
  | { readonly part: string; readonly verb: 'added'; readonly to: string }
  | { readonly part: string; readonly verb: 'removed'; readonly from: string }
  | { readonly part: string; readonly verb: 'changed'; readonly from: string; readonly to: string }
  /** The same parts, put together in another way. */
  | { readonly part: 'expression'; readonly verb: 'rebuilt' };

/** What changed. Values stand in their unit's base: 0.05 for 5 %, 2 for 2 s. */
export type MeaningChange =
  | { readonly what: 'added' /** The title of the row it came into. */; readonly row?: string }
  | { readonly what: 'removed' }
  /** The same panel under another id. */
  | { readonly what: 'new-id' }
  | { readonly what: 'moved-within-row' }
  /** Titles of rows; absent is the top. */
  | { readonly what: 'moved-to-row'; readonly from?: string; readonly to?: string }
  /** A row among the rows; absent: it is the last now. */
  | { readonly what: 'moved-row'; readonly above?: string }
  | { readonly what: 'made-room' }
  | { readonly what: 'folded'; readonly folded: boolean }
  /** Grafana keeps what the code does not say. */
  | { readonly what: 'unstated' }
  /** The same to everybody who looks. */
  | { readonly what: 'stored-differently' }
  /** A setting; its values are absent where they do not fit into a line. */
  | {
      readonly what: 'setting';
      readonly name: string;
      readonly verb: Verb;
      readonly of?: ListElement;
      readonly from?: ShownValue;
      readonly to?: ShownValue;
      /** Grafana's unit of the values. */
      readonly unit?: string;
      /** The value is prose. */
      readonly prose?: true;
    }
  | { readonly what: 'element'; readonly element: ListElement; readonly verb: Verb }
  | { readonly what: 'order'; readonly list: string }
  /** An expression. No notes: another one altogether. */
  | {
      readonly what: 'query';
      /** @example 'query A', 'condition' */
      readonly name: string;
      readonly verb: Verb;
      /** The same in meaning: only white space differs, or the notation, such as the order of matchers. */
      readonly cosmetic?: 'whitespace' | 'notation';
      readonly notes: readonly QueryNote[];
    }
  /** The condition of a rule looks at another stretch of time, and is the same otherwise. */
  | { readonly what: 'window'; readonly notes: readonly QueryNote[] }
  /** A rule that watches the queries of others asks what they ask now: their own changes say what that is. */
  | { readonly what: 'watched-queries' }
  | {
      readonly what: 'threshold';
      readonly from: number;
      readonly to: number;
      readonly unit: Unit;
      readonly fromUnit?: Unit;
    }
  | { readonly what: 'comparison'; readonly from: Comparison; readonly to: Comparison }
  | { readonly what: 'paused'; readonly paused: boolean }
  | { readonly what: 'runbook'; readonly from?: string; readonly to?: string }
  | { readonly what: 'linked-panel' }
  /** A line in a panel; `from` and `to` are absent where it came or went. Units are Grafana's. */
  | {
      readonly what: 'threshold-line';
      readonly from?: number;
      readonly to?: number;
      readonly fromUnit: string;
      readonly toUnit: string;
    }
  | {
      readonly what: 'threshold-colour';
      readonly value: number;
      readonly unit: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly what: 'threshold-lines' }
  | { readonly what: 'secret-rotated'; readonly integration: string }
  /** The names of secrets; their values are nowhere. */
  | {
      readonly what: 'secret-replaced';
      readonly integration: string;
      readonly setting: string;
      readonly from: string;
      readonly to: string;
    }
  /** A contact point that sends nothing when an alert is over, which the code does not say. */
  | { readonly what: 'no-resolve-message' }
  | { readonly what: 'renamed-uid'; readonly from: string; readonly to: string; readonly alert: boolean }
  | {
      readonly what: 'renamed-service';
      readonly from?: string;
      readonly to?: string;
      readonly uid: string;
      readonly alert: boolean;
    };

/** What it is about within a resource. */
export type MeaningSubject =
  | { readonly what: 'panel' | 'row'; readonly title: string }
  /** Several panels with the same change. */
  | { readonly what: 'panels'; readonly count: number };

/** What some edits mean to a person. */
export interface Meaning {
  readonly kind: MeaningKind;
  /** Absent: the resource as a whole. */
  readonly about?: MeaningSubject;
  /** The title of the row the panel stands in, where panels of this title stand in several. */
  readonly row?: string;
  readonly change: MeaningChange;
  /** Whether who is paged, or when, may change. */
  readonly paging: boolean;
  /** A changed expression, for reports that show it before and after. */
  readonly query?: { readonly before: string; readonly after: string };
}
