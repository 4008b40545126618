/** Meanings as the lines that every form of a report has. */
import { groupBy } from '../../model/group-by.ts';
import type { Meaning } from '../../model/meaning.ts';
import { escapeHtml, escapeMarkdown, markdownCode } from './escape.ts';
import { changeWords, plainWords, subjectWords, type Word, type Words } from './words.ts';

/** One change, of one thing or of several alike. */
export interface Line {
  /** What it is about; empty for a resource as a whole. */
  readonly subject: Words;
  readonly change: Words;
  readonly paging: boolean;
  /** A changed expression that is worth showing. */
  readonly query?: { readonly before: string; readonly after: string };
}

/** As many rows as are named. */
const MOST_ROWS = 3;

/** What holds for panels of one title in several rows, as those of an overview, once; the subject names the rows. */
export function linesOf(meanings: readonly Meaning[]): readonly Line[] {
  const alike = groupBy(meanings, ({ about, change }) => JSON.stringify([about, change]));
  return [...alike.values()].map((members): Line => {
    const [first] = members as [Meaning, ...Meaning[]];
    const rows = members.flatMap(({ row }) => row ?? []);
    const times = rows.length === 0 && members.length > 1 ? [` (${members.length} times)`] : [];
    return {
      subject: [...subjectWords(first.about), ...placeWords(rows)],
      change: [...changeWords(first.change), ...times],
      paging: first.paging,
      ...(first.query === undefined || first.kind === 'cosmetic' ? {} : { query: first.query }),
    };
  });
}

function placeWords(rows: readonly string[]): Words {
  if (rows.length === 0) return [];
  if (rows.length > MOST_ROWS) return [` in ${rows.length} rows`];
  return [' in row ', ...listWords(rows.map((name) => ({ name })))];
}

/** Words with commas between them. */
export function listWords(words: Words): Words {
  return words.flatMap((word, index) => (index === 0 ? [word] : [', ', word]));
}

/** The same words give the same key. */
export function keyOf({ subject, change }: Pick<Line, 'subject' | 'change'>): string {
  return JSON.stringify([subject, change]);
}

/** For a terminal. The text has to be visible already. */
export function textLine({ subject, change }: Line, width = 0): string {
  const about = plainWords(subject);
  return `${about === '' ? '' : `${about.padEnd(width)}  `}${plainWords(change)}`;
}

/** How far the subjects of some lines are set apart from their changes. */
export function subjectWidth(lines: readonly Line[]): number {
  return Math.min(48, Math.max(0, ...lines.map(({ subject }) => plainWords(subject).length)));
}

/** Words in Markdown: names in italics within a subject, and in quotation marks within a change. */
export function markdownWords(words: Words, nameOf: (name: string) => string = quotedMarkdown): string {
  const written = (word: Word) =>
    typeof word === 'string' ? escapeInner(word) : 'name' in word ? nameOf(word.name) : markdownCode(word.code);
  return words.map(written).join('');
}

export function markdownSubject(words: Words): string {
  return markdownWords(words, (name) => (name.trim() === '' ? quotedMarkdown(name) : `*${escapeMarkdown(name)}*`));
}

function quotedMarkdown(name: string): string {
  return `"${escapeMarkdown(name)}"`;
}

/** Blanks at the ends part a word from its neighbours. */
function escapeInner(text: string): string {
  const [start, end] = [text.startsWith(' ') ? ' ' : '', text.endsWith(' ') && text.length > 1 ? ' ' : ''];
  return `${start}${escapeMarkdown(text)}${end}`;
}

export function htmlWords(words: Words): string {
  return escapeHtml(plainWords(words));
}
