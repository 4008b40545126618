import { readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';

/** An import as it is written, of whatever form. */
export interface Import {
  /** What is asked for; undefined where it is computed, so that nobody can say. */
  readonly specifier: string | undefined;
  readonly line: number;
}

/**
 * Everything that a module asks for: values, types, `export … from`, `import()` in code and in types, `require`.
 *
 * @returns why, where it cannot be parsed: a module that was not understood must not pass for one without imports
 */
export function readImports(path: string, text = readFileSync(path, 'utf8')): readonly Import[] | string {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) return error.message;
  const found: Import[] = [];
  const add = (source: { readonly start: number; readonly value?: unknown } | null): void => {
    if (source === null) return;
    const specifier = typeof source.value === 'string' ? source.value : undefined;
    found.push({ specifier, line: text.slice(0, source.start).split('\n').length });
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    TSExternalModuleReference: ({ expression }) => add(expression),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require' && first !== undefined) add(first);
    },
  }).visit(program);
  return found;
}
