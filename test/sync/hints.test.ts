/** What a plan advises where somebody edited Grafana, or only a part of it is looked at. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Live } from '../../src/model/plan.ts';
import type { DashboardResource } from '../../src/model/resource.ts';
import { renderDiagnostics, renderPlanText } from '../../src/report/index.ts';
import { makePlan, plan, type Target } from '../../src/sync/index.ts';
import { desiredOf } from '../support/world.ts';

const desired = desiredOf();
const target = { kind: 'grafana', name: 'https://grafana.example.com' } as const;

describe('a hand edit', () => {
  const board = desired.resources.find(
    (resource): resource is DashboardResource =>
      resource.kind === 'dashboard' && Object.keys(resource.panelSources ?? {}).length > 0,
  ) as DashboardResource;
  const [id = '', file = ''] =
    Object.entries(board.panelSources ?? {}).find(([, source]) => source !== board.source) ?? [];
  const edited = (change: (spec: JsonObject) => JsonObject): Live => ({
    complete: true,
    objects: [
      {
        ...{ kind: 'dashboard', uid: board.uid, title: board.title, owned: true, pin: '2' },
        resource: { ...board, spec: change(board.spec) },
        edited: { by: 'anna', at: '', message: '', ours: board },
      },
    ],
    repairs: [],
    notes: [],
  });

  test('of a panel of a shared section belongs into the file of the section', () => {
    const live = edited((spec) => ({
      ...spec,
      panels: (spec['panels'] as unknown as JsonObject[]).map((panel) =>
        String(panel['id']) === id ? { ...panel, title: 'Edited' } : panel,
      ),
    }));
    const made = plan({ resources: [board] }, live, target, { scope: {} });
    expect(file).not.toBe(board.source);
    expect(made.drift).toMatchObject([{ source: board.source, sources: [file] }]);
    expect(made.changes).toMatchObject([
      { diagnostic: { file, remedy: expect.stringContaining(`edit into ${file} `) } },
    ]);
    expect(renderPlanText(made)).toContain(`keep: bring the edit into ${file}    discard:`);
  });

  test('of the dashboard itself belongs into its own file', () => {
    const made = plan(
      { resources: [board] },
      edited((spec) => ({ ...spec, refresh: '7m' })),
      target,
      { scope: {} },
    );
    expect(renderPlanText(made)).toContain(`keep: bring the edit into ${board.source}    discard:`);
    expect(made.drift[0]).not.toHaveProperty('sources');
  });
});

test('a plan for a part says nothing of folders that the rest is in', async () => {
  const note = {
    code: 'G015',
    level: 'warning',
    subject: 'folder Bank',
    message: 'left the code and stays',
    remedy: '',
  } as const;
  const other = { ...note, code: 'G011', subject: 'contact point bank-chat' };
  const live: Live = { complete: true, objects: [], repairs: [], notes: [note, other] };
  const reading = { identity: target, read: async () => live } as unknown as Target;
  const options = { scope: {}, isSet: () => true, previewWebhook: '' };
  const notesOf = async (more: object) => (await makePlan(reading, { resources: [] }, { ...options, ...more })).notes;
  expect(await notesOf({})).toEqual([note, other]);
  expect(await notesOf({ among: () => true })).toEqual([other]);
});

test('the same problem of fifty things is said once, with the first of them and their number', () => {
  const problems = Array.from({ length: 50 }, (_, index) => ({
    ...({ code: 'T105', level: 'error', file: 'scenarios/', subject: `scenario ${index}` } as const),
    ...{ message: 'describes a service that is not in the catalog', remedy: 'Remove it' },
  }));
  const text = renderDiagnostics(problems);
  expect(text.match(/T105/g)).toHaveLength(1);
  expect(text).toContain('scenario 0, scenario 1');
  expect(text).toContain('and 42 more describes a service');
});
