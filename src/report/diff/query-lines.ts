import { structuredPatch } from 'diff';

/** A line of an expression: before, after, in both, or left out between two changes. */
export interface QueryLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines around a change that show where it is. */
const CONTEXT = 4;

/** Two expressions line by line, around what changed. */
export function queryLines(before: string, after: string): readonly QueryLine[] {
  if (before === '') return after.split('\n').map((text) => ({ sign: '+', text }));
  const { hunks } = structuredPatch('', '', `${before}\n`, `${after}\n`, undefined, undefined, { context: CONTEXT });
  const length = before.split('\n').length;
  return hunks.flatMap(({ oldStart, oldLines, lines }, index): QueryLine[] => {
    const skipped = oldStart > 1 ? [{ sign: ' ', text: '…' } as const] : [];
    const more =
      index === hunks.length - 1 && oldStart + oldLines - 1 < length ? [{ sign: ' ', text: '…' } as const] : [];
    const shown = lines.map(
      (line): QueryLine => ({ sign: line[0] === '+' ? '+' : line[0] === '-' ? '-' : ' ', text: line.slice(1) }),
    );
    return [...skipped, ...shown, ...more];
  });
}
