/** The engine of the last release, as CHANGELOG.md names it. */
import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../support/places.ts';

/** The commit of the uppermost version that is released. Where tags cannot be kept, its part of the changelog names it. */
export function releasedCommit(changelog: string): string {
  const [, ...versions] = changelog.split(/^## \[(?!Unreleased\])/m);
  const commit = /\bcommit `([0-9a-f]{40})`/.exec(versions[0] ?? '')?.[1];
  if (commit === undefined)
    throw new Error('CHANGELOG.md names no commit of the last release; write "commit `<40 digits>`" below its version');
  return commit;
}

/**
 * Checks the last release out, with the packages of this repository.
 *
 * @param folder that is not there yet; `removeRelease` deletes it
 */
export async function checkOutRelease(folder: string, repository = REPOSITORY): Promise<void> {
  const commit = releasedCommit(await readFile(join(repository, 'CHANGELOG.md'), 'utf8'));
  await git(repository, 'cat-file', '-e', `${commit}^{commit}`).catch(() => {
    throw new Error(
      `The last release, commit ${commit}, is not in this clone, so nobody knows what an upgrade changes. ` +
        'Fetch the whole history: git fetch --unshallow (in a workflow: fetch-depth: 0).',
    );
  });
  await git(repository, 'worktree', 'add', '--quiet', '--detach', folder, commit);
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
}

/** Removes what `checkOutRelease` has made. */
export async function removeRelease(folder: string, repository = REPOSITORY): Promise<void> {
  await git(repository, 'worktree', 'remove', '--force', folder);
}

/** Git without the hooks of whoever works here. */
async function git(repository: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)('git', ['-c', 'core.hooksPath=/dev/null', ...args], { cwd: repository });
}
