import type { JsonObject } from '../json.ts';
import type { SignalId } from '../signal.ts';
import { anObject, aUid, withFields } from './form.ts';
import { type Common, type KindSpec, resourceKey } from './kind.ts';

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

export const dashboard: KindSpec<DashboardResource> = {
  name: 'dashboard',
  part: 'dashboards',
  shared: false,
  content: ({ folderUid, spec }) => ({ folderUid, spec }),
  needs: ({ folderUid }) => [resourceKey({ kind: 'folder', uid: folderUid })],
  weighs: resourceKey,
  wayOut: 'rename the service in services/, or delete the other dashboard; if it is ours, give it its tag again',
  problems: withFields({ folderUid: aUid, spec: anObject }),
};
