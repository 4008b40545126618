/** Where and for whom is read and written. */
import type { Answers } from '../../adapters/grafana-answers.ts';
import type { Client } from './client.ts';

/** A Grafana whose answers are parsed. */
export type GrafanaClient = Client & Answers;

/** Whose objects are read. */
export interface ReadContext {
  readonly client: GrafanaClient;
  readonly owner: string;
  readonly ownerTag: string;
  /** `default`, `org-N` or `stacks-N`: part of every path below `/apis`. */
  readonly namespace: string;
}

/** Whose objects are written. */
export interface WriteContext extends ReadContext {
  readonly commit: string;
  /** Puts a backup back: what is written is not the code's, and counts as a hand edit from then on. */
  readonly restoring: boolean;
}
