/** Which part of a page is written by the engine, and which is the team's: that one is never touched. */

/** The sections of a page, in their order. A team's own may follow. */
export const SECTIONS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'] as const;

const BEGIN = '<!-- generated -->';
const END = '<!-- /generated -->';
/** The begin as it is written: with a digest of what follows, which shows whether somebody has edited it since. */
const STAMPED = /^<!-- generated ([0-9a-f]{12}) -->$/;
const NOTE =
  '<!-- Written by `npm run runbooks` from the facts. Yours is what stands below its end, or above its begin. -->';

/** Where a team finds its place. */
const OWN_HEADING = 'Notes of the team';
const OWN_HINT =
  'What only this team knows of this alert: its customers, its history, whom to call. `npm run runbooks` leaves it as it is.';

/** A page, taken apart at its markers. */
export type PageParts =
  /** It has none of our markers: all of it is the team's. */
  | { readonly kind: 'own' }
  | {
      readonly kind: 'generated';
      readonly before: string;
      readonly after: string;
      /** What stands between the markers, and the digest that it had when it was written; none in a new page. */
      readonly inside: string;
      readonly stamp: string | undefined;
      /** The line of the first marker. */
      readonly line: number;
    }
  /** Nobody can say what is whose. */
  | { readonly kind: 'damaged'; readonly line: number; readonly problem: string };

/** Takes a page apart. Markers are lines of their own. */
export function partsOf(page: string): PageParts {
  const lines = page.split('\n');
  const marks = lines.flatMap((line, index) => {
    const mark = line.trim();
    const stamp = STAMPED.exec(mark)?.[1];
    if (mark === END) return [{ mark, index, stamp }];
    return mark === BEGIN || stamp !== undefined ? [{ mark: BEGIN, index, stamp }] : [];
  });
  if (marks.length === 0) return { kind: 'own' };
  const [first, second, third] = marks;
  const damaged = (at: number, problem: string): PageParts => ({ kind: 'damaged', line: at + 1, problem });
  if (first?.mark !== BEGIN) return damaged(first?.index ?? 0, `${END} comes before ${BEGIN}`);
  if (second === undefined) return damaged(first.index, `${BEGIN} has no ${END} after it`);
  if (second.mark !== END) return damaged(second.index, `${BEGIN} stands there a second time`);
  if (third !== undefined) return damaged(third.index, `${third.mark} stands there a second time`);
  const before = lines.slice(0, first.index).map((line) => `${line}\n`);
  return {
    kind: 'generated',
    before: before.join(''),
    after: lines.slice(second.index + 1).join('\n'),
    inside: lines.slice(first.index + 1, second.index).join('\n'),
    stamp: first.stamp,
    line: first.index + 1,
  };
}

/**
 * A page with its generated part written anew, and what the team wrote around it as it was.
 *
 * @param digest twelve hexadecimal digits that tell one text from another
 * @param say names commands as the project calls them. Default: as they are written
 */
export function withGenerated(
  { before, after }: { readonly before: string; readonly after: string },
  text: string,
  digest: (inside: string) => string,
  say: (text: string) => string = (text) => text,
): string {
  const inside = say(`${NOTE}\n\n${text}\n`);
  return `${before}<!-- generated ${digest(inside)} -->\n${inside}\n${END}\n${after}`;
}

/** What stands around the generated part of a new page: room for the team. */
export const NEW_PAGE = { before: '', after: `\n## ${OWN_HEADING}\n\n${OWN_HINT}\n` } as const;

/** The headings that a team has given its own part, as far as something stands below them. */
export function ownHeadings({ before, after }: { readonly before: string; readonly after: string }): readonly string[] {
  const own = `${before}\n${after}`;
  const sections = withoutCode(own).split(/^## /m).slice(1);
  return sections.flatMap((section) => {
    const [heading = '', ...body] = section.split('\n');
    const said = body.join('\n').trim();
    return said === '' || isHint(said) ? [] : [heading.trim()];
  });
}

/** The hint as it was written, however the project calls the command in it. */
function isHint(text: string): boolean {
  const [begin = '', end = ''] = OWN_HINT.split('npm run runbooks');
  return text.startsWith(begin) && text.endsWith(end) && !text.slice(begin.length, -end.length).includes('\n');
}

/** A page without what is written by the engine: what a team has to keep true by itself. */
export function ownText(page: string): string {
  const parts = partsOf(page);
  return parts.kind === 'generated' ? `${parts.before}\n${parts.after}` : page;
}

/** A text without its blocks of code. */
export function withoutCode(text: string): string {
  return text.replace(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, '');
}

/** What hosts of repositories make of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
