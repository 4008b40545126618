import { describe, expect, test } from 'vitest';
import { isNoOp } from '../../src/model/plan.ts';
import { parseBackup, parsePlan } from '../../src/report/plan/saved-plan.ts';
import { plan } from '../../src/sync/index.ts';
import { desiredOf } from '../support/world.ts';

const made = plan(
  desiredOf(),
  { complete: true, objects: [], repairs: [], notes: [] },
  { kind: 'directory', name: 'd' },
  { scope: {} },
);

describe('a saved plan', () => {
  test('comes back as it was', () => {
    expect(parsePlan(JSON.stringify(made))).toEqual({ plan: JSON.parse(JSON.stringify(made)) });
    expect(isNoOp(made)).toBe(false);
  });

  test.each(['../../bank-users', '..', '/etc/passwd', 'a\\b', 'a\nb', ''])(
    'with %j where a UID belongs is none: it would become a path',
    (uid) => {
      const changes = made.changes.map((change) =>
        'desired' in change ? { ...change, desired: { ...change.desired, uid } } : change,
      );
      expect(parsePlan(JSON.stringify({ ...made, changes }))).toEqual({
        problem: expect.stringContaining('changes.0.desired.uid'),
      });
      const resources = desiredOf().resources.map((resource) =>
        'folderUid' in resource ? { ...resource, folderUid: uid } : resource,
      );
      const backup = { format: 'grafana-as-code/backup', version: 1, target: made.target, resources };
      expect(parseBackup(JSON.stringify(backup))).toEqual({ problem: expect.stringContaining('folderUid') });
    },
  );

  test.each(['', '[]', '{"format":"something"}'])('%j is none', (text) => {
    expect(parsePlan(text)).toHaveProperty('problem');
    expect(parseBackup(text)).toHaveProperty('problem');
  });
});
