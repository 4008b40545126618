import { expect, test } from 'vitest';
import { countStatements, renderSizes, shipped, sizesAt } from '../../scripts/bench/size.ts';

const HERE = { root: '.', environment: process.env };
const count = (text: string) => countStatements('file.ts', text);

test('counts statements, whatever their comments, blank lines and line breaks are', () => {
  const dense = 'export function f(a: number) { if (a > 1) { return a; } const b = a * 2; return b; }';
  const loose = `
/** Says much. */
export function f(
  a: number, // a number
) {
  if (a > 1) {
    return a;
  }

  const b =
    a *
    2;
  return b;
}
`;
  expect(count(dense)).toBe(5);
  expect(count(loose)).toBe(5);
});

test.each([
  ['const a = 1;', 1],
  ['export const a = 1;', 1],
  ["import { a } from 'a';", 1],
  ["export { a } from 'a';", 1],
  ['interface A { readonly b: string; c(): void }', 1],
  ['type A = { b: string };', 1],
  ['const f = (a: number) => a;', 2],
  ['const f = (a: number) => { return a; };', 2],
  ['class A { readonly b = 1; c() { return 1; } }', 4],
  ['for (const a of b) { c(a); }', 3],
  [';;', 0],
])('counts %s as %i', (text, statements) => {
  expect(count(text)).toBe(statements);
});

test('stops at a file that it cannot parse', () => {
  expect(() => count('const = 1;')).toThrow(/file\.ts/);
});

test('compares room by room, and holds tests apart from what ships', () => {
  const [before, now] = [
    { 'src/model': 10, 'src/old': 5, test: 7 },
    { 'src/model': 12, 'src/new': 1, test: 70 },
  ];
  expect([shipped(before), shipped(now)]).toEqual([15, 13]);
  expect(renderSizes(now, before).split('\n')).toEqual([
    '| room | before | now | difference |',
    '|---|--:|--:|--:|',
    '| src/model | 10 | 12 | +2 |',
    '| src/new | 0 | 1 | +1 |',
    '| src/old | 5 | 0 | -5 |',
    '| **all that ships** | 15 | 13 | -2 |',
    '| tests | 7 | 70 | +63 |',
  ]);
});
test('counts a commit from git’s objects', async () => {
  const sizes = await sizesAt('HEAD', HERE, ['src/model', 'test']);
  expect(Object.keys(sizes).sort()).toEqual(['src/model', 'test']);
  expect(sizes['src/model']).toBeGreaterThan(100);
});

test('a commit that does not exist is an error with the way out', async () => {
  await expect(sizesAt('nowhere', HERE)).rejects.toMatchObject({
    problems: [{ code: 'C020', subject: '--against nowhere' }],
  });
});
