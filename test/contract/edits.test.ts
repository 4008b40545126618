/** Edits made in Grafana: taken over by the code, put back, of groups, by others' tools, and seen by a Viewer. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { type Desired, type Resource, resourceKey } from '../../src/model/resource.ts';
import { renderPlanText } from '../../src/report/index.ts';
import { apply, makePlan } from '../../src/sync/index.ts';
import { estateOf, retitled, withThreshold } from '../support/estate.ts';
import { bankServices } from '../support/world.ts';
import { boardPath, editRule, FOLDERS, folderBody, foreignRule, groupOf, readBoard, saveByHand } from './foreign.ts';
import {
  asAdmin,
  fakeSite,
  open,
  ownersOn,
  planFor,
  problems,
  realSite,
  SECRETS,
  type Site,
  sync,
  told,
} from './site.ts';

const real = process.env['MODE'] === 'contract';
const found = real ? realSite() : undefined;
if (real && found === undefined) {
  test.skip('needs GRAFANA_URL, GRAFANA_TOKEN, GRAFANA_USER and GRAFANA_PASSWORD', () => undefined);
}
const sites: readonly Site[] = real ? (found === undefined ? [] : [found]) : [fakeSite('unified'), fakeSite('legacy')];
const user = 'user-account';
const service = bankServices.filter(({ id }) => id === user);
const OWNERS = 14;

describe.each(sites)('on $name', (site) => {
  const owners: string[] = [];

  async function aSynced(): Promise<{ owner: string; desired: Desired; folder: string; board: string; rule: string }> {
    const owner = owners.pop();
    if (owner === undefined) throw new Error(`the suite needs more than ${OWNERS} owners`);
    const desired = estateOf(owner, service);
    expect(problems((await sync(site, owner, desired)).outcome)).toEqual([]);
    return { owner, desired, folder: `${owner}-services`, board: `${owner}-${user}`, rule: `${owner}-${user}-errors` };
  }

  /** Saves in Grafana what the code will have. */
  async function editAsCode(inCode: Desired, uid: string, folder: string): Promise<void> {
    const spec = inCode.resources.find((resource) => resource.uid === uid);
    await saveByHand(site, uid, folder, 'by hand', (held) => {
      if (spec?.kind === 'dashboard') held['panels'] = spec.spec['panels'] as Json;
    });
  }

  const thresholdByHand = async (rule: string, value: number): Promise<void> => {
    const { body } = await asAdmin(site, 'GET', `/api/v1/provisioning/alert-rules/${rule}`);
    const data = (body as { data: { refId: string; model: Record<string, unknown> }[] }).data.map((query) =>
      query.refId === 'B'
        ? { ...query, model: { ...query.model, conditions: [{ evaluator: { type: 'gt', params: [value] } }] } }
        : query,
    );
    await editRule(site, rule, { data });
  };

  beforeAll(async () => {
    owners.push(...(await ownersOn(site, OWNERS)));
  }, 300_000);

  test('an edit of a dashboard that the code takes over does not hold up the next change', async () => {
    const { owner, desired, folder, board } = await aSynced();
    const inCode = retitled(desired, board, 'Edited by hand');
    await editAsCode(inCode, board, folder);
    const taken = await sync(site, owner, inCode);
    expect(told(taken.plan.changes)).toEqual([]);
    expect(taken.plan.repairs).toEqual([
      { subject: 'dashboard User Account', problem: expect.stringContaining('the code has the same by now') },
    ]);
    expect(problems(taken.outcome)).toEqual([]);
    expect((await sync(site, owner, inCode)).writes()).toEqual([]);
    const next = await sync(site, owner, retitled(desired, board, 'The next change'));
    expect(told(next.plan.changes)).toEqual([`update dashboard ${board}`]);
    expect(next.plan.drift).toEqual([]);
    expect(problems(next.outcome)).toEqual([]);
  });

  test('an edited threshold that the code takes over changes whole the next time, rule and line', async () => {
    const { owner, desired, rule } = await aSynced();
    await thresholdByHand(rule, 0.2);
    const inCode = withThreshold(desired, rule, 0.2);
    const taken = await sync(site, owner, inCode);
    expect(told(taken.plan.changes)).toEqual([]);
    expect(taken.plan.repairs).toHaveLength(1);
    expect((await sync(site, owner, inCode)).writes()).toEqual([]);
    const next = await sync(site, owner, withThreshold(desired, rule, 0.1));
    expect(told(next.plan.changes)).toEqual([`update rule ${rule}`]);
    expect(problems(next.outcome)).toEqual([]);
  });

  test('a change that contains the edit is written, though no sync came in between', async () => {
    const { owner, desired, folder, board } = await aSynced();
    const inCode = retitled(desired, board, 'Edited by hand');
    await editAsCode(inCode, board, folder);
    const further: Desired = {
      resources: inCode.resources.map((resource) =>
        resource.uid === board && resource.kind === 'dashboard'
          ? { ...resource, spec: { ...resource.spec, description: 'Further.' } }
          : resource,
      ),
    };
    const made = await sync(site, owner, further);
    expect(told(made.plan.changes)).toEqual([`update dashboard ${board}`]);
    expect(made.plan.drift).toEqual([]);
    expect(problems(made.outcome)).toEqual([]);
  });

  test('what a restore put back, and the code has again, leaves with the code', async () => {
    const { owner, desired, board } = await aSynced();
    // Older storage does not say in its list that a restore saved last.
    if (((await readBoard(site, board))?.metadata.resourceVersion.length ?? 0) < 12) return;
    const lost: Resource[] = [];
    const backUp = async (resources: readonly Resource[]) => {
      lost.push(...resources);
      return 'a backup';
    };
    const nothing: Desired = {
      resources: desired.resources.filter(({ kind }) => kind === 'folder' || kind === 'contact-point'),
    };
    expect(problems((await sync(site, owner, nothing, { apply: { backUp } })).outcome)).toEqual([]);
    const { target } = open(site, owner, SECRETS, true);
    const keys = new Set(lost.map(resourceKey));
    const among = (object: { kind: Resource['kind']; uid: string }) => keys.has(resourceKey(object));
    const options = { scope: {}, isSet: () => true, previewWebhook: '', among };
    expect(problems(await apply(await makePlan(target, { resources: lost }, options), target))).toEqual([]);
    expect(problems((await sync(site, owner, desired)).outcome)).toEqual([]);
    const gone = await sync(site, owner, nothing);
    expect(new Set(told(gone.plan.changes).map((line) => line.split(' ')[0]))).toEqual(new Set(['delete']));
    expect(problems(gone.outcome)).toEqual([]);
  });

  test('the interval of a group that somebody changed is one edit, told with both values', async () => {
    const { owner, desired, folder } = await aSynced();
    const path = `/api/v1/provisioning/folder/${folder}/rule-groups/${user}`;
    const { body } = await asAdmin(site, 'GET', path);
    expect((await asAdmin(site, 'PUT', path, { ...(body as object), interval: 120 })).status).toBe(200);
    const { plan } = await planFor(site, owner, desired);
    const ours = desired.resources.filter((one) => one.kind === 'rule' && one.rule.group === user).length;
    expect(plan.drift).toMatchObject([{ title: `group ${user} (${ours} rules)`, by: 'admin' }]);
    expect(renderPlanText(plan)).toContain('evaluated every 1m → 2m');
    expect(renderPlanText(plan)).not.toContain('is not known');
  });

  test('a rule of ours that lost its group is shown as such, and gets it back when the code may win', async () => {
    const { owner, desired, rule } = await aSynced();
    const path = `/api/v1/provisioning/alert-rules/${rule}`;
    const { body } = await asAdmin(site, 'GET', path);
    const { ruleGroup: _group, ...ungrouped } = body as Record<string, unknown>;
    expect((await asAdmin(site, 'PUT', path, ungrouped)).status).toBe(200);
    expect(String(await groupOf(site, rule))).toMatch(/^no_group_for_rule_|^undefined$/);
    const kept = await planFor(site, owner, desired);
    expect(told(kept.plan.changes)).toEqual([`blocked rule ${rule}`]);
    expect(renderPlanText(kept.plan)).toContain(`rule group ${user} → (none)`);
    const back = await sync(site, owner, desired, { overwriteDrift: true });
    expect(problems(back.outcome)).toEqual([]);
    expect(told((await planFor(site, owner, desired)).plan.changes)).toEqual([]);
  });

  test('a Viewer plans as well as an Editor does, drift included', async () => {
    if (site.viewer === undefined) return;
    const { owner, desired, folder, board } = await aSynced();
    await saveByHand(site, board, folder, 'tweak', (spec) => {
      spec['title'] = 'By hand';
    });
    const update = withThreshold(desired, `${owner}-${user}-errors`, 0.03);
    const { target } = open(site, owner, SECRETS, false, site.viewer);
    const options = { scope: {}, isSet: () => true, previewWebhook: '' };
    const byViewer = await makePlan(target, update, options);
    expect(byViewer.drift).toMatchObject([
      {
        uid: board,
        by: 'admin',
        message: 'tweak',
        meanings: [{ kind: 'retitled', change: { from: 'User Account', to: 'By hand' } }],
      },
    ]);
    expect(byViewer).toEqual(await makePlan(open(site, owner).target, update, options));
  });

  test('a dashboard that another tool manages is held up alone, with the way out for that tool', async () => {
    const { owner, desired, board } = await aSynced();
    const held = (await asAdmin(site, 'GET', boardPath(board))).body as {
      metadata: { annotations: object };
      spec: object;
    };
    const annotations = {
      ...held.metadata.annotations,
      'grafana.app/managedBy': 'kubectl',
      'grafana.app/managerId': 'gcx',
      'grafana.app/managerAllowsEdits': 'true',
      'grafana.app/message': '',
    };
    const body = { ...held, metadata: { ...held.metadata, annotations }, spec: { ...held.spec, title: 'By gcx' } };
    expect((await asAdmin(site, 'PUT', boardPath(board), body)).status).toBe(200);
    const seen = (await asAdmin(site, 'GET', boardPath(board))).body as { metadata: { annotations: object } };
    // Older storage keeps no annotation but Grafana's own.
    if (!('grafana.app/managedBy' in seen.metadata.annotations)) return;
    const update = withThreshold(desired, `${owner}-${user}-errors`, 0.03);
    const made = await sync(site, owner, update);
    expect(told(made.plan.changes)).toEqual([`update rule ${owner}-${user}-errors`, `blocked dashboard ${board}`]);
    expect(made.plan.changes.flatMap((change) => ('diagnostic' in change ? [change.diagnostic] : []))).toMatchObject([
      { code: 'G010', message: expect.stringContaining('"gcx"'), remedy: expect.stringContaining('--overwrite-drift') },
    ]);
    expect(made.plan.drift).toEqual([]);
    expect(problems(made.outcome)).toEqual([]);
    const won = await sync(site, owner, update, { overwriteDrift: true });
    expect(problems(won.outcome)).toEqual([]);
    expect(told((await planFor(site, owner, update)).plan.changes)).toEqual([]);
  });

  test('a contact point that leaves the code stays while a foreign rule or a policy notifies it, and the plan says who', async () => {
    const { owner, desired, folder } = await aSynced();
    const name = `${owner}-chat`;
    await foreignRule(site, `x${owner}-rule`, folder, 'theirs');
    await editRule(site, `x${owner}-rule`, { notification_settings: { receiver: name } });
    const policies = '/api/v1/provisioning/policies';
    const before = (await asAdmin(site, 'GET', policies)).body as { routes?: object[] };
    const route = { receiver: name, object_matchers: [['team', '=', owner]] };
    const tree = { ...before, routes: [...(before.routes ?? []), route] };
    expect((await asAdmin(site, 'PUT', policies, tree, { 'X-Disable-Provenance': 'true' })).status).toBe(202);
    const left: Desired = { resources: desired.resources.filter(({ kind }) => kind === 'folder') };
    const blockedBy = async () =>
      (await planFor(site, owner, left, { maxDeletes: 100 })).plan.changes.flatMap((change) =>
        change.action === 'blocked' ? [`${change.diagnostic.code} ${change.uid}: ${change.diagnostic.message}`] : [],
      );
    expect(await blockedBy()).toEqual([
      `S008 ${name}: left the code and is still used by notification policy team=${owner}, alert rule Theirs`,
    ]);
    expect((await asAdmin(site, 'PUT', policies, before, { 'X-Disable-Provenance': 'true' })).status).toBe(202);
    expect(await blockedBy()).toEqual([`S008 ${name}: left the code and is still used by alert rule Theirs`]);
    await asAdmin(site, 'DELETE', `/api/v1/provisioning/alert-rules/x${owner}-rule`);
    expect(await blockedBy()).toEqual([]);
    expect(problems((await sync(site, owner, left, { maxDeletes: 100 })).outcome)).toEqual([]);
  }, 60_000);

  test('a contact point that came into use after the plan is left, and the error says why', async () => {
    const { owner, desired, folder } = await aSynced();
    const left: Desired = { resources: desired.resources.filter(({ kind }) => kind === 'folder') };
    const planned = await planFor(site, owner, left, { maxDeletes: 100 });
    await foreignRule(site, `x${owner}-rule`, folder, 'theirs');
    await editRule(site, `x${owner}-rule`, { notification_settings: { receiver: `${owner}-chat` } });
    const { failed } = await apply(planned.plan, planned.target);
    expect(failed.map(({ error }) => error)).toMatchObject([
      { code: 'S008', message: expect.stringContaining('used in the notification settings') },
    ]);
    await asAdmin(site, 'DELETE', `/api/v1/provisioning/alert-rules/x${owner}-rule`);
  });

  test('a title with blanks around it is stored without them, and a slash is part of it', async () => {
    const { owner } = await aSynced();
    const uid = `${owner}-odd`;
    expect((await asAdmin(site, 'POST', FOLDERS, folderBody({ uid, title: ` Odd / ${owner} ` }))).status).toBe(201);
    const stored = (await asAdmin(site, 'GET', `${FOLDERS}/${uid}`)).body as { spec: { title: string } };
    expect(stored.spec.title).toBe(`Odd / ${owner}`);
    await foreignRule(site, `x${owner}-odd`, uid, 'theirs');
    const { body } = await asAdmin(site, 'GET', '/api/ruler/grafana/api/v1/rules');
    // Older storage escapes the slash.
    const paths = Object.keys(body as object).map((path) => path.replace('\\/', '/'));
    expect(paths).toContain(`Odd / ${owner}`);
  });

  test('the history is shown to a Viewer, its older route is not', async () => {
    if (site.viewer === undefined) return;
    const { owner, board } = await aSynced();
    const { status } = await asAdmin(site, 'GET', `/api/dashboards/uid/${board}/versions`, undefined, {
      authorization: `Bearer ${site.viewer}`,
    });
    expect(status).toBe(403);
    const query = `labelSelector=grafana.app/get-history=true&fieldSelector=metadata.name=${board}`;
    const history = await asAdmin(site, 'GET', `${boardPath('').slice(0, -1)}?${query}`, undefined, {
      authorization: `Bearer ${site.viewer}`,
    });
    expect(history.status).toBe(200);
    const { items } = history.body as { items: { metadata: { annotations: Record<string, string> } }[] };
    expect(items.map(({ metadata }) => metadata.annotations['grafana.app/message'])).toEqual([
      expect.stringContaining(`as-code:${owner} commit`),
    ]);
    expect((await readBoard(site, board))?.metadata.generation).toBe(1);
  });
});
