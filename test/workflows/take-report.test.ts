import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function take(): { readonly text?: string; readonly refused?: string } {
  try {
    return {
      text: execFileSync('bash', ['.ci/take-report', folder, 'report.md'], { encoding: 'utf8', stdio: 'pipe' }),
    };
  } catch (error) {
    return { refused: (error as { readonly stderr: string }).stderr };
  }
}

describe('the report of a pull request', () => {
  test('is taken as it is', () => {
    const text = '<!-- mark -->\n# Änderungen\n\n\t- `p95` → 2 s 🚨\n';
    writeFileSync(join(folder, 'report.md'), text);
    expect(take()).toEqual({ text });
  });

  test.each<[string, (file: string) => unknown, string]>([
    ['that is not there', () => undefined, 'there is no file report.md'],
    ['that is a folder', (file) => mkdirSync(file), 'there is no file report.md'],
    [
      'that is a link to a file of the runner',
      (file) => symlinkSync('/etc/passwd', file),
      'there is no file report.md',
    ],
    ['that is longer than any comment', (file) => writeFileSync(file, 'x'.repeat(262_145)), 'longer than 262144 bytes'],
    ['that is no text', (file) => writeFileSync(file, Buffer.from([0x61, 0xff, 0xfe])), 'not text in UTF-8'],
    ['with a null byte', (file) => writeFileSync(file, 'a\0b'), 'control characters'],
    ['with an escape of a terminal', (file) => writeFileSync(file, 'a\u001b[31m'), 'control characters'],
    ['with a carriage return', (file) => writeFileSync(file, 'a\r\n'), 'control characters'],
  ])('%s is refused', (_, write, message) => {
    write(join(folder, 'report.md'));
    const { text, refused } = take();
    expect(text).toBeUndefined();
    expect(refused).toContain(`::error::The report of the pull request is not used: `);
    expect(refused).toContain(message);
  });

  test.each(['package.json', '.npmrc', 'a\n::warning::b'])('with %j beside it is refused', (name) => {
    writeFileSync(join(folder, 'report.md'), 'text\n');
    writeFileSync(join(folder, name), '{}');
    expect(take().refused).toBe(
      '::error::The report of the pull request is not used: more came with it than one file.\n',
    );
  });
});
