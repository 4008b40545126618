import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/adapters/http/index.ts';
import { visible } from '../../src/model/outside-text.ts';

function knowing(...secrets: readonly string[]) {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

describe('a secret that is known', () => {
  const secret = 'ca"na<ry> &51c2\n/+=ü%';

  test.each<[string, (value: string) => string]>([
    ['as it is', (value) => value],
    ['in one line, as text of servers is shown', visible],
    ['percent-encoded', encodeURIComponent],
    ['percent-encoded in small letters', (value) => encodeURIComponent(value).toLowerCase().replace('ca"na', 'ca"na')],
    ['in a form', (value) => new URLSearchParams({ a: value }).toString()],
    ['in JSON', JSON.stringify],
    [
      'in JSON as Go writes it',
      (value) => JSON.stringify(value).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    ],
    ['in JSON inside JSON', (value) => JSON.stringify(JSON.stringify(value))],
    [
      'in HTML',
      (value) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&#34;'),
    ],
    ['in base64', (value) => Buffer.from(value).toString('base64')],
    ['in base64 for addresses', (value) => Buffer.from(value).toString('base64url')],
    ['in base64 behind one byte', (value) => Buffer.from(`:${value}`).toString('base64')],
    ['in base64 behind two bytes, and before others', (value) => Buffer.from(`u:${value}}]`).toString('base64')],
  ])('is taken out %s', (_, form) => {
    const text = form(secret);
    const redacted = knowing(secret).redact(`a ${text} b`);
    expect(redacted).toContain('[secret]');
    expect(redacted).not.toMatch(/51c2|NTFjM|1MWMy|UxYz/);
  });

  test('is taken out whatever it is made of, as it is, in JSON and in base64', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40, unit: 'binary' }),
        fc.string({ unit: 'grapheme-ascii' }),
        (value, around) => {
          if (value.trim().length < 8) return;
          const redacted = knowing(value).redact(
            `${around}${value}\n${JSON.stringify(value)}\n${Buffer.from(value).toString('base64')}`,
          );
          expect(redacted).not.toContain(value);
          expect(redacted.split('[secret]').length).toBeGreaterThanOrEqual(4);
        },
      ),
    );
  });

  test('of several lines is taken out line by line', () => {
    const key = '-----BEGIN KEY-----\nMIIEcanary51c2\n-----END KEY-----';
    expect(knowing(key).redact('line 2: MIIEcanary51c2')).toBe('line 2: [secret]');
  });

  test('that is a part of another leaves nothing of the longer one', () => {
    expect(knowing('canary-51c2', 'canary-51c2-longer').redact('canary-51c2-longer canary-51c2')).toBe(
      '[secret] [secret]',
    );
  });

  test('of few letters is taken out as a word only, and one of less than four is no secret', () => {
    const redactor = knowing('admin', 'abc');
    expect(redactor.redact('user admin, admin. administrator abc')).toBe('user [secret], [secret]. administrator abc');
  });
});

test('text without secrets stays as it is, and a new redactor knows none', () => {
  expect(knowing('canary-51c2').redact('nothing here')).toBe('nothing here');
  expect(createRedactor().redact('canary-51c2')).toBe('canary-51c2');
});

test('data that is read back loses what is sure to be a secret, and keeps words', () => {
  const secrets = createRedactor();
  secrets.add('prometheus');
  secrets.add('glsa_0123456789');
  const data = { type: 'prometheus', title: 'by glsa_0123456789', threshold: 0.05 };
  expect(secrets.redactData(data)).toEqual({ type: 'prometheus', title: 'by [secret]', threshold: 0.05 });
});
