/** What a kind of resource has to do for a Grafana over HTTP: be read, be written, be deleted. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type {
  Change,
  CreateChange,
  DeleteChange,
  LiveObject,
  Plan,
  UnchangedChange,
  UpdateChange,
  Use,
} from '../../model/plan.ts';
import type { Desired, Resource } from '../../model/resource.ts';
import type { SecretLookup, Step } from '../../sync/index.ts';
import type { ReadContext, WriteContext } from './context.ts';
import type { Folders } from './folder.ts';
import type { Rules, StoredGroup } from './rule.ts';

/** What a Grafana holds of a kind. */
export interface FoundObjects {
  /** Ours, and what is in our way. */
  readonly objects: readonly LiveObject[];
  readonly notes: readonly Diagnostic[];
  /** Those of ours that come from provisioning files. */
  readonly fromFiles: readonly string[];
  /** Keys of those that Grafana refuses to delete while anything uses them, where they left the code. */
  readonly refusedWhileUsed?: readonly string[];
}

export const NOTHING: FoundObjects = { objects: [], notes: [], fromFiles: [] };

/** Who uses things that have a name, by the key of the thing. */
export type Uses = ReadonlyMap<string, readonly Use[]>;

/** What is read once, and what several kinds look at. */
export interface Shared {
  readonly folders: Promise<Folders>;
  readonly rules: Promise<Rules>;
}

/** What is written: also what is as in the code already, so that its mark says that it is ours. */
export type Write = CreateChange | UpdateChange | UnchangedChange;

/** A plan on its way into a Grafana that was read. */
export interface Writing extends WriteContext {
  readonly plan: Plan;
  readonly groups: ReadonlyMap<string, StoredGroup>;
  /** The folder that each folder stands in. */
  readonly parents: ReadonlyMap<string, string | undefined>;
  readonly lookup: SecretLookup;
}

/** One kind of resource in a Grafana. */
export interface GrafanaKind {
  /** How many may be written at once. What shares a row of the database waits for its turn. */
  readonly atOnce: 1 | 2;
  read(context: ReadContext, desired: Desired, shared: Shared): Promise<FoundObjects>;
  writes(changes: readonly Write[], writing: Writing, stage: number): readonly Step[];
  deletes(changes: readonly DeleteChange[], writing: Writing, stage: number): readonly Step[];
}

/**
 * Writes and deletes of a kind whose objects are written one by one.
 *
 * @param save `pin` is that of what was seen; absent for a new one
 */
export function singly<R extends Resource>(
  save: (
    writing: Writing,
    resource: R,
    pin: string | undefined,
    signal: AbortSignal | undefined,
    change: Write,
  ) => Promise<void>,
  remove: (writing: Writing, change: DeleteChange, signal: AbortSignal | undefined) => Promise<void>,
): Pick<GrafanaKind, 'writes' | 'deletes'> {
  const step = (
    { client }: Writing,
    change: Change,
    stage: number,
    work: (signal: AbortSignal | undefined) => Promise<void>,
  ): Step => ({
    label: `${change.kind} ${change.title}`,
    changes: [change],
    stage,
    run: (signal) => client.pressure.run(() => work(signal)),
  });
  return {
    writes: (changes, writing, stage) =>
      changes.map((change) =>
        step(writing, change, stage, (signal) =>
          // Changes come sorted by kind.
          save(writing, change.desired as R, change.action === 'create' ? undefined : change.pin, signal, change),
        ),
      ),
    deletes: (changes, writing, stage) =>
      changes.map((change) => step(writing, change, stage, (signal) => remove(writing, change, signal))),
  };
}
