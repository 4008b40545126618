/** Text from outside may be long: no pattern looks at it again and again. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { analyse } from 'scslre';
import { expect, test } from 'vitest';

/** Patterns whose input is never from outside, and why it is short. */
const EXCUSED: Readonly<Record<string, string>> = {
  'src/app/new-service.ts': 'the list of services, which is our own',
  'src/model/caller.ts': 'a line of our own stack',
  'src/validate/bindings.ts': 'a fact of the code',
  'src/validate/slips.ts': 'a fact of the code',
};

interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression that stands in the engine. */
function patternsOf(file: string): readonly Pattern[] {
  const found: Pattern[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('regex' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string };
      found.push({ file, source: pattern, flags });
    }
    for (const inner of Object.values(node)) visit(inner);
  };
  visit(parseSync(file, readFileSync(file, 'utf8')).program);
  return found;
}

/** Whether the steps of a pattern grow with more than the length of its text, in the worst case. */
function isSlow({ source, flags }: Pattern): boolean {
  return analyse({ source, flags }).reports.length > 0;
}

test.each(['\\s*\\n\\s*', '(a+)+b', '\\/+$'])('%s is known as slow', (source) => {
  expect(isSlow({ file: '', source, flags: 'g' })).toBe(true);
});

test('no pattern of the engine takes more steps than its text has signs', () => {
  const files = execFileSync('git', ['ls-files', 'src/*.ts'], { encoding: 'utf8' }).trim().split('\n');
  const patterns = files.filter((file) => !Object.hasOwn(EXCUSED, file)).flatMap(patternsOf);
  expect(patterns.length).toBeGreaterThan(100);
  expect(patterns.filter(isSlow)).toEqual([]);
});
