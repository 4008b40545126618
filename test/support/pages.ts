import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Every page in Markdown that git lists, new ones too, from the root of this repository. */
export function pagesOfRepository(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
  const listed = execFileSync('git', args, { encoding: 'utf8' }).split('\n');
  // A page that was removed is listed until that is committed.
  return listed.filter((name) => name !== '' && existsSync(name));
}
