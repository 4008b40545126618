/** The rights that reading and writing need, as Grafana lists them for the account. */
import { ExplainedError } from '../../model/explained-error.ts';
import type { Scope } from '../../model/plan.ts';

/** A folder of the code, and whether it exists and is old enough for its permissions to be listed. */
export interface FolderState {
  readonly uid: string;
  readonly state: 'absent' | 'new' | 'settled';
}

/** An account on a Grafana: action to the scopes it is allowed in. */
interface Account {
  readonly url: string;
  readonly rights: Readonly<Record<string, readonly string[]>>;
}

/**
 * The rights that a plan needs: a list that leaves out what the account may not see looks like an empty Grafana.
 *
 * @throws ExplainedError G006 that names every missing right
 */
export function checkReading(account: Account, folders: readonly FolderState[], { only }: Scope): void {
  const { rights } = account;
  const missing = [
    'folders:read',
    ...(only === 'dashboards' ? [] : ['alert.rules:read', 'alert.notifications:read']),
  ].filter((action) => !allows(rights[action], undefined));
  // Dashboards are allowed folder by folder: before the first one there is no such right to have.
  const boards = folders
    .filter(({ uid, state }) => only !== 'alerts' && state === 'settled' && !allows(rights['dashboards:read'], uid))
    .map(({ uid }) => `dashboards:read (folder ${uid})`);
  demand(account, new Set([...missing, ...boards]), 'Viewer');
}

/**
 * The rights that a sync needs.
 *
 * @throws ExplainedError G006 that names every missing right
 */
export function checkWriting(account: Account, folders: readonly FolderState[], { only }: Scope): void {
  const { rights } = account;
  const missing = new Set<string>();
  const need = (action: string, uid?: string): void => {
    if (!allows(rights[action], uid)) missing.add(uid === undefined ? action : `${action} (folder ${uid})`);
  };
  for (const { uid, state } of folders) {
    if (state === 'absent') need('folders:create');
    // Permissions of a folder made moments ago are not listed yet: the right as such has to do.
    const place = state === 'settled' ? uid : undefined;
    if (only !== 'alerts') {
      need('dashboards:create', place);
      if (state === 'settled')
        for (const action of ['dashboards:read', 'dashboards:write', 'dashboards:delete']) need(action, place);
    }
    if (only !== 'dashboards') {
      for (const action of ['alert.rules:read', 'alert.rules:create', 'alert.rules:write', 'alert.rules:delete'])
        need(action, place);
    }
  }
  if (only !== 'dashboards') {
    need('alert.notifications:read');
    need('alert.notifications:write');
    need('alert.provisioning.provenance:write');
  }
  demand(account, missing, 'Editor');
}

function demand({ url }: Account, missing: ReadonlySet<string>, role: 'Viewer' | 'Editor'): void {
  if (missing.size === 0) return;
  throw new ExplainedError({
    code: 'G006',
    message: `the account lacks rights on ${url}\n       missing: ${[...missing].join(', ')}`,
    remedy: `The account needs the ${role} role, or these rights. Nothing was written.`,
    kind: 'access',
  });
}

function allows(scopes: readonly string[] | undefined, folder: string | undefined): boolean {
  if (scopes === undefined) return false;
  if (folder === undefined) return true;
  return scopes.some((scope) =>
    ['', '*', 'folders:*', 'folders:uid:*', 'dashboards:*', `folders:uid:${folder}`].includes(scope),
  );
}
