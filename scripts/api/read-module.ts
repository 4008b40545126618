/** One file of declarations: what it declares, imports and exports. */
import { type Comment, type Node, parseSync, type Span, type Statement, Visitor } from 'oxc-parser';

/** What a name stands for. */
export type Kind = 'function' | 'const' | 'interface' | 'type' | 'class' | 'enum';

/** A member of an interface or of an object type, or one of the alternatives of a union. */
export interface Member {
  /** Empty for what has none: an alternative, an index. */
  readonly name: string;
  /** In one line, without docstrings. @example 'readonly id: string' */
  readonly text: string;
  /** As it is written; empty where there is none. */
  readonly doc: string;
}

/** What is declared under a name. */
export interface Declared {
  readonly name: string;
  readonly kind: Kind;
  /** In one line, up to its members. @example '(value: number): Quantity<"ratio">' */
  readonly text: string;
  readonly members: readonly Member[];
  readonly parameters: readonly Member[];
  /** As it is written; empty where there is none. */
  readonly doc: string;
  /** Types and values that its declaration names. */
  readonly uses: readonly Reference[];
}

/** A name, and the module that it is from where that is another one. */
export interface Reference {
  readonly name: string;
  readonly from?: string;
}

/** A module of declarations. */
export interface DeclarationModule {
  /** The docstring that stands above all. */
  readonly doc: string;
  readonly declared: ReadonlyMap<string, Declared>;
  /** By their local names. */
  readonly imported: ReadonlyMap<string, Reference>;
  /** By the names that others see. */
  readonly exported: ReadonlyMap<string, Reference>;
  /** Modules all of whose exports are exported too. */
  readonly stars: readonly string[];
}

/** Reads a module of declarations. @throws Error where it is not understood, so that no name is missed */
export function readDeclarations(path: string, text: string): DeclarationModule {
  const { program, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const source = { text, comments };
  const declared = new Map<string, Declared>();
  const imported = new Map<string, Reference>();
  const exported = new Map<string, Reference>();
  const stars: string[] = [];
  const declare = (node: Node, around: Span, isExported: boolean): void => {
    for (const one of declarationsIn(node, around, source)) {
      const before = declared.get(one.name);
      declared.set(one.name, before === undefined ? one : together(before, one));
      if (isExported) exported.set(one.name, { name: one.name });
    }
  };
  for (const statement of program.body) {
    switch (statement.type) {
      case 'ImportDeclaration':
        for (const one of statement.specifiers) {
          const name = one.type === 'ImportSpecifier' ? nameOf(one.imported) : '*';
          imported.set(one.local.name, { name, from: statement.source.value });
        }
        break;
      case 'ExportAllDeclaration':
        if (statement.exported !== null)
          throw new Error(`${path}: a namespace is exported, which has no name for each part`);
        stars.push(statement.source.value);
        break;
      case 'ExportNamedDeclaration': {
        const from = statement.source?.value;
        for (const { local, exported: seen } of statement.specifiers)
          exported.set(nameOf(seen), { name: nameOf(local), ...(from === undefined ? {} : { from }) });
        if (statement.declaration !== null) declare(statement.declaration, statement, true);
        break;
      }
      case 'ExportDefaultDeclaration':
        throw new Error(`${path}: exports a default, which has no name`);
      default:
        declare(statement, statement, false);
    }
  }
  return { doc: moduleDoc(program.body[0], source), declared, imported, exported, stars };
}

interface Source {
  readonly text: string;
  readonly comments: readonly Comment[];
}

/** Overloads of one function are one name. */
function together(first: Declared, second: Declared): Declared {
  return { ...first, text: `${first.text}; ${second.text}`, uses: [...first.uses, ...second.uses] };
}

function declarationsIn(node: Node, around: Span, source: Source): readonly Declared[] {
  const shared = { doc: docBefore(around, source), uses: usesOf(node, source.text), parameters: [], members: [] };
  const line = (span: Span): string => oneLine(span, source);
  switch (node.type) {
    case 'TSDeclareFunction':
    case 'FunctionDeclaration': {
      if (node.id === null) return [];
      const parameters = node.params.map((parameter) => member(parameterName(parameter), parameter, source));
      return [
        {
          ...shared,
          name: node.id.name,
          kind: 'function',
          text: line({ start: node.id.end, end: node.end }),
          parameters,
        },
      ];
    }
    case 'VariableDeclaration':
      return node.declarations.flatMap(({ id }): readonly Declared[] => {
        if (id.type !== 'Identifier') return [];
        const type = id.typeAnnotation?.typeAnnotation;
        const isObject = type?.type === 'TSTypeLiteral';
        const text = isObject ? '' : line({ start: id.start + id.name.length, end: id.end });
        const members = isObject ? membersOf(type.members, source) : [];
        return [{ ...shared, name: id.name, kind: 'const', text, members }];
      });
    case 'TSInterfaceDeclaration': {
      const text = line({ start: node.id.end, end: node.body.start });
      return [{ ...shared, name: node.id.name, kind: 'interface', text, members: membersOf(node.body.body, source) }];
    }
    case 'TSTypeAliasDeclaration': {
      const { typeAnnotation: type } = node;
      const head = line({ start: node.id.end, end: type.start });
      const members =
        type.type === 'TSTypeLiteral'
          ? membersOf(type.members, source)
          : type.type === 'TSUnionType'
            ? type.types.map((one) => member('', one, source))
            : [];
      const text = members.length === 0 ? `${head} = ${line(type)}`.trim() : head;
      return [{ ...shared, name: node.id.name, kind: 'type', text, members }];
    }
    case 'ClassDeclaration': {
      if (node.id === null) return [];
      const text = line({ start: node.id.end, end: node.body.start });
      return [{ ...shared, name: node.id.name, kind: 'class', text, members: membersOf(node.body.body, source) }];
    }
    case 'TSEnumDeclaration':
      return [{ ...shared, name: node.id.name, kind: 'enum', text: line(node.body) }];
    case 'ExpressionStatement':
    case 'EmptyStatement':
      return [];
    default:
      throw new Error(`a ${node.type} among declarations is not understood: ${line(around).slice(0, 80)}`);
  }
}

function membersOf(nodes: readonly Node[], source: Source): readonly Member[] {
  return nodes.map((node) => {
    const key = 'key' in node ? (node.key as Node) : undefined;
    return member(key === undefined ? '' : source.text.slice(key.start, key.end), node, source);
  });
}

function member(name: string, node: Span, source: Source): Member {
  return { name, text: oneLine(node, source), doc: docBefore(node, source) };
}

function parameterName(node: Node): string {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'RestElement') return parameterName(node.argument);
  // Taken apart in the signature: its members are documented, and it has no name.
  return '';
}

/** A part of the text in one line: without docstrings, `declare`, and the modules of inferred types. */
function oneLine({ start, end }: Span, { text, comments }: Source): string {
  let bare = '';
  let at = start;
  for (const comment of comments) {
    if (comment.start < at || comment.end > end) continue;
    bare += text.slice(at, comment.start);
    at = comment.end;
  }
  return (bare + text.slice(at, end))
    .replace(/import\("[^"]*"\)\./g, '')
    .replace(/\s+/g, ' ')
    .replaceAll(' ;', ';')
    .replace(/[;=]?\s*$/, '')
    .trim();
}

/** The docstring right before a node. */
function docBefore({ start }: Span, { text, comments }: Source): string {
  const found = comments.findLast((comment) => comment.end <= start && text.slice(comment.end, start).trim() === '');
  return found?.type === 'Block' && found.value.startsWith('*') ? plain(found.value) : '';
}

/** The first docstring, where it is the module's and not that of its first declaration. */
function moduleDoc(first: Statement | undefined, { text, comments }: Source): string {
  const [comment, next] = comments;
  if (comment === undefined || first === undefined || comment.start > first.start || !comment.value.startsWith('*'))
    return '';
  const isImport =
    first.type === 'ImportDeclaration' || (first.type === 'ExportNamedDeclaration' && first.source !== null);
  const isStar = first.type === 'ExportAllDeclaration';
  const another = next !== undefined && next.end <= first.start;
  return isImport || isStar || another ? plain(text.slice(comment.start + 2, comment.end - 2)) : '';
}

/** The text of a docstring, without the stars at its side. */
function plain(value: string): string {
  return value
    .replace(/^\*+/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}

/** What a declaration names, its own type parameters among it: who looks for those finds nothing. */
function usesOf(node: Node, text: string): readonly Reference[] {
  const found: Reference[] = [];
  const add = (name: Span): void => {
    const [first = ''] = text.slice(name.start, name.end).split('.');
    found.push({ name: first });
  };
  const visitor = new Visitor({
    TSTypeReference: ({ typeName }) => add(typeName),
    TSInterfaceHeritage: ({ expression }) => add(expression),
    TSTypeQuery: ({ exprName }) => {
      if (exprName.type !== 'TSImportType') add(exprName);
    },
    TSImportType: ({ source, qualifier }) => {
      if (qualifier === null) return;
      const [name = ''] = text.slice(qualifier.start, qualifier.end).split('.');
      found.push({ name, from: source.value });
    },
  });
  visitor.visit({
    type: 'Program',
    start: 0,
    end: text.length,
    body: [node],
    sourceType: 'module',
    hashbang: null,
  } as never);
  return found;
}

function nameOf(node: Node): string {
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : '';
}
