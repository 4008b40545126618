/** How much code there is, in statements: what neither comments nor line breaks change. */

import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { filesAt, type GitPlace, resolveCommit } from '../../src/adapters/git.ts';
import type { Io } from '../../src/app/io.ts';
import { EXIT, type ExitCode } from '../../src/cli/exit-codes.ts';
import { writeResult } from '../../src/cli/terminal.ts';
import { listModules } from '../layers/layers.ts';

/** Statements by room; those of `test` are apart from what ships. */
export type Sizes = Readonly<Record<string, number>>;

/** The folders that ship, and the tests. */
const FOLDERS = ['src', 'scripts', 'services', 'dashboards', 'alerts', 'scenarios', 'test'];

/**
 * Statements and declarations in a module, members of classes among them. A block is none, but what is in it; an arrow
 * function without braces counts as the `return` that it is.
 */
export function countStatements(path: string, text: string): number {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  let count = 0;
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
    } else if (typeof node === 'object' && node !== null) {
      if ('type' in node && typeof node.type === 'string' && isStatement(node)) count += 1;
      for (const value of Object.values(node)) visit(value);
    }
  };
  visit(program.body);
  return count;
}

const MEMBERS = new Set(['PropertyDefinition', 'MethodDefinition']);
const NONE = new Set(['BlockStatement', 'EmptyStatement']);

function isStatement(node: { readonly type?: unknown }): boolean {
  const type = String(node.type);
  if (type === 'ArrowFunctionExpression') return 'expression' in node && node.expression === true;
  // `export const a = 1` is one, not two.
  if (type === 'ExportNamedDeclaration') return !('declaration' in node) || node.declaration === null;
  return MEMBERS.has(type) || (/(Statement|Declaration)$/.test(type) && !NONE.has(type));
}

/** Counts the working tree, files that are not committed too. @param root with a slash at its end */
export function sizesOf(root: string): Sizes {
  return sum(listModules(root).map((file) => [file, readFileSync(`${root}${file}`, 'utf8')]));
}

/**
 * Counts a commit from git's objects: nothing is checked out.
 *
 * @param ref a commit, branch or tag; C020 if there is none
 * @param folders default: all
 */
export async function sizesAt(ref: string, place: GitPlace, folders: readonly string[] = FOLDERS): Promise<Sizes> {
  const { commit } = await resolveCommit(ref, '--against', place);
  const files = await filesAt(commit, folders, place);
  return sum([...files].filter(([file]) => /\.[cm]?[jt]s$/.test(file)));
}

function sum(files: readonly (readonly [string, string])[]): Sizes {
  const sizes: Record<string, number> = {};
  for (const [file, text] of files) {
    const room = sizeRoom(file);
    sizes[room] = (sizes[room] ?? 0) + countStatements(file, text);
  }
  return sizes;
}

/** By folder alone, so that commits with other rooms can be counted too. */
function sizeRoom(file: string): string {
  const [outer = '', inner = '', ...rest] = file.split('/');
  return (outer === 'src' || outer === 'scripts') && rest.length > 0 ? `${outer}/${inner}` : outer;
}

/** Statements of what ships: everything but the tests. */
export function shipped(sizes: Sizes): number {
  return Object.entries(sizes).reduce((total, [room, size]) => total + (room === 'test' ? 0 : size), 0);
}

/** As a Markdown table: rooms in order, then what ships, then the tests. */
export function renderSizes(now: Sizes, before?: Sizes): string {
  const rooms = [...new Set([...Object.keys(now), ...Object.keys(before ?? {})])]
    .filter((room) => room !== 'test')
    .sort();
  const row = (name: string, after: number, first: number) =>
    before === undefined
      ? `| ${name} | ${after} |`
      : `| ${name} | ${first} | ${after} | ${after > first ? '+' : ''}${after - first} |`;
  return [
    before === undefined ? '| room | statements |' : '| room | before | now | difference |',
    before === undefined ? '|---|--:|' : '|---|--:|--:|--:|',
    ...rooms.map((room) => row(room, now[room] ?? 0, before?.[room] ?? 0)),
    row('**all that ships**', shipped(now), before === undefined ? 0 : shipped(before)),
    row('tests', now['test'] ?? 0, before?.['test'] ?? 0),
  ].join('\n');
}

/**
 * Prints how much code there is.
 *
 * @param options `against`: a commit to compare with; exit code 1 where there is more now
 */
export async function benchSize(
  { against, out }: { readonly against?: string; readonly out?: string },
  io: Io,
): Promise<ExitCode> {
  const now = sizesOf(io.root);
  const before = against === undefined ? undefined : await sizesAt(against, io);
  await writeResult(renderSizes(now, before), out, io);
  return before === undefined || shipped(now) <= shipped(before) ? EXIT.success : EXIT.failure;
}
