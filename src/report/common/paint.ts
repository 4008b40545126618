/** How text is coloured; the identity where it is not. Status never rests on colour alone: there is a glyph and a word. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly add: (text: string) => string;
  readonly change: (text: string) => string;
  readonly remove: (text: string) => string;
  readonly warn: (text: string) => string;
}

const same = (text: string): string => text;

/** No colour: for pipes, files and NO_COLOR. */
export const noPaint: Paint = { bold: same, dim: same, add: same, change: same, remove: same, warn: same };
