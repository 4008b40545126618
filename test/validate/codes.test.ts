import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Codes of diagnostics and explained errors, wherever the code states them. */
function statedCodes(): string[] {
  const files = ['src', 'scripts'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  const texts = files.filter((name) => name.endsWith('.ts')).map((name) => readFileSync(name, 'utf8'));
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(/'([A-Z]\d{3})'/g)].map(([, code]) => code ?? ''))),
  ].sort();
}

test('docs/diagnostics.md explains every code, and no other', () => {
  const documented = [...readFileSync('docs/diagnostics.md', 'utf8').matchAll(/^### ([A-Z]\d{3})\b/gm)].map(
    ([, code]) => code ?? '',
  );
  expect(documented.sort()).toEqual(statedCodes());
});

test('every code is shown with an example', () => {
  const sections = readFileSync('docs/diagnostics.md', 'utf8').split(/^### /m).slice(1);
  expect(sections.filter((section) => !section.includes('```')).map((section) => section.slice(0, 4))).toEqual([]);
});
