/** The pages in alerts/runbooks: which there are, and what stands in them. */
import { readdirSync } from 'node:fs';
import { LIMITS, readInputFile, withPlainLineEnds, writeFileSafely } from '../adapters/files.ts';
import { refused } from '../model/explained-error.ts';
import type { RunbookPage } from '../validate/runbooks.ts';

/** Where they are. */
export const RUNBOOKS = 'alerts/runbooks';

/** The alerts that have a page. What is no file, such as a folder of such a name, is no page. */
export function runbookNames(root: string): readonly string[] {
  return entriesOf(`${root}${RUNBOOKS}`)
    .filter((entry) => entry.name.endsWith('.md') && (entry.isFile() || entry.isSymbolicLink()))
    .map(({ name }) => name.slice(0, -'.md'.length))
    .sort();
}

/** Where the page of an alert is, relative to the project. */
export function pathOf(alert: string): string {
  return `${RUNBOOKS}/${alert}.md`;
}

/** A page as its file has it. */
export interface StoredPage extends RunbookPage {
  /** Its lines end as Windows writes them. They are read without, and written as they were. */
  readonly crlf?: true;
}

/** Every page there is. @throws ExplainedError F000 where one cannot be read */
export function readRunbooks(root: string): readonly StoredPage[] {
  return runbookNames(root).map((alert) => {
    const path = pathOf(alert);
    const read = readInputFile(`${root}${path}`, LIMITS.small);
    if ('problem' in read) throw refused('F000', path, read.problem, 'Give this user the right to read it');
    const crlf = read.text.includes('\r\n') ? ({ crlf: true } as const) : {};
    return { alert, path, text: withPlainLineEnds(read.text), ...crlf };
  });
}

export async function writeRunbook(root: string, { path, text, crlf }: StoredPage): Promise<void> {
  await writeFileSafely(`${root}${path}`, crlf ? text.replaceAll('\n', '\r\n') : text, { within: root });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Without it every alert would be said to have no page.
    return [];
  }
}
