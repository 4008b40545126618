/** A file that people write may export, return or throw anything: it is named, and it is never a bug of the tool. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProjectSource } from '../../src/app/project-source.ts';
import { PROJECT, run } from '../support/run.ts';
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
  extendedServices: (extendedServices) => ({ dashboards: { ...own.dashboards, extendedServices } }),
  buildDashboards: (buildDashboards) => ({ dashboards: { ...own.dashboards, buildDashboards } }),
  'what buildDashboards returns': (built) => ({ dashboards: { ...own.dashboards, buildDashboards: () => built } }),
  'a dashboard': (one) => ({ dashboards: { ...own.dashboards, buildDashboards: () => [one] } }),
  buildRules: (buildRules) => ({ alerts: { ...own.alerts, buildRules } }),
  'a rule': (one) => ({ alerts: { ...own.alerts, buildRules: () => [one] } }),
  'the inside of a rule': (rule) => ({
    alerts: {
      ...own.alerts,
      buildRules: () => [{ kind: 'rule', uid: 'shop-x', title: 'X', folderUid: 'f', source: 'alerts/x.ts', rule }],
    },
  }),
  buildContactPoints: (buildContactPoints) => ({ alerts: { ...own.alerts, buildContactPoints } }),
  'a contact point': (one) => ({ alerts: { ...own.alerts, buildContactPoints: () => [one] } }),
  alertNames: (alertNames) => ({ alerts: { ...own.alerts, alertNames } }),
  serviceAlerts: (serviceAlerts) => ({ alerts: { ...own.alerts, serviceAlerts } }),
  projectAlerts: (projectAlerts) => ({ alerts: { ...own.alerts, projectAlerts } }),
  receivers: (receivers) => ({ alerts: { ...own.alerts, receivers } }),
};
const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['validate', []],
  ['plan', ['--target', 'directory', '--dir', 'nowhere']],
  ['annotate', ['--service', 'user-service', '--version', '1']],
  ['new-service', ['!']],
  ['restore', ['package.json']],
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
    expect(stdout).toContain('F001 services/index.ts');
  });

  test('build a dashboard without panels name the file of that dashboard', async () => {
    const one = { kind: 'dashboard', uid: 'shop-x', title: 'x', folderUid: 'f', source: 'dashboards/x.ts', spec: {} };
    const source = {
      ...own,
      dashboards: { ...own.dashboards, buildDashboards: () => [one] },
    } as unknown as ProjectSource;
    const { stdout } = await run('validate', [], {}, PROJECT, { loadProject: () => Promise.resolve(source) });
    expect(stdout).toContain('buildDashboards()[0].spec.panels');
    expect(stdout).toContain('dashboards/x.ts');
  });
});
