import type { Common, KindSpec } from './kind.ts';

export interface FolderResource extends Common {
  readonly kind: 'folder';
}

export const folder: KindSpec<FolderResource> = {
  name: 'folder',
  part: 'both',
  shared: true,
  content: ({ title }) => ({ title }),
  wayOut: 'give another UID in grafana.config.ts (folder), or the folder there the same title, and it is used',
  described: { title: { kind: 'retitled', name: 'title', paging: false } },
  rendered: {
    file: '_folders.yaml',
    list: 'folders',
    read: ({ uid, title }) => ({ kind: 'folder', uid: String(uid), title: String(title) }),
  },
  problems: () => [],
};
