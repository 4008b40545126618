import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unsafePages } from '../../src/app/fill-runbooks.ts';
import { NEW_PAGE, ownHeadings, ownText, partsOf, withGenerated } from '../../src/model/runbook-page.ts';

const BEGIN = '<!-- generated -->';
const END = '<!-- /generated -->';

const digest = (text: string) => text.length.toString(16).padStart(12, '0');

describe('what a team writes around the generated part', () => {
  test('stays as it is, byte by byte, whatever is generated', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('<!--') && !/[\r\n]/.test(text));
    const own = fc.array(line).map((lines) => lines.map((one) => `${one}\n`).join(''));
    fc.assert(
      fc.property(own, own, line, line, (before, after, first, second) => {
        const parts = partsOf(withGenerated({ before, after }, first, digest));
        expect(parts).toMatchObject({ kind: 'generated', before, after });
        if (parts.kind !== 'generated') return;
        expect(parts.stamp).toBe(digest(parts.inside));
        const again = withGenerated(parts, second, digest);
        expect(again).toBe(withGenerated({ before, after }, second, digest));
        expect(ownText(again)).toBe(`${before}\n${after}`);
      }),
    );
  });

  test('stays without a line end at the end of the file', () => {
    const parts = partsOf(`${BEGIN}\nold\n${END}\n\nCall Ada.`);
    expect(parts).toMatchObject({ kind: 'generated', before: '', inside: 'old', after: '\nCall Ada.', line: 1 });
  });

  test('is told at the top of the page, by its headings, once something stands below them', () => {
    expect(ownHeadings(NEW_PAGE)).toEqual([]);
    const code = '```sh\n## not a heading\n```\n';
    expect(
      ownHeadings({ before: '## Before you start\nCall Ada.\n', after: `${NEW_PAGE.after}More.\n${code}## Empty\n` }),
    ).toEqual(['Before you start', 'Notes of the team']);
  });
});

describe('a page without markers', () => {
  test.each(['', '# ServiceHeapHigh\n', `Between \`${BEGIN}\` and \`${END}\`.\n`])('is all the team’s: %j', (text) => {
    expect(partsOf(text)).toEqual({ kind: 'own' });
    expect(ownText(text)).toBe(text);
  });
});

test.each([
  ['a begin alone', `# A\n${BEGIN}\n`, 2, 'no <!-- /generated --> after it'],
  ['an end alone', `# A\n\n${END}\n`, 3, 'comes before'],
  ['the wrong order', `${END}\n${BEGIN}\n`, 1, 'comes before'],
  ['a second begin', `${BEGIN}\na\n${BEGIN}\n${END}\n`, 3, 'a second time'],
  ['a second part', `${BEGIN}\n${END}\nown\n${BEGIN}\n${END}\n`, 4, 'a second time'],
  ['a second end', `${BEGIN}\n${END}\nown\n  ${END}\n`, 4, 'a second time'],
])('%s is told with its line, and nobody guesses what is whose', (_, text, line, problem) => {
  const page = { alert: 'ServiceCpuHigh', path: 'alerts/runbooks/ServiceCpuHigh.md', text };
  expect(unsafePages([page], true)).toMatchObject([
    { code: 'M009', level: 'error', file: `${page.path}:${line}`, message: expect.stringContaining(problem) },
  ]);
});
