import { describe, expect, test } from 'vitest';
import { buildDiff } from '../../src/diff/index.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { renderDiffHtml, renderDiffMarkdown, renderDiffText } from '../../src/report/index.ts';
import {
  BASE,
  type Board,
  before,
  compared,
  PANEL,
  type Panel,
  reportOf,
  saidOf,
  withBoard,
  withPanel,
  withRule,
} from '../support/diffs.ts';
import { aService, bankServices, desiredOf, edited, foundBy } from '../support/world.ts';

describe('a diff', () => {
  test('of the same code says so', () => {
    const report = buildDiff(before, before, BASE);
    expect(report.changes).toEqual([]);
    expect(renderDiffText(report)).toBe(
      'Changes against origin/main (3f2a9c1): none. All 50 rules, dashboards, contact points and folders are the same.',
    );
    expect(renderDiffMarkdown(report)).toContain('Dashboards, alerts and contact points stay as they are.');
  });

  test('tells the same change of many dashboards once', () => {
    const report = reportOf((resource) =>
      resource.kind === 'dashboard' && resource.service !== undefined
        ? { ...resource, spec: { ...resource.spec, refresh: '5m' } }
        : resource,
    );
    expect(renderDiffMarkdown(report)).toContain(
      '- **App Gateway**, **Offer Service**, **User Account** (the same change): refresh 1m → 5m',
    );
  });

  test('tells the alerts of a new service together: whom each tells, and when', () => {
    const report = buildDiff(before, compared(desiredOf([...bankServices, aService()])), BASE);
    const text = renderDiffText(report);
    expect(text).toContain('! 14 alerts, payments');
    expect(text).toContain('ServicePoolWaiting: new: critical, to bank-on-call, above 0 for 2m');
    expect(text).toContain('+ added Payments');
    expect(text).toContain('row "Payments"');
  });

  test('says that nobody is notified any more when alerts are removed, and who was, at the top', () => {
    const report = buildDiff(
      before,
      before.filter(({ uid }) => uid !== 'bank-user-account-pool'),
      BASE,
    );
    expect(renderDiffMarkdown(report)).toContain(
      '| ServicePoolSaturated | user-account | warning: bank-chat | removed: nobody is notified any more (was warning, to bank-chat, at least 75 % for 2m) |',
    );
  });

  test('shows settings that are numbers, lists and switches as people say them, not as keys of JSON', () => {
    const [text] = saidOf(
      withPanel(({ fieldConfig, options }) => {
        Object.assign(fieldConfig.defaults, { decimals: 2, links: [{ title: 'Runbook', url: 'https://x' }] });
        Object.assign(options, { tooltip: { mode: 'single' } });
        Object.assign(options.legend, { showLegend: false });
      }),
    );
    expect(text).toEqual([
      `panel "${PANEL}"  decimals 2 added`,
      `panel "${PANEL}"  data links added`,
      `panel "${PANEL}"  legend shown on → off`,
      `panel "${PANEL}"  tooltip mode multi → single`,
      `panel "${PANEL}"  tooltip sort desc removed`,
    ]);
  });

  test('names the row of a panel whose title stands in several', () => {
    const report = reportOf((resource) => {
      if (resource.kind !== 'dashboard' || resource.uid !== 'bank-overview') return resource;
      const spec = structuredClone(resource.spec) as unknown as Board;
      const panel = spec.panels.filter(({ title }) => title === 'latency p95').at(1);
      if (panel !== undefined) panel.description = 'x';
      return { ...resource, spec: spec as unknown as JsonObject };
    });
    expect(renderDiffText(report)).toContain('panel "latency p95" in row "User Account"  description');
  });

  test('tells rows that change places, and nothing of the panels in them', () => {
    const [text] = saidOf(
      withBoard((spec) => {
        const top = spec.panels.findIndex(({ title }) => title.startsWith('Pools:'));
        const [pools, queries] = ['Pools:', 'Queries:'].map((name) =>
          spec.panels.findIndex(({ title }) => title.startsWith(name)),
        ) as [number, number];
        const end = spec.panels.findIndex(({ title }) => title.startsWith('Dependencies:'));
        const shift = (panels: readonly Panel[], by: number) =>
          panels.map((panel) => ({ ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + by } }));
        const [first, second] = [spec.panels.slice(pools, queries), spec.panels.slice(queries, end)];
        spec.panels = [
          ...spec.panels.slice(0, top),
          ...shift(second, -17),
          ...shift(first, 17),
          ...spec.panels.slice(end),
        ];
      }),
    );
    expect(text).toEqual([
      expect.stringMatching(/^row "Pools: room left before requests fail" {2}moved, now above row "Dependencies/),
      expect.stringMatching(/^\d+ panels {2}made room for others$/),
    ]);
  });

  test('tells a row that is folded up as that, though its panels stand elsewhere in the file', () => {
    const [text] = saidOf(
      withBoard((spec) => {
        const row = spec.panels.findIndex(({ title }) => title.startsWith('Resources:'));
        const inner = spec.panels.splice(row + 1);
        Object.assign(spec.panels[row] ?? {}, { collapsed: true, panels: inner });
      }),
    );
    expect(text).toEqual(['row "Resources: last, because waiting costs no processor time"  collapsed']);
  });

  test('of settings of whole dashboards tells each', () => {
    const report = reportOf((resource) =>
      resource.kind === 'dashboard' ? { ...resource, spec: { ...resource.spec, weekStart: 'monday' } } : resource,
    );
    for (const { edits, meanings } of report.changes) expect(meanings.length).toBe(edits.length);
  });

  test.each([
    ['a limit', withRule(() => ({ threshold: 0.25 })), true],
    ['a label', withRule(({ labels }) => ({ labels: { ...labels, team: 'x' } })), true],
    ['a text', withRule(({ annotations }) => ({ annotations: { ...annotations, summary: 'x' } })), false],
    ['how long it keeps firing', withRule(() => ({ keepFiringFor: '9m' as const })), false],
  ])('of %s says whether an active alert starts anew', (_, report, restarts) => {
    const sentence = 'The sync restarts the state of ServiceQueryP95High';
    for (const text of [renderDiffText(report), renderDiffMarkdown(report), renderDiffHtml(report)])
      expect(text.includes(sentence)).toBe(restarts);
  });

  describe('of a renamed service', () => {
    const users = aService({ id: 'user', title: 'Users', team: 'identity' });
    const people = aService({ id: 'people', title: 'Users', team: 'identity' });
    const others = [
      aService({ id: 'user-files', title: 'Files', dependencies: [{ service: 'user' }] }),
      aService({ id: 'user-files', title: 'Files', dependencies: [{ service: 'people' }] }),
    ] as const;
    const report = buildDiff(compared(desiredOf([users, others[0]])), compared(desiredOf([people, others[1]])), BASE);

    test('tells it as renamed, not as removed and added', () => {
      const actions = new Map(report.changes.map(({ action, uid }) => [uid, action]));
      expect(actions.get('bank-people')).toBe('renamed');
      expect(actions.get('bank-people-latency')).toBe('renamed');
      expect([...actions.values()]).not.toContain('added');
      expect([...actions.values()]).not.toContain('removed');
    });

    test('says that paging is affected, and by which expressions', () => {
      const text = renderDiffText(report);
      expect(text).not.toContain('Paging is not affected');
      expect(text).toContain('its service was user before: an active alert resolves and fires again');
      expect(text).toContain('condition: matcher job="bank/user" → job="bank/people"');
    });

    test('leaves the names of others alone that begin like it', () => {
      const files = report.changes.find(({ uid }) => uid === 'bank-user-files');
      expect(JSON.stringify(files?.meanings ?? [])).not.toContain('people-files');
    });

    test('shows all of it when only that service is asked for, by either name', () => {
      const of = (service: string) =>
        buildDiff(compared(desiredOf([users])), compared(desiredOf([people])), BASE, service);
      expect(of('people').changes).toEqual(of('user').changes);
      expect(of('people').changes).toHaveLength(15);
    });
  });

  test('tells a rule whose UID alone changed as renamed', () => {
    const report = reportOf((resource) =>
      resource.kind === 'rule' && resource.uid === 'bank-user-account-query'
        ? {
            ...resource,
            uid: 'bank-user-account-statements',
            rule: { ...resource.rule, uid: 'bank-user-account-statements' },
          }
        : resource,
    );
    expect(report.changes).toMatchObject([{ action: 'renamed', formerUid: 'bank-user-account-query' }]);
    expect(renderDiffMarkdown(report)).toContain('new UID, was bank-user-account-query: an active alert resolves');
  });

  test('of two services that are nothing alike tells one as removed and one as added', () => {
    const report = buildDiff(
      compared(desiredOf([aService({ id: 'old', title: 'Old' })])),
      compared(
        desiredOf([
          foundBy(aService({ id: 'new', title: 'New', databases: [], pools: [] }), ['app="n"', 'cluster="x"']),
        ]),
      ),
      BASE,
    );
    expect(new Set(report.changes.filter(({ uid }) => uid !== 'bank-overview').map(({ action }) => action))).toEqual(
      new Set(['added', 'removed']),
    );
  });

  test('without effect on paging says so', () => {
    const quiet = withPanel((panel) => (panel.description = 'Another one.'));
    expect(renderDiffMarkdown(quiet)).toContain('**Paging is not affected**');
    expect(renderDiffText(quiet)).toContain('Paging is not affected.');
    expect(renderDiffHtml(withPanel((panel) => (panel.description = 'Another one.')))).toContain(
      'Nobody is notified more, less, earlier or later, and no active alert restarts.',
    );
  });

  test('shows beside a changed alert what the replay of the incident says', () => {
    const report = {
      ...withRule(() => ({ for: '2m' as const })),
      incident: 'Outage of <2026-01-14>',
      replay: {
        notes: [{ alert: 'ServiceQueryP95High', service: 'user-account', before: '14:27', after: '14:24' }],
        scenarios: 21,
        broken: [],
      },
    };
    const markdown = renderDiffMarkdown(report);
    expect(markdown).toContain('| alert | service | notifies | change | Outage of &lt;2026-01-14&gt; |');
    expect(markdown).toContain(
      '| ServiceQueryP95High | user-account | warning: bank-chat | for 5m → 2m | would fire 14:24 instead of 14:27 |',
    );
    expect(markdown).toContain('Replay: all expectations hold in 21 scenarios.');
    expect(renderDiffHtml(report)).toContain('<th>Outage of &lt;2026-01-14&gt;</th>');
    expect(renderDiffHtml(report)).toContain('<td>would fire 14:24 instead of 14:27</td>');
    expect(renderDiffText(report)).toContain('Outage of <2026-01-14>: would fire 14:24 instead of 14:27');
  });

  test('without an incident speaks of none, and still says whether expectations hold', () => {
    const replay = { notes: [], scenarios: 21, broken: [] };
    const change = withRule(() => ({ for: '2m' as const }));
    for (const render of [renderDiffText, renderDiffMarkdown, renderDiffHtml]) {
      expect(render({ ...change, replay })).toContain('Replay: all expectations hold in 21 scenarios.');
      expect(render({ ...change, replay })).not.toMatch(/incident|never fires/i);
      expect(render(change)).toContain('shows whether all expectations hold with these alerts.');
      expect(render({ ...change, incident: 'Outage' })).toContain('shows when these alerts would have fired: Outage.');
    }
  });

  test('of many new contact points counts none of them as an alert', () => {
    const points = ['a', 'b', 'c', 'd'].map((name) => ({
      ...{ kind: 'contact-point' as const, uid: name, title: name, source: 'alerts/routing.ts' },
      contactPoint: { name, integrations: [] },
    }));
    const text = renderDiffText(buildDiff(before, [...before, ...points], BASE));
    for (const name of ['a', 'b', 'c', 'd']) expect(text).toContain(`! contact point ${name}\n`);
    expect(text).not.toContain('4 alerts');
  });

  test('shows what a new panel asks', () => {
    const report = withBoard(({ panels }) =>
      panels.push({
        ...(panels.at(-1) as Panel),
        id: 7,
        title: 'New',
        targets: [{ refId: 'A', expr: 'sum(new)', legendFormat: 'x' }],
      }),
    );
    expect(renderDiffMarkdown(report)).toContain('panel "New"</summary>\n\n```diff\n+sum(new)\n```');
    expect(renderDiffHtml(report)).toContain('<ins>sum(new)</ins>');
  });

  test('lists what the replay found broken, and says so where nothing was replayed', () => {
    const change = withRule(() => ({ for: '2m' as const }));
    const expectation = {
      alert: 'ServiceQueryP95High',
      service: 'user-account',
      expected: 'fires',
      seen: 'stays silent',
    };
    const broken = [{ scenario: 'incident-linear', ...expectation }];
    const report = { ...change, replay: { notes: [], scenarios: 21, broken } };
    for (const text of [renderDiffText(report), renderDiffMarkdown(report), renderDiffHtml(report)]) {
      expect(text).toContain('Replay of 21 scenarios: 1 expectation is broken, and the test job fails.');
      expect(text).toContain('incident-linear: ServiceQueryP95High of user-account: expected fires, seen stays silent');
    }
    for (const text of [renderDiffText(change), renderDiffMarkdown(change), renderDiffHtml(change)])
      expect(text).toContain('Not replayed: npm run replay -- --against 3f2a9c1');
  });

  test('shows a long query around what changed, and leaves the rest out', () => {
    const report = buildDiff(
      before,
      compared(
        desiredOf(
          edited('user-account', ({ thresholds }) => ({
            thresholds: { ...thresholds, poolUtilisation: { atLeast: { unit: 'ratio', value: 0.8 }, for: '2m' } },
          })),
        ),
      ),
      BASE,
    );
    const details = /```diff\n([\s\S]*?)```/.exec(renderDiffMarkdown(report))?.[1] ?? '';
    expect(details).toContain('-  ) >= bool 0.75\n+  ) >= bool 0.8');
    expect(details.split('\n').length).toBeLessThan(20);
  });

  describe('of a limit of every service, which the rule on failing queries asks for too', () => {
    const after = compared(
      desiredOf(
        bankServices.map((service) => ({
          ...service,
          thresholds: { ...service.thresholds, poolUtilisation: { atLeast: { unit: 'ratio', value: 0.8 }, for: '2m' } },
        })),
      ),
    );
    const report = buildDiff(before, after, BASE);
    const forms = [renderDiffText(report), renderDiffMarkdown(report), renderDiffHtml(report)];

    test('tells of that rule one short line for all services, and no expression', () => {
      const told = report.changes.filter(({ title }) => title === 'ServiceAlertQueryFailing');
      expect(told.map(({ meanings }) => meanings)).toEqual(
        bankServices.map(() => [{ kind: 'watched-queries', change: { what: 'watched-queries' }, paging: false }]),
      );
      for (const text of forms) {
        expect(text.split('asks the changed queries')).toHaveLength(2);
        expect(text).not.toContain('0 * count(');
      }
      expect(forms[0]).toMatch(/Alerts\n.*ServiceAlertQueryFailing \(app-gateway, offer-service, user-account\)/);
    });

    test('does not say that it affects paging, but that its state restarts', () => {
      const [paging = '', rest = ''] = (forms[0] ?? '').split('The sync restarts the state of');
      expect(paging).not.toContain('ServiceAlertQueryFailing');
      expect(rest).toMatch(/^.*ServiceAlertQueryFailing.*: for one that is active then/);
    });

    test('claims of no report that nothing restarts, where that rule alone changed', () => {
      const only = buildDiff(
        before,
        before.map((old) =>
          old.title === 'ServiceAlertQueryFailing' ? (after.find(({ uid }) => uid === old.uid) ?? old) : old,
        ),
        BASE,
      );
      for (const text of [renderDiffText(only), renderDiffMarkdown(only), renderDiffHtml(only)]) {
        expect(text).not.toContain('no active alert restarts');
        expect(text).toContain('The sync restarts the state of ServiceAlertQueryFailing');
      }
    });
  });

  test('of a rule on failing queries that asks for nothing any more shows what it asked', () => {
    const report = reportOf((resource) =>
      resource.kind === 'rule' && resource.uid === 'bank-user-account-queries'
        ? { ...resource, rule: { ...resource.rule, expr: 'vector(0)' } }
        : resource,
    );
    expect(report.changes).toMatchObject([{ meanings: [{ kind: 'condition', paging: true }] }]);
  });

  test('is the same for the same input', () => {
    const render = () =>
      renderDiffMarkdown(buildDiff([...before].reverse(), compared(desiredOf(bankServices.slice(1))), BASE));
    expect(render()).toBe(renderDiffMarkdown(buildDiff(before, compared(desiredOf(bankServices.slice(1))), BASE)));
  });
});
