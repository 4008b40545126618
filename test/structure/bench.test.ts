import { expect, test } from 'vitest';
import { mixedServices } from '../../scripts/bench/services.ts';
import { builtOf } from '../support/world.ts';

test('the services of the bench are valid, of every kind, with and without regions', () => {
  for (const dimensions of [[], [{ label: 'region', values: ['eu', 'us'] }]]) {
    const built = builtOf(mixedServices(18), { dimensions });
    if (!built.ok) throw new Error(built.problems.map(({ code, message }) => `${code} ${message}`).join('\n'));
    // What no metric tells of would not be built, nor measured.
    expect(built.warnings.map(({ code }) => code)).not.toContain('F023');
  }
});
