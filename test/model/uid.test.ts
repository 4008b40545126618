import { describe, expect, test } from 'vitest';
import { MAX_UID, uid } from '../../src/model/uid.ts';

describe('a UID', () => {
  test('is readable where it fits', () => {
    expect(uid('acme', 'payments', 'errors')).toBe('acme-payments-errors');
    expect(uid('acme', 'p'.repeat(35))).toHaveLength(MAX_UID);
  });

  test('is cut where it would be too long, and says by a hash what it stands for', () => {
    const long = uid('acme', 'settlement-of-card-payments-in-europe', 'dependency');
    expect(long).toMatch(/^acme-settlement-of-card-payments[a-z-]*-[0-9a-z]{6}$/);
    expect(long.length).toBeLessThanOrEqual(MAX_UID);
    expect(uid('acme', 'settlement-of-card-payments-in-europe', 'dependency')).toBe(long);
  });

  test('of long names differs with each part, and with where a part ends', () => {
    const service = 'settlement-of-card-payments-in-europe';
    const all = [
      uid('acme', service, 'errors'),
      uid('acme', service, 'error'),
      uid('acme', `${service}-a`, 'errors'),
      uid('acme', service, 'a-errors'),
      uid('acmestg', service, 'errors'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('keeps the mark whole, and never ends its readable part with a hyphen', () => {
    const cut = uid('acme', `${'a'.repeat(27)}-${'b'.repeat(20)}`);
    expect(cut).toMatch(/^acme-a{27}-[0-9a-z]{6}$/);
    expect(uid('a'.repeat(28), 'payments', 'latency-p95')).toMatch(/^a{28}-/);
  });
});
