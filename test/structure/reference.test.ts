import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { apiOf } from '../../scripts/api/check.ts';
import { type Declared, readDeclarations } from '../../scripts/api/read-module.ts';
import { parseDocstring } from '../../scripts/docs/docstring.ts';
import { renderReference } from '../../scripts/docs/page.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

describe('a docstring', () => {
  test('is its text, parameters, result, errors and examples', () => {
    const doc = `Sends it.\nTwice.\n\n@param request.to whom, me@example.com\n@param text what\n@returns when\n@throws Error late\n@example\nsend({ to: 'a' }, 'b');\n@example send()`;
    const { parameters, ...parsed } = parseDocstring(doc);
    expect(Object.fromEntries(parameters)).toEqual({ 'request.to': 'whom, me@example.com', text: 'what' });
    expect(parsed).toEqual({
      text: 'Sends it.\nTwice.',
      returns: 'when',
      throws: ['Error late'],
      examples: ["send({ to: 'a' }, 'b');", 'send()'],
    });
  });

  test('may have its example in the line of its text', () => {
    expect(parseDocstring('A share. @example percent(75) // 0.75')).toMatchObject({
      text: 'A share.',
      examples: ['percent(75) // 0.75'],
    });
  });
});

describe('a page', () => {
  const declared = (text: string): readonly Declared[] => [...readDeclarations('a.d.ts', text).declared.values()];
  const page = (text: string) => {
    const names = declared(text).map((one) => ({ name: one.name, declared: one }));
    const api = { entries: [{ name: 'acme/mail', doc: 'Mail.', names }], hidden: [] };
    return renderReference(api, '0.1.0').find(({ path }) => path === 'mail.md')?.text;
  };

  test('has a function with what it takes, gives and throws, and links to what it names', () => {
    const text = `/**\n * Sends a {@link Mail}.\n *\n * @param mail to whom and what\n * @returns its id\n * @throws Error late\n * @example send({ to: 'a' })\n */\nexport declare function send(mail: Mail, ...more: string[]): string;\n/** A mail. */\nexport interface Mail {\n /** Whom. @example 'a' */ readonly to: string;\n}`;
    expect(page(text)).toBe(`# acme/mail

Mail.

\`\`\`ts
import { … } from 'acme/mail';
\`\`\`

## Functions

### send

Sends a [\`Mail\`](#mail).

\`\`\`ts
function send(mail: Mail, ...more: string[]): string
\`\`\`

| parameter | type | what it is |
|---|---|---|
| \`mail\` | [\`Mail\`](#mail) | to whom and what |
| \`more\` | \`string[]\` |  |

**Returns** its id

**Throws** Error late

\`\`\`ts
send({ to: 'a' })
\`\`\`

## Types

### Mail

A mail.

\`\`\`ts
interface Mail {
  readonly to: string;
}
\`\`\`

| member | type | what it is |
|---|---|---|
| \`to\` | \`string\` | Whom. Example: \`'a'\` |
`);
  });

  test.each([
    ['type A = 1 | "b";', 'type A =\n  | 1\n  | "b"'],
    ['type A<T> = { a: T };', 'type A<T> = {\n  a: T;\n}'],
    ['type A<T> = readonly T[];', 'type A<T> = readonly T[]'],
    ['declare const a: { readonly b: 1 };', 'const a: {\n  readonly b: 1;\n}'],
    ['declare const a: string;', 'const a: string'],
    ['interface A extends B { c: 1 }', 'interface A extends B {\n  c: 1;\n}'],
  ])('shows %s as code', (text, code) => {
    expect(page(text)).toContain(`\`\`\`ts\n${code}\n\`\`\``);
  });
});

test('the reference has every public name of every entry, under a heading of its own', () => {
  const api = apiOf(REPOSITORY);
  const [index, ...pages] = renderReference(api, '0.1.0');
  expect(pages).toHaveLength(api.entries.length);
  for (const [at, { name, names }] of api.entries.entries()) {
    expect(index?.text).toContain(`[\`${name}\`](${pages[at]?.path})`);
    const headings = [...(pages[at]?.text ?? '').matchAll(/^### (\S+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(expect.arrayContaining(names.map((one) => one.name)));
    expect(pages[at]?.text).not.toMatch(/\{@link/);
  }
});
