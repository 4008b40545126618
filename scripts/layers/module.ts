import { readFileSync } from 'node:fs';
import { type Node, parseSync, Visitor } from 'oxc-parser';

/** An import as it is written, of whatever form. */
export interface Import {
  /** What is asked for; undefined where it is computed, so that nobody can say. */
  readonly specifier: string | undefined;
  readonly line: number;
}

/** A look at the process, the clock or chance. */
export interface Ambient {
  /** @example 'Date.now' */
  readonly what: string;
  readonly line: number;
}

/** What a module asks for. */
export interface Module {
  /** Values, types, `export … from`, `import()` in code and in types, `require`. */
  readonly imports: readonly Import[];
  readonly ambient: readonly Ambient[];
}

/** Of an object that everybody has: what of it says something about the world; undefined: all. */
const WORLD: Readonly<Record<string, readonly string[] | undefined>> = {
  process: undefined,
  performance: undefined,
  Date: ['now'],
  Math: ['random'],
};

/**
 * Reads a module without running it.
 *
 * @returns why, where it cannot be parsed: a module that was not understood must not pass for one without imports
 */
export function readModule(path: string, text = readFileSync(path, 'utf8')): Module | string {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) return error.message;
  const imports: Import[] = [];
  const ambient: Ambient[] = [];
  const lineOf = ({ start }: { readonly start: number }): number => text.slice(0, start).split('\n').length;
  const add = (source: { readonly start: number; readonly value?: unknown } | null): void => {
    if (source === null) return;
    imports.push({ specifier: typeof source.value === 'string' ? source.value : undefined, line: lineOf(source) });
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    TSExternalModuleReference: ({ expression }) => add(expression),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (isNamed(callee, 'require') && first !== undefined) add(first);
    },
    MemberExpression: (node) => {
      const { object, property } = node;
      if (object.type !== 'Identifier' || !Object.hasOwn(WORLD, object.name) || property.type !== 'Identifier') return;
      const some = WORLD[object.name];
      if (some === undefined || some.includes(property.name))
        ambient.push({ what: `${object.name}.${property.name}`, line: lineOf(node) });
    },
    NewExpression: (node) => {
      if (isNamed(node.callee, 'Date') && node.arguments.length === 0)
        ambient.push({ what: 'new Date()', line: lineOf(node) });
    },
  }).visit(program);
  return { imports, ambient };
}

function isNamed(node: Node, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}
