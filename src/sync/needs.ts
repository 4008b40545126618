import { type Resource, resourceKey } from '../model/resource.ts';

/** Keys of the resources that have to exist before one can be written. */
export function needsOf(resource: Resource): readonly string[] {
  switch (resource.kind) {
    case 'dashboard':
      return [resourceKey({ kind: 'folder', uid: resource.folderUid })];
    case 'rule':
      return [
        resourceKey({ kind: 'folder', uid: resource.folderUid }),
        resourceKey({ kind: 'contact-point', uid: resource.rule.notification.receiver }),
      ];
    case 'folder':
    case 'contact-point':
      return [];
    default:
      return resource satisfies never;
  }
}
