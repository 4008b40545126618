/** What a runbook says, before it is laid out: the same for every alert, so that whoever is woken up knows where to look. */

/** A part of a section. */
export type RunbookBlock =
  /** A paragraph of Markdown; where it is broken into lines is the writer's business. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly language: 'promql' | 'sql'; readonly text: string };

/** A question of the diagnosis, and how it is answered. */
export interface RunbookStep {
  /** In words. @example 'One instance or all?' */
  readonly question: string;
  readonly blocks: readonly RunbookBlock[];
}

/** The text of a page. Limits, receivers and minutes are not in it: the facts of the page say those, from the rules. */
export interface RunbookText {
  /** One sentence: what has happened. */
  readonly opening: string;
  readonly meaning: readonly RunbookBlock[];
  readonly impact: readonly RunbookBlock[];
  readonly diagnosis: {
    readonly before: readonly RunbookBlock[];
    readonly steps: readonly RunbookStep[];
    readonly after: readonly RunbookBlock[];
  };
  /** What to do, the best first. */
  readonly mitigation: readonly string[];
}
