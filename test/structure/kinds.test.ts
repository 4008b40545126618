/** A kind of resource is a file of the model and one in each target: what is above them knows none by its name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KINDS, specOf } from '../../src/model/resource.ts';
import { DIRECTORY_KINDS } from '../../src/targets/directory/kinds.ts';
import { GRAFANA_KINDS } from '../../src/targets/grafana/kinds.ts';

const SRC = new URL('../../src/', import.meta.url).pathname;

function filesThatName(kind: string): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && readFileSync(join(SRC, path), 'utf8').includes(`'${kind}'`))
    .sort();
}

describe('kinds of resource', () => {
  test('are written in one order: what is needed comes before what needs it', () => {
    expect(KINDS).toEqual(['folder', 'contact-point', 'time-interval', 'rule', 'dashboard']);
  });

  test('each has a name of its own', () => {
    expect(new Set(KINDS.map((kind) => specOf(kind).name)).size).toBe(KINDS.length);
  });

  test('each is read and written by both targets', () => {
    for (const kinds of [Object.keys(GRAFANA_KINDS), Object.keys(DIRECTORY_KINDS)])
      expect([...kinds].sort()).toEqual([...KINDS].sort());
  });

  test('the newest is named where it is made, checked, read and written, and nowhere else', () => {
    expect(filesThatName('time-interval')).toEqual([
      'app/build-project.ts',
      'build/time-intervals.ts',
      'model/kinds/rule.ts',
      'model/kinds/time-interval.ts',
      'model/resource.ts',
      'targets/directory/kinds.ts',
      'targets/directory/time-interval.ts',
      'targets/grafana/kinds.ts',
      'targets/grafana/policies.ts',
      'targets/grafana/time-interval.ts',
      'validate/time-intervals.ts',
    ]);
  });
});
