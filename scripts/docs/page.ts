/** The reference as Markdown: a page for each entry, and a list of them. */
import type { Api, HiddenType, PublicEntry, PublicName } from '../api/read-api.ts';
import type { Declared, Member } from '../api/read-module.ts';
import { type Docstring, parseDocstring } from './docstring.ts';

/** A page of the reference. */
export interface Page {
  /** Relative to the folder of the reference. @example 'panels.md' */
  readonly path: string;
  readonly text: string;
}

/** Kinds as chapters of a page, in their order. */
const CHAPTERS = [
  ['Functions', ['function', 'class']],
  ['Constants', ['const', 'enum']],
  ['Types', ['interface', 'type']],
] as const;

/** Writes all pages. @param version of the package */
export function renderReference(api: Api, version: string): readonly Page[] {
  const pages = api.entries.map((entry) => ({ entry, path: pathOf(entry) }));
  const rows = pages.map(
    ({ entry, path }) => `| [\`${entry.name}\`](${path}) | ${entry.names.length} | ${inRow(entry.doc)} |`,
  );
  const index = [
    '# Reference',
    `Of version ${version}, made from the docstrings by \`npm run docs\`.`,
    ['| entry | names | what it is for |', '|---|--:|---|', ...rows].join('\n'),
  ];
  return [
    { path: 'README.md', text: joined(index) },
    ...pages.map(({ entry, path }) => ({ path, text: renderEntry(entry, api) })),
  ];
}

function pathOf({ name }: Pick<PublicEntry, 'name'>): string {
  const [, ...rest] = name.split('/');
  return `${rest.length === 0 ? 'index' : rest.join('-')}.md`;
}

function renderEntry(entry: PublicEntry, { entries, hidden }: Api): string {
  const own = new Set(entry.names.filter(({ sameAs }) => sameAs === undefined).map(({ name }) => name));
  const behind = hidden.filter(({ partOf }) => partOf.some((name) => own.has(name)));
  const chapters = [
    ...CHAPTERS.map(([title, kinds]) => ({
      title,
      blocks: entry.names
        .filter(({ declared }) => kinds.some((kind) => kind === declared.kind))
        .map((one) => renderName(one, entries)),
    })),
    { title: 'Parts of these', blocks: behind.map(renderHidden) },
  ].filter(({ blocks }) => blocks.length > 0);
  const links = new Map(anchorsOf([...entry.names, ...behind.map(({ declared }) => declared)].map(({ name }) => name)));
  const text = joined([
    `# ${entry.name}`,
    entry.doc,
    `\`\`\`ts\nimport { … } from '${entry.name}';\n\`\`\``,
    ...chapters.flatMap(({ title, blocks }) => [`## ${title}`, ...blocks]),
  ]);
  return text.replace(/\{@link (\w+)[^}]*\}/g, (_, name: string) =>
    links.has(name) ? `[\`${name}\`](#${links.get(name)})` : `\`${name}\``,
  );
}

/** GitHub's anchors of headings that are one name each. */
function anchorsOf(names: readonly string[]): readonly (readonly [string, string])[] {
  const used = new Map<string, number>();
  return names.map((name) => {
    const anchor = name.toLowerCase();
    const before = used.get(anchor) ?? 0;
    used.set(anchor, before + 1);
    return [name, before === 0 ? anchor : `${anchor}-${before}`];
  });
}

function renderName({ name, declared, sameAs }: PublicName, entries: readonly PublicEntry[]): string {
  const other = entries.find((entry) => entry.name === sameAs);
  if (other !== undefined)
    return joined([`### ${name}`, `The same as in [\`${other.name}\`](${pathOf(other)}#${name.toLowerCase()}).`]);
  return renderDeclared(name, declared);
}

function renderHidden({ declared, partOf }: HiddenType): string {
  const names = partOf.slice(0, 5).map((name) => `\`${name}\``);
  const note = `Not exported by name; a part of ${names.join(', ')}${partOf.length > 5 ? ' and others' : ''}.`;
  return joined([renderDeclared(declared.name, declared), note]);
}

function renderDeclared(name: string, declared: Declared): string {
  const doc = parseDocstring(declared.doc);
  return joined([
    `### ${name}`,
    doc.text,
    codeOf(name, declared),
    tableOf('parameter', parametersOf(declared, doc)),
    tableOf('member', declared.members.filter((one) => one.name !== '' && one.doc !== '').map(rowOf)),
    doc.returns === '' ? '' : `**Returns** ${doc.returns}`,
    ...doc.throws.map((what) => `**Throws** ${what}`),
    ...doc.examples.map((example) => `\`\`\`ts\n${example}\n\`\`\``),
  ]);
}

function codeOf(name: string, { kind, text, members }: Declared): string {
  const head = `${kind} ${name}${text === '' || /^[:<(]/.test(text) ? '' : ' '}${text}`;
  return `\`\`\`ts\n${head}${bodyOf(kind, members)}\n\`\`\``;
}

function bodyOf(kind: Declared['kind'], members: readonly Member[]): string {
  if (members.length === 0) return '';
  const isUnion = kind === 'type' && members.some(({ name }) => name === '');
  if (isUnion) return [' =', ...members.map(({ text }) => `  | ${text}`)].join('\n');
  const open = { const: ': {', type: ' = {' }[kind as string] ?? ' {';
  return [open, ...members.map(({ text }) => `  ${text};`), '}'].join('\n');
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly what: string;
}

/** Every parameter, and the parts of one that the docstring speaks of. */
function parametersOf({ parameters }: Declared, doc: Docstring): readonly Row[] {
  const stated = parameters.map((one) => ({ ...rowOf(one), what: doc.parameters.get(one.name) ?? '' }));
  const named = new Set(parameters.map(({ name }) => name));
  const parts = [...doc.parameters].filter(([name]) => !named.has(name));
  return [...stated.filter(({ name }) => name !== ''), ...parts.map(([name, what]) => ({ name, type: '', what }))];
}

function rowOf({ name, text, doc }: Member): Row {
  const { text: what, examples } = parseDocstring(doc);
  const example = examples.length === 0 ? '' : ` Example: \`${examples.join('; ').replace(/\s+/g, ' ')}\``;
  return { name, type: text.replace(/^(?:readonly )?(?:\.{3})?[\w'"-]+\??:\s*/, ''), what: `${what}${example}` };
}

function tableOf(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const typeOf = (type: string) => (/^\w*$/.test(type) ? type && `{@link ${type}}` : `\`${inRow(type)}\``);
  const lines = rows.map(({ name, type, what }) => `| \`${name}\` | ${typeOf(type)} | ${inRow(what)} |`);
  return [`| ${title} | type | what it is |`, '|---|---|---|', ...lines].join('\n');
}

/** Text in the cell of a table. */
function inRow(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

function joined(parts: readonly string[]): string {
  return `${parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}
