/** A runbook's text as Markdown. */
import type { RunbookBlock, RunbookText } from '../../model/runbook.ts';
import { anchorOf } from '../../model/runbook-page.ts';

/** As wide as people read a page that is not rendered. */
const WIDTH = 120;

/** What stands around the text of a page. */
export interface RunbookPageParts {
  /** The alert's name. */
  readonly title: string;
  /** Tables of what the rules and the replay say. */
  readonly facts: string;
  /** Headings of what the team has written below. */
  readonly ownHeadings: readonly string[];
}

/** The page from its title to the end of the mitigation. */
export function renderRunbookText(text: RunbookText, { title, facts, ownHeadings }: RunbookPageParts): string {
  const { diagnosis } = text;
  const steps = diagnosis.steps.map(({ question, blocks }, index) =>
    listItem(`${index + 1}. `, [{ kind: 'text', text: `**${question}**` }, ...blocks]),
  );
  const own = ownHeadings.map((heading) => `[${heading}](#${anchorOf(heading)})`).join(', ');
  return [
    `# ${title}`,
    wrapped(text.opening, ''),
    ...(own === '' ? [] : [wrapped(`The team's own, below: ${own}.`, '')]),
    facts,
    '## Meaning',
    ...blocksOf(text.meaning),
    '## Impact',
    ...blocksOf(text.impact),
    '## Diagnosis',
    ...blocksOf(diagnosis.before),
    ...(steps.length === 0 ? [] : [steps.join('\n')]),
    ...blocksOf(diagnosis.after),
    '## Mitigation',
    text.mitigation.map((item, index) => listItem(`${index + 1}. `, [{ kind: 'text', text: item }])).join('\n'),
  ].join('\n\n');
}

/** The blocks of a step, the first text beside its question. */
function listItem(marker: string, blocks: readonly RunbookBlock[]): string {
  const indent = ' '.repeat(marker.length);
  const [first, second, ...rest] = blocks;
  const opens = first?.kind === 'text' && second?.kind === 'text';
  const joined: readonly RunbookBlock[] = opens
    ? [{ kind: 'text', text: `${first.text} ${second.text}` }, ...rest]
    : blocks;
  return `${marker}${laidOut(joined, indent).trimStart()}`;
}

function blocksOf(blocks: readonly RunbookBlock[]): readonly string[] {
  return blocks.length === 0 ? [] : [laidOut(blocks, '')];
}

function laidOut(blocks: readonly RunbookBlock[], indent: string): string {
  return blocks
    .map((block, index) => {
      // A list that a sentence introduces stands close to it.
      const close = block.kind === 'list' && blocks[index - 1]?.kind === 'text';
      return `${index === 0 ? '' : close ? '\n' : '\n\n'}${blockText(block, indent)}`;
    })
    .join('');
}

function blockText(block: RunbookBlock, indent: string): string {
  switch (block.kind) {
    case 'text':
      return wrapped(block.text, indent);
    case 'list':
      return block.items.map((item) => `${indent}- ${wrapped(item, `${indent}  `).trimStart()}`).join('\n');
    case 'code':
      return ['```'.concat(block.language), ...block.text.split('\n'), '```']
        .map((line) => (line === '' ? '' : `${indent}${line}`))
        .join('\n');
    default:
      return block satisfies never;
  }
}

/** Stands for a blank at which no line ends. */
const GLUE = '\0';

/** A paragraph in lines; code, links and names of panels are not broken. */
function wrapped(text: string, indent: string): string {
  const words = glued(text)
    .split(' ')
    .map((word) => word.replaceAll(GLUE, ' '));
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent}${one}`).join('\n');
}

/** The text with its blanks within code, links and emphasis replaced. */
function glued(text: string): string {
  let [code, link, emphasis] = [false, false, false];
  let all = '';
  let last = '';
  for (const sign of text) {
    if (sign === '`') code = !code;
    else if (!code && sign === '_' && last !== '\\') emphasis = !emphasis;
    else if (!code && sign === '[') link = true;
    else if (sign === ']') link = false;
    all += sign === ' ' && (code || link || emphasis) ? GLUE : sign;
    last = sign;
  }
  return all;
}
