import { execFileSync } from 'node:child_process';

/** The commit that is checked out, short; `unknown` where there is no git. */
export function commitOf(directory: string): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
