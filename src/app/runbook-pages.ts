/** The pages in alerts/runbooks. */
import { readdirSync } from 'node:fs';

/** Where they are. */
export const RUNBOOKS = 'alerts/runbooks';

/** The alerts that have a page. What is no file, such as a folder of such a name, is no page. */
export function runbookNames(root: string): readonly string[] {
  return entriesOf(`${root}${RUNBOOKS}`)
    .filter((entry) => entry.name.endsWith('.md') && (entry.isFile() || entry.isSymbolicLink()))
    .map(({ name }) => name.slice(0, -'.md'.length))
    .sort();
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Without it every alert would be said to have no page.
    return [];
  }
}
