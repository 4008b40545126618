import { execFileSync } from 'node:child_process';

/** The commit that is checked out, short, with `-dirty` for changes that are not in it; `unknown` where there is no git. */
export function commitOf(directory: string): string {
  try {
    return execFileSync('git', ['describe', '--always', '--abbrev=12', '--exclude=*', '--dirty'], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
