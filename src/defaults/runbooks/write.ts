/** How pages are written: a sentence whose fact is missing is left out, and so is a step of which nothing is left. */
import { formatPromql } from '../../metrics/format.ts';
import type { RunbookBlock, RunbookText } from '../../model/runbook.ts';

type Maybe<T> = T | undefined;
/** One sentence or some; those that are undefined, or refer to a step that is not there, are left out. */
export type Sentences = Maybe<string> | readonly Maybe<string>[];

/** A block whose sentences may still be left out. */
export type DraftBlock =
  | { readonly kind: 'text'; readonly sentences: Sentences }
  | { readonly kind: 'list'; readonly items: readonly Sentences[] }
  | { readonly kind: 'code'; readonly language: 'promql' | 'sql'; readonly text: string };

export interface DraftStep {
  /** How other sentences refer to it: `{step:pool}`. */
  readonly key: string;
  readonly question: string;
  readonly blocks: readonly Maybe<DraftBlock>[];
}

export interface DraftRunbook {
  readonly opening: string;
  readonly meaning: readonly Maybe<DraftBlock>[];
  readonly impact: readonly Maybe<DraftBlock>[];
  readonly diagnosis: {
    readonly before?: readonly Maybe<DraftBlock>[];
    readonly steps: readonly Maybe<DraftStep>[];
    readonly after?: readonly Maybe<DraftBlock>[];
  };
  readonly mitigation: readonly Sentences[];
}

/**
 * A sentence with facts in it; undefined where one of them is not known.
 *
 * @example say`Look at ${about.panel('cpu')}.` // undefined where no such panel is shown
 */
export function say(parts: TemplateStringsArray, ...facts: readonly Maybe<string>[]): Maybe<string> {
  if (facts.includes(undefined)) return undefined;
  return parts.map((part, index) => `${part}${facts[index] ?? ''}`).join('');
}

/** A paragraph. */
export function text(...sentences: readonly Maybe<string>[]): DraftBlock {
  return { kind: 'text', sentences };
}

export function list(...items: readonly Sentences[]): DraftBlock {
  return { kind: 'list', items };
}

/** A query to copy; undefined where nobody has what it asks for. */
export function promql(expression: Maybe<string>): Maybe<DraftBlock> {
  return expression === undefined ? undefined : { kind: 'code', language: 'promql', text: formatPromql(expression) };
}

export function sql(statements: string): DraftBlock {
  return { kind: 'code', language: 'sql', text: statements };
}

/** A panel and the query that says the same: whichever of them there is. */
export function look(panel: Maybe<string>, query: Maybe<string>): readonly Maybe<DraftBlock>[] {
  if (query === undefined) return [text(say`${panel}.`)];
  return [text(panel === undefined ? 'Ask in Explore:' : `${panel}, or`), promql(query)];
}

export function step(key: string, question: string, ...blocks: readonly Maybe<DraftBlock>[]): DraftStep {
  return { key, question, blocks };
}

/** Code within a line. */
export function code(words: string): string {
  return words.includes('`') ? `\`\` ${words} \`\`` : `\`${words}\``;
}

/** Of some names those that are known; undefined where none is. @example someOf('a', undefined, 'b') // 'a and b' */
export function someOf(...names: readonly Maybe<string>[]): Maybe<string> {
  const known = names.filter((name) => name !== undefined);
  return known.length === 0 ? undefined : listed(known);
}

/** @example listed(['a', 'b', 'c']) // 'a, b and c' */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** The draft without what is not known. Steps are numbered in the order in which they are left. */
export function finished(draft: DraftRunbook): RunbookText {
  let steps = draft.diagnosis.steps.filter((one) => one !== undefined);
  // A step that only sends to one that is left out is left out, too.
  for (let before = -1; before !== steps.length; ) {
    before = steps.length;
    const known = new Set(steps.map(({ key }) => key));
    steps = steps.filter(({ blocks }) => finishedBlocks(blocks, (key) => (known.has(key) ? 1 : undefined)).length > 0);
  }
  const numbers = new Map(steps.map(({ key }, index) => [key, index + 1]));
  const numberOf = (key: string) => numbers.get(key);
  const blocks = (some: readonly Maybe<DraftBlock>[] = []) => finishedBlocks(some, numberOf);
  return {
    opening: draft.opening,
    meaning: blocks(draft.meaning),
    impact: blocks(draft.impact),
    diagnosis: {
      before: blocks(draft.diagnosis.before),
      steps: steps.map((one) => ({ question: one.question, blocks: blocks(one.blocks) })),
      after: blocks(draft.diagnosis.after),
    },
    mitigation: draft.mitigation.flatMap((item) => finishedSentences(item, numberOf) ?? []),
  };
}

type NumberOf = (key: string) => Maybe<number>;

function finishedBlocks(blocks: readonly Maybe<DraftBlock>[], numberOf: NumberOf): readonly RunbookBlock[] {
  return blocks.flatMap((block): RunbookBlock[] => {
    if (block === undefined) return [];
    switch (block.kind) {
      case 'text': {
        const words = finishedSentences(block.sentences, numberOf);
        return words === undefined ? [] : [{ kind: 'text', text: words }];
      }
      case 'list': {
        const items = block.items.flatMap((item) => finishedSentences(item, numberOf) ?? []);
        return items.length === 0 ? [] : [{ kind: 'list', items }];
      }
      case 'code':
        return [block];
      default:
        return block satisfies never;
    }
  });
}

function finishedSentences(sentences: Sentences, numberOf: NumberOf): Maybe<string> {
  const all = Array.isArray(sentences) ? sentences : [sentences];
  const known = all.flatMap((sentence: Maybe<string>) => {
    const keys = [...(sentence ?? '').matchAll(/\{step:([a-z-]+)\}/g)].map(([, key = '']) => key);
    if (sentence === undefined || keys.some((key) => numberOf(key) === undefined)) return [];
    return [sentence.replace(/\{step:([a-z-]+)\}/g, (_, key: string) => `step ${numberOf(key)}`)];
  });
  return known.length === 0 ? undefined : known.join(' ');
}
