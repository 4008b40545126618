import { z } from 'zod';
import type { JsonObject } from '../../model/json.ts';
import type { FolderResource } from '../../model/resource.ts';
import type { DirectoryKind } from './kind.ts';
import { escaped, unescaped, yamlFile } from './yaml.ts';

/** The file of dashboard providers, one for each folder. */
export function providersPath(owner: string): string {
  return `grafana/dashboards/${owner}.yaml`;
}

/**
 * Folders by title alone, and the same title in the alerting files: by `folderUid` Grafana would make a second folder
 * of the same title, because it provisions alerting first, and by title.
 */
function providers(folders: readonly FolderResource[]): JsonObject {
  return {
    apiVersion: 1,
    providers: folders.map(({ uid, title }) => ({
      name: uid,
      orgId: 1,
      type: 'file',
      folder: escaped(title),
      disableDeletion: false,
      allowUiUpdates: false,
      updateIntervalSeconds: 30,
      // Grafana's own variable for its provisioning folder; its docker image sets it.
      options: { path: `$GF_PATHS_PROVISIONING/dashboards/${uid}`, foldersFromFilesStructure: false },
    })),
  };
}

const providersFile = z.looseObject({ providers: z.array(z.looseObject({ name: z.string(), folder: z.string() })) });

export const folders: DirectoryKind<'folder'> = {
  holds: (path, owner) => path === providersPath(owner),
  render: (all, owner) => (all.length === 0 ? [] : [yamlFile(providersPath(owner), providers(all), all, owner)]),
  parse: (document, path) =>
    providersFile.parse(document).providers.map(({ name, folder }) => ({
      resource: { kind: 'folder', uid: name, title: unescaped(folder), source: path },
    })),
};
