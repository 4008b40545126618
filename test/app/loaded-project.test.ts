/** A file that people write may export, return or throw anything: it is named, and it is never a bug of the tool. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProjectSource } from '../../src/project/source.ts';
import { PROJECT } from '../support/places.ts';
import { run } from '../support/run.ts';
import { sourceOf } from '../support/world.ts';

const own: ProjectSource = { ...sourceOf(), root: PROJECT };
const fails = (): never => {
  throw undefined;
};

/** What is loaded, with one export as it should not be. */
const SLOTS: Readonly<Record<string, (value: unknown) => object>> = {
  project: (project) => ({ project }),
  services: (services) => ({ services }),
  'one of the services': (service) => ({ services: [...own.services, service] }),
  dashboards: (dashboards) => ({ dashboards }),
  sections: (sections) => ({ dashboards: { ...own.dashboards, sections } }),
  'a section': (section) => ({ dashboards: { ...own.dashboards, sections: [() => section] } }),
  'a panel': (panel) => ({
    dashboards: { ...own.dashboards, sections: [() => ({ key: 'x', title: 'x', panels: [panel] })] },
  }),
  shared: (shared) => ({ dashboards: { ...own.dashboards, shared } }),
  'a shared dashboard': (one) => ({ dashboards: { ...own.dashboards, shared: [() => one] } }),
  extensions: (extensions) => ({ dashboards: { ...own.dashboards, extensions } }),
  'what an extension returns': (draft) => ({
    dashboards: {
      ...own.dashboards,
      extensions: { 'user-account': { extend: () => draft, source: 'dashboards/x.ts' } },
    },
  }),
  alerts: (alerts) => ({ alerts }),
  'the alerts of services': (service) => ({ alerts: { ...own.alerts, service } }),
  'an alert': (one) => ({ alerts: { ...own.alerts, service: [one] } }),
  'the alerts of the project': (project) => ({ alerts: { ...own.alerts, project } }),
  receivers: (receivers) => ({ alerts: { ...own.alerts, receivers } }),
  contactPoints: (contactPoints) => ({ alerts: { ...own.alerts, contactPoints } }),
  'a contact point': (one) => ({ alerts: { ...own.alerts, contactPoints: [one] } }),
  scenarios: (scenarios) => ({ scenarios }),
  'a scenario': (one) => ({ scenarios: [one] }),
  incident: (incident) => ({ incident }),
};
const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['validate', []],
  ['plan', ['--target', 'directory', '--dir', 'nowhere']],
  ['annotate', ['--service', 'user-account', '--version', '1']],
  ['new-service', ['!']],
  ['restore', ['grafana.config.ts']],
];

async function outputs(loadProject: () => Promise<ProjectSource>, commands = COMMANDS): Promise<readonly string[]> {
  const all: string[] = [];
  for (const [command, args] of commands) {
    const { stdout, stderr } = await run(command, args, {}, PROJECT, { loadProject });
    all.push(`${command}: ${stdout}${stderr}`);
  }
  return all;
}

describe('whatever is exported as', () => {
  test.each(Object.keys(SLOTS))('%s, no command calls it a bug of the tool', async (slot) => {
    const usual = [
      undefined,
      null,
      3,
      'x',
      {},
      [],
      [null],
      [3],
      fails,
      () => null,
      Promise.resolve([]),
      Symbol('x'),
      1n,
    ];
    const values = [...usual, ...fc.sample(fc.anything({ withBigInt: true, withMap: true }), { numRuns: 5, seed: 7 })];
    for (const [index, value] of values.entries()) {
      const source = { ...own, ...SLOTS[slot]?.(value) };
      const commands = index < 3 ? COMMANDS : COMMANDS.slice(0, 1);
      for (const output of await outputs(() => Promise.resolve(source), commands))
        expect(output).not.toContain('bug of the tool');
    }
  });
});

describe('a project whose files', () => {
  test.each([
    ['throw nothing at all', undefined],
    ['throw an object', {}],
    ['throw what has no text', Object.create(null)],
    ['throw an error of odd fields', Object.assign(new Error('x'), { stack: 3, message: undefined })],
    ['throw an error of no place', new Error('no such colour')],
  ])('%s is told that they cannot be used', async (_, cause) => {
    for (const output of await outputs(() => Promise.reject(cause as Error))) {
      expect(output).not.toContain('bug of the tool');
    }
    const { code, stdout, stderr } = await run('validate', [], {}, PROJECT, {
      loadProject: () => Promise.reject(cause as Error),
    });
    expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('F000')]);
  });

  test('export no list of services name the file', async () => {
    const source = { ...own, services: undefined } as unknown as ProjectSource;
    const { stdout } = await run('validate', [], {}, PROJECT, { loadProject: () => Promise.resolve(source) });
    expect(stdout).toContain('F000 project has a wrong choice at services');
    expect(stdout).toContain('grafana.config.ts');
  });

  test('make a section without panels are told which dashboards they stand in', async () => {
    const section = { key: 'x', title: 'x' };
    const dashboards = { ...own.dashboards, sections: [() => section], source: 'dashboards/x.ts' };
    const source = { ...own, dashboards } as unknown as ProjectSource;
    const { stdout } = await run('validate', [], {}, PROJECT, { loadProject: () => Promise.resolve(source) });
    expect(stdout).toContain('F000 dashboards/x.ts');
  });
});

describe('a scenario that a compiler would refuse', () => {
  const whole = own.scenarios.find((one) => typeof one !== 'function');
  const expect_ = { must: [], may: [], never: [] };

  test.each<readonly [string, object, string]>([
    ['has no list of what may fire', { expect: { must: [], never: [] } }, 'expect.may'],
    ['says of an alert not when it fires', { expect: { ...expect_, must: [{ alert: 'A', service: 'b' }] } }, 'between'],
    ['loses something that it does not name', { defaults: { lost: [{ from: '14:00', until: '15:00' }] } }, 'families'],
  ])('since it %s, is named by its place, and is no bug of the tool', async (_, facts, place) => {
    const loadProject = () => Promise.resolve({ ...own, scenarios: [{ ...whole, ...facts }] } as ProjectSource);
    const [said = ''] = await outputs(loadProject, [['replay', ['--list']]]);
    expect(said).not.toMatch(/bug of the tool/);
    expect(said).toContain('F000');
    expect(said).toContain(place);
  });
});
