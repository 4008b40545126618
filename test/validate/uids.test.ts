import { describe, expect, test } from 'vitest';
import { buildFrom } from '../../src/app/build-project.ts';
import type { LoadedProject } from '../../src/project/source.ts';
import { aService, bankServices, dashboardsOf, rulesOf, sourceOf } from '../support/world.ts';

function problemsOf(source: LoadedProject): readonly string[] {
  const built = buildFrom(source);
  return built.ok ? [] : built.problems.map(({ code, subject, message }) => `${code} ${subject} ${message}`);
}

describe('UIDs that meet', () => {
  test('are reported with both services: a-b with the slug c, and a with b-c', () => {
    const source = sourceOf([aService({ id: 'a-b', title: 'A and B' }), aService({ id: 'a' })]);
    const [first] = source.alerts.service;
    if (first === undefined) throw new Error('the bank has alerts');
    const alerts = {
      ...source.alerts,
      service: [
        { ...first, slug: 'c' },
        { ...first, alert: 'Own', slug: 'b-c' },
      ],
    };
    expect(problemsOf({ ...source, alerts })).toContainEqual(
      expect.stringMatching(/^R001 rule Own of a has the same UID bank-a-b-c as \w+ of a-b in /),
    );
  });

  test('are reported of a free dashboard and that of a service', () => {
    const source = sourceOf();
    const [overview] = source.dashboards.shared;
    if (overview === undefined) throw new Error('the bank has an overview');
    const own: typeof overview = (context) => ({ ...overview(context), uid: 'bank-user-account', title: 'Own' });
    const dashboards = { ...source.dashboards, shared: [overview, own] };
    expect(problemsOf({ ...source, dashboards })).toContainEqual(
      expect.stringMatching(/^B001 dashboard .* has the same UID bank-user-account as /),
    );
  });
});

test('a service of a long id is built, and its UIDs are as long as Grafana takes, each of its own', () => {
  const id = 'settlement-of-card-payments-in-the-whole-of-europe';
  const built = buildFrom(sourceOf([...bankServices, aService({ id, title: 'Settlement' })]));
  if (!built.ok) throw new Error(built.problems.map(({ message }) => message).join('\n'));
  const uids = [...dashboardsOf(built.desired), ...rulesOf(built.desired)]
    .filter(({ service }) => service === id)
    .map(({ uid }) => uid);
  expect(uids.length).toBeGreaterThan(5);
  expect(new Set(uids).size).toBe(uids.length);
  expect(uids.filter((uid) => uid.length > 40 || !uid.startsWith('bank-settlement-of-card'))).toEqual([]);
});
