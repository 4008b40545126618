import { describe, expect, test } from 'vitest';
import { diffJson, meaningsOf } from '../../src/diff/index.ts';
import type { Json } from '../../src/model/json.ts';
import type { ContactPointResource, DashboardResource, RuleResource } from '../../src/model/resource.ts';
import { changeText, subjectText } from '../../src/report/common/words.ts';
import { desiredOf } from '../support/world.ts';

const resources = desiredOf().resources;
const rule = resources.find(({ uid }) => uid === 'bank-user-account-pool') as RuleResource;
const board = resources.find(({ uid }) => uid === 'bank-user-account') as DashboardResource;
const point = resources.find(({ uid }) => uid === 'bank-chat') as ContactPointResource;

function ruleMeanings(change: object) {
  const before = { folderUid: 'x', rule: rule.rule } as unknown as Json;
  const after = { folderUid: 'x', rule: { ...rule.rule, ...change } } as unknown as Json;
  return meaningsOf(rule, before, after, diffJson(before, after));
}

describe('a changed rule, in words', () => {
  test.each<[object, string, boolean]>([
    [{ threshold: 0.8 }, 'threshold 75 % → 80 %', true],
    [{ for: '5m' }, 'for 2m → 5m', true],
    [{ comparison: 'gt' }, 'fires at least → above', true],
    [
      { severity: 'critical', labels: { ...rule.rule.labels, severity: 'critical' } },
      'severity warning → critical',
      true,
    ],
    [{ expr: 'vector(1)' }, 'condition changed', true],
    [{ paused: true }, 'paused: it notifies nobody', true],
    [{ noDataState: 'NoData' }, 'without data KeepLast → NoData', true],
    [
      { notification: { ...rule.rule.notification, receiver: 'bank-on-call' } },
      'receiver bank-chat → bank-on-call',
      true,
    ],
    [{ notification: { ...rule.rule.notification, groupWait: '1m' } }, 'group wait 30s → 1m', true],
    [{ labels: { ...rule.rule.labels, team: 'other' } }, 'label team identity → other', false],
    [
      { annotations: { ...rule.rule.annotations, summary: 'other' } },
      'summary "User Account: pool {{label:pool}} is {{value}} full" → "other"',
      false,
    ],
    [
      { annotations: { ...rule.rule.annotations, runbook_url: 'https://x' } },
      expect.stringMatching(/^runbook https.* → https:\/\/x$/) as unknown as string,
      false,
    ],
    [{ panelId: 1 }, 'linked panel changed', false],
  ])('%j', (change, text, paging) => {
    const meanings = ruleMeanings(change);
    expect(meanings.map(changeText)).toEqual([text]);
    expect(meanings).toMatchObject([{ paging }]);
    expect(meanings.map(subjectText)).toEqual(['']);
  });

  test('what affects paging comes first', () => {
    const texts = ruleMeanings({ labels: { ...rule.rule.labels, team: 'other' }, for: '5m' }).map(changeText);
    expect(texts).toEqual(['for 2m → 5m', 'label team identity → other']);
  });
});

/** A dashboard's JSON as these tests change it. */
interface Board {
  title: string;
  time: object;
  tags: string[];
  links: object[];
  panels: Panel[];
  templating: { list: { query: string }[] };
  annotations: { list: object[] };
}
interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  datasource: object;
  gridPos: { w: number; y: number };
  fieldConfig: { defaults: { unit: string; thresholds: { steps: { value: number }[] } } };
  targets: { refId: string; expr: string; legendFormat?: string }[];
}

describe('a changed dashboard, in words', () => {
  const boardMeanings = (change: (board: Board) => unknown): string[] => {
    const spec = structuredClone(board.spec) as unknown as Board;
    change(spec);
    const before = { folderUid: 'x', spec: board.spec } as Json;
    const after = { folderUid: 'x', spec } as unknown as Json;
    return meaningsOf(board, before, after, diffJson(before, after)).map((meaning) =>
      `${subjectText(meaning)} ${changeText(meaning)}`.trim(),
    );
  };

  /** Changes the panel "Error rate". */
  const panel = (change: (panel: Panel) => unknown) => (spec: Board) =>
    spec.panels.filter(({ title }) => title === 'Error rate').forEach(change);

  test.each<[string, (spec: Board) => unknown, string[]]>([
    [
      'a panel added',
      ({ panels }) => panels.push({ ...(panels[0] as Panel), id: 5, title: 'New' }),
      ['panel "New" added'],
    ],
    [
      'a panel removed',
      (spec) => (spec.panels = spec.panels.filter(({ title }) => title !== 'Error rate')),
      ['panel "Error rate" removed'],
    ],
    [
      'a panel moved',
      panel((each) => (each.gridPos.y = 999)),
      [
        'panel "Error rate" moved from row "Errors and traffic: what users do not get" to row "Resources: last, because waiting costs no processor time"',
      ],
    ],
    ['a panel resized', panel((each) => (each.gridPos.w = 6)), ['panel "Error rate" width 12 → 6']],
    [
      'a panel retitled',
      panel((each) => (each.title = 'Failures')),
      ['panel "Failures" title "Error rate" → "Failures"'],
    ],
    ['a unit', panel((each) => (each.fieldConfig.defaults.unit = 's')), ['panel "Error rate" unit percentunit → s']],
    [
      'a description',
      panel((each) => (each.description = 'x')),
      [expect.stringMatching(/^panel "Error rate" description "Share of requests .* …" → "x"$/)],
    ],
    [
      'a data source',
      panel((each) => (each.datasource = { uid: 'x' })),
      ['panel "Error rate" data source ${datasource} → x'],
    ],
    [
      'a query',
      panel((each) => (each.targets = each.targets.map((target) => ({ ...target, expr: 'vector(2)' })))),
      ['panel "Error rate" query A changed'],
    ],
    [
      'a legend',
      panel((each) => (each.targets = each.targets.map((target) => ({ ...target, legendFormat: 'x' })))),
      ['panel "Error rate" legend of query A failed → x'],
    ],
    [
      'a query added',
      panel((each) => each.targets.push({ refId: 'B', expr: 'x' })),
      ['panel "Error rate" query B added'],
    ],
    [
      'a threshold line, in the unit of its panel',
      panel((each) =>
        each.fieldConfig.defaults.thresholds.steps.splice(1, 1, {
          ...each.fieldConfig.defaults.thresholds.steps[1],
          value: 0.02,
        }),
      ),
      ['panel "Error rate" threshold line 5 % → 2 %'],
    ],
    [
      'a variable',
      ({ templating }) => templating.list.splice(1, 1, { ...templating.list[1], query: 'x' }),
      [expect.stringMatching(/^variable instance: query "label_values\(.* …" → "x"$/)],
    ],
    ['an annotation', ({ annotations }) => annotations.list.pop(), ['annotation Version changes removed']],
    ['the title', (spec) => (spec.title = 'Users'), ['title User Account → Users']],
    ['the time range', (spec) => (spec.time = { from: 'now-1h', to: 'now' }), ['time range from now-3h → now-1h']],
    ['a tag', ({ tags }) => tags.push('new'), ['tag new added']],
    ['the order of links', ({ links }) => links.reverse(), ['order of links changed']],
  ])('%s', (_, change, texts) => {
    expect(boardMeanings(change)).toEqual(texts);
  });
});

test('a changed contact point tells its integrations', () => {
  const before = { name: 'x', integrations: [{ type: 'webhook', settings: { url: 'a' } }] } as Json;
  const after = { name: 'x', integrations: [{ type: 'slack', settings: { url: { secret: 'S' } } }] } as Json;
  expect(meaningsOf(point, before, after, diffJson(before, after)).map(changeText)).toEqual([
    'integration webhook removed',
    'integration slack added',
  ]);
});

test('a meaning is data: what changed, from what, to what, in which unit', () => {
  expect(ruleMeanings({ threshold: 0.8 })).toEqual([
    { kind: 'threshold', change: { what: 'threshold', from: 0.75, to: 0.8, unit: 'ratio' }, paging: true },
  ]);
  expect(ruleMeanings({ paused: true })).toMatchObject([{ change: { what: 'paused', paused: true } }]);
  expect(ruleMeanings({ for: '5m' })).toMatchObject([
    { change: { what: 'setting', name: 'for', from: '2m', to: '5m' } },
  ]);
});
