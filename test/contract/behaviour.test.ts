/**
 * What a sync does to a Grafana, and never does. The same suite against the fake, in both of its storage modes, and
 * against a real one: `npm run test:contract` with GRAFANA_URL, GRAFANA_TOKEN (an Editor's service account), and
 * GRAFANA_USER and GRAFANA_PASSWORD of an administrator, who plays everybody else.
 */
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { type Desired, type Resource, resourceKey } from '../../src/model/resource.ts';
import { changeText } from '../../src/report/common/words.ts';
import { renderPlanText } from '../../src/report/index.ts';
import { apply, makePlan, plan } from '../../src/sync/index.ts';
import { changed, estateOf, only, retitled, withThreshold } from '../support/estate.ts';
import { bankServices } from '../support/world.ts';
import {
  boardPath,
  closedFolder,
  defaultRule,
  editRule,
  FOLDERS,
  folderBody,
  foreignBoard,
  foreignRule,
  groupOf,
  readBoard,
  rulesOfGroup,
  saveByHand,
} from './foreign.ts';
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
const [user, order] = ['user-account', 'offer-service'];
const twoServices = bankServices.filter(({ id }) => id === user || id === order);
const OWNERS = 29;

describe.each(sites)('on $name', (site) => {
  const owners: string[] = [];
  let next = 0;

  /** An owner with a folder that is old enough not to hide anything. */
  function anOwner(): string {
    const owner = owners[next];
    next += 1;
    if (owner === undefined) throw new Error(`the suite needs more than ${OWNERS} owners`);
    return owner;
  }

  /** An owner whose estate has been synced. */
  async function aSynced(services = twoServices): Promise<{ owner: string; desired: Desired }> {
    const owner = anOwner();
    const desired = estateOf(owner, services);
    const { outcome } = await sync(site, owner, desired);
    expect(problems(outcome)).toEqual([]);
    return { owner, desired };
  }

  beforeAll(async () => {
    owners.push(...(await ownersOn(site, OWNERS)));
  }, 300_000);

  test('a first sync creates everything, a second one sends no write', async () => {
    const owner = anOwner();
    const desired = estateOf(owner);
    const first = await sync(site, owner, desired);
    expect(problems(first.outcome)).toEqual([]);
    expect(first.outcome.applied).toHaveLength(desired.resources.length - 1);
    const second = await sync(site, owner, desired);
    expect(told(second.plan.changes)).toEqual([]);
    expect(second.writes()).toEqual([]);
    // Further pages of a list are as many as others have dashboards.
    const asked = second.sent.filter(({ path }) => !path.includes('continue='));
    expect(asked.length).toBeLessThanOrEqual(10);
  });

  test('a sync right after the first one finds what a new folder hides from lists', async () => {
    const owner = `n${randomBytes(3).toString('hex')}`;
    const desired = estateOf(owner, twoServices);
    expect(problems((await sync(site, owner, desired)).outcome)).toEqual([]);
    const second = await sync(site, owner, desired);
    expect(told(second.plan.changes)).toEqual([]);
    expect(second.writes()).toEqual([]);
  });

  test('every dashboard is saved with owner, commit and hash', async () => {
    const { owner } = await aSynced();
    const { body } = await asAdmin(site, 'GET', `/api/dashboards/uid/${owner}-${user}/versions/1`);
    expect((body as { message: string }).message).toMatch(
      new RegExp(`^as-code:${owner} commit abc1234 content [0-9a-f]{16} change 1$`),
    );
  });

  test('one changed panel costs one write, and says which panel', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}`;
    const second = await sync(site, owner, retitled(desired, uid, 'A new title'));
    expect(told(second.plan.changes)).toEqual([`update dashboard ${uid}`]);
    expect(second.writes().map(({ method }) => method)).toEqual(['PUT']);
    expect(renderPlanText(second.plan)).toContain('→ "A new title"');
    expect(told((await sync(site, owner, retitled(desired, uid, 'A new title'))).plan.changes)).toEqual([]);
  });

  test('foreign dashboards, rules, folders and contact points are untouched by sync and by prune', async () => {
    const { owner, desired } = await aSynced();
    const folder = `${owner}-services`;
    // With our prefix but no mark, with our mark but no prefix, and with neither.
    await foreignBoard(site, `${owner}-theirs`, folder, []);
    await foreignBoard(site, `x${owner}`, folder, [`as-code:${owner}`]);
    await foreignRule(site, `${owner}-theirs`, folder, user);
    await foreignRule(site, `x${owner}-rule`, folder, 'their-own-group');
    await asAdmin(site, 'POST', '/apis/folder.grafana.app/v1beta1/namespaces/default/folders', {
      apiVersion: 'folder.grafana.app/v1beta1',
      kind: 'Folder',
      metadata: { name: `${owner}-sub`, annotations: { 'grafana.app/folder': folder } },
      spec: { title: 'Theirs' },
    });
    const theirPoint = {
      uid: `${owner}-theirs-1`,
      name: `${owner}-theirs`,
      type: 'email',
      settings: { addresses: 'a@b.example' },
    };
    await asAdmin(site, 'POST', '/api/v1/provisioning/contact-points', theirPoint);
    const look = async () => ({
      boards: [await readBoard(site, `${owner}-theirs`), await readBoard(site, `x${owner}`)],
      rules: [
        (await rulesOfGroup(site, folder, user)).filter(({ uid }) => uid === `${owner}-theirs`),
        await rulesOfGroup(site, folder, 'their-own-group'),
      ],
      folder: (await asAdmin(site, 'GET', `/apis/folder.grafana.app/v1beta1/namespaces/default/folders/${owner}-sub`))
        .body,
      points: (await asAdmin(site, 'GET', `/api/v1/provisioning/contact-points?name=${owner}-theirs`)).body,
    });
    const before = await look();
    expect(before.rules[0]).toHaveLength(1);

    const update = withThreshold(retitled(desired, `${owner}-${user}`, 'New'), `${owner}-${user}-errors`, 0.03);
    const second = await sync(site, owner, update);
    expect(problems(second.outcome)).toEqual([]);
    expect(told(second.plan.changes)).toEqual([
      `update rule ${owner}-${user}-errors`,
      `update dashboard ${owner}-${user}`,
    ]);
    expect(await look()).toEqual(before);

    const nothing = await sync(site, owner, { resources: [] }, { maxDeletes: 100 });
    expect(problems(nothing.outcome)).toEqual([]);
    expect(await look()).toEqual(before);
    expect((await rulesOfGroup(site, folder, user)).map(({ uid }) => uid)).toEqual([`${owner}-theirs`]);
    expect(await rulesOfGroup(site, folder, order)).toEqual([]);
    // The folder is ours, but holds what is not.
    expect(nothing.plan.notes.map(({ code, subject }) => [code, subject])).toEqual([
      ['G015', `folder Bank of ${owner}`],
    ]);
    const kept = await asAdmin(site, 'GET', `/apis/folder.grafana.app/v1beta1/namespaces/default/folders/${folder}`);
    expect(kept.status).toBe(200);
  });

  test('an empty folder of ours that left the code is deleted', async () => {
    const { owner } = await aSynced();
    const gone = await sync(site, owner, { resources: [] }, { maxDeletes: 100 });
    expect(problems(gone.outcome)).toEqual([]);
    expect(told(gone.plan.changes)).toContain(`delete folder ${owner}-services`);
    const folder = await asAdmin(
      site,
      'GET',
      `/apis/folder.grafana.app/v1beta1/namespaces/default/folders/${owner}-services`,
    );
    expect(folder.status).toBe(404);
  });

  test('a UID clash with a foreign object blocks that item only', async () => {
    const owner = anOwner();
    await foreignBoard(site, `${owner}-${user}`, `${owner}-services`, []);
    await foreignRule(site, `${owner}-${user}-errors`, `${owner}-services`, 'elsewhere');
    const before = [
      await readBoard(site, `${owner}-${user}`),
      await rulesOfGroup(site, `${owner}-services`, 'elsewhere'),
    ];
    const { plan: made, outcome } = await sync(site, owner, estateOf(owner, twoServices));
    expect(told(made.changes).filter((line) => line.startsWith('blocked'))).toEqual([
      `blocked rule ${owner}-${user}-errors`,
      `blocked dashboard ${owner}-${user}`,
    ]);
    expect(problems(outcome)).toEqual([]);
    expect(await readBoard(site, `${owner}-${order}`)).toMatchObject({ spec: { title: 'Offer Service' } });
    expect([
      await readBoard(site, `${owner}-${user}`),
      await rulesOfGroup(site, `${owner}-services`, 'elsewhere'),
    ]).toEqual(before);
  });

  test('a rule of ours that somebody moved to another group is reported and kept, and comes back when the code may win', async () => {
    const { owner, desired } = await aSynced();
    const folder = `${owner}-services`;
    const uid = `${owner}-${user}-errors`;
    await editRule(site, uid, { ruleGroup: 'moved-away' });
    const kept = await sync(site, owner, desired);
    expect(told(kept.plan.changes)).toEqual([`blocked rule ${uid}`]);
    expect(kept.writes()).toEqual([]);
    expect(renderPlanText(kept.plan)).toContain(`group ${user} → moved-away`);
    const back = await sync(site, owner, desired, { overwriteDrift: true });
    expect(told(back.plan.changes)).toEqual([`update rule ${uid}`]);
    expect(problems(back.outcome)).toEqual([]);
    expect((await rulesOfGroup(site, folder, user)).map((rule) => rule.uid)).toContain(uid);
  });

  test('a hand-edited rule is reported with who, when and what, and kept until the code may win', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}-errors`;
    await editRule(site, uid, { isPaused: true, for: '45m' });
    const update = withThreshold(withThreshold(desired, uid, 0.03), `${owner}-${user}-latency`, 1);
    const kept = await sync(site, owner, update);
    expect(told(kept.plan.changes)).toEqual([`blocked rule ${uid}`, `update rule ${owner}-${user}-latency`]);
    expect(problems(kept.outcome)).toEqual([]);
    const [drift] = kept.plan.drift;
    expect(drift).toMatchObject({ uid, service: user, by: 'admin', kept: true });
    expect(drift?.at).toMatch(/^20\d\d-/);
    const text = renderPlanText(kept.plan);
    expect(text).toContain('for 3m → 45m');
    expect(text).toContain('paused: it notifies nobody');
    expect(text).toContain('the code would change: threshold 5 % → 3 %');
    expect((await rulesOfGroup(site, `${owner}-services`, user)).find((rule) => rule.uid === uid)?.form).toMatchObject({
      for: '45m',
      grafana_alert: { is_paused: true },
    });
    const kept2: Resource[] = [];
    const won = await sync(site, owner, update, {
      overwriteDrift: true,
      apply: {
        backUp: async (resources) => {
          kept2.push(...resources);
          return 'a backup';
        },
      },
    });
    expect(problems(won.outcome)).toEqual([]);
    expect(kept2).toMatchObject([{ uid, rule: { for: '45m', paused: true } }]);
    expect(told((await sync(site, owner, update)).plan.changes)).toEqual([]);
  });

  test('a rule that this account may not see is not taken from where it is', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}-errors`;
    const closed = `${owner}-closed`;
    await closedFolder(site, closed);
    await editRule(site, uid, { folderUID: closed, ruleGroup: 'theirs', labels: { team: 'theirs' } });
    const { plan: planned, outcome, writes } = await sync(site, owner, desired);
    expect(told(planned.changes)).toEqual([`blocked rule ${uid}`]);
    expect(renderPlanText(planned)).toContain('in a folder that this account may not look into');
    expect(problems(outcome)).toEqual([]);
    expect(writes()).toEqual([]);
    expect(await groupOf(site, uid)).toBe('theirs');
  });

  test('a folder that is closed to this account is not taken for one to create, and its contents wait', async () => {
    // One that was open a moment ago, the account may still see: rights are kept for a while.
    const owner = `n${randomBytes(3).toString('hex')}`;
    await closedFolder(site, `${owner}-services`);
    const desired = estateOf(owner, twoServices);
    for (const token of [site.token, site.viewer ?? site.token]) {
      const planned = await makePlan(open(site, owner, SECRETS, false, token).target, desired, {
        scope: {},
        isSet: () => true,
        previewWebhook: '',
      });
      const [folder] = planned.changes.filter(({ kind }) => kind === 'folder');
      expect(folder).toMatchObject({ action: 'blocked', diagnostic: { code: 'S006' } });
      expect(planned.changes.filter(({ action }) => action === 'create').map(({ kind }) => kind)).toEqual([
        'contact-point',
        'contact-point',
      ]);
    }
  });

  test('what needs a folder that is not ours is held up with it', async () => {
    const owner = anOwner();
    const theirs = { uid: `${owner}-services`, title: `Marketing ${owner}` };
    expect((await asAdmin(site, 'PUT', `${FOLDERS}/${theirs.uid}`, folderBody(theirs))).status).toBe(200);
    const { plan: planned, outcome } = await sync(site, owner, estateOf(owner, twoServices));
    expect(problems(outcome)).toEqual([]);
    expect(new Set(outcome.applied.map(({ kind }) => kind))).toEqual(new Set(['contact-point']));
    expect(planned.changes.filter(({ kind }) => kind === 'dashboard').every(({ action }) => action === 'blocked')).toBe(
      true,
    );
    expect(renderPlanText(planned)).toContain(`needs folder`);
  });

  test('a machine that lacks a secret leaves a contact point with it as it is', async () => {
    const { owner, desired } = await aSynced();
    const { target, writes } = open(site, owner, {});
    const planned = await makePlan(target, desired, {
      scope: {},
      isSet: () => false,
      previewWebhook: 'http://127.0.0.1:9/',
    });
    expect(told(planned.changes)).toEqual([]);
    expect(planned.notes.map(({ message }) => message)).toEqual([
      'PAGERDUTY_KEY is not set; it stays as it is',
      'SLACK_WEBHOOK_URL is not set; it stays as it is',
    ]);
    expect(writes()).toEqual([]);
  });

  test('a contact point that somebody made quiet is put right, and backed up', async () => {
    const { owner, desired } = await aSynced();
    const path = '/api/v1/provisioning/contact-points';
    const { body } = await asAdmin(site, 'GET', `${path}?name=${owner}-chat`);
    const [chat] = body as [{ uid: string }];
    await asAdmin(site, 'PUT', `${path}/${chat.uid}`, { ...chat, disableResolveMessage: true });
    const { plan: planned, outcome } = await sync(site, owner, desired);
    expect(renderPlanText(planned)).toContain('sends no message when an alert is over');
    expect(planned.changes.filter(({ action }) => action === 'update')).toMatchObject([
      { overwrites: { uid: `${owner}-chat` } },
    ]);
    expect(problems(outcome)).toEqual([]);
    expect(told((await sync(site, owner, desired)).plan.changes)).toEqual([]);
  });

  test('what a restore put back is kept by the next sync, until the code may win', async () => {
    const { owner, desired } = await aSynced();
    const lost: Resource[] = [];
    const left = estateOf(
      owner,
      twoServices.filter(({ id }) => id === user),
    );
    const gone = await sync(site, owner, left, {
      apply: {
        backUp: async (resources) => {
          lost.push(...resources);
          return 'a backup';
        },
      },
    });
    expect(problems(gone.outcome)).toEqual([]);
    const { target } = open(site, owner, SECRETS, true);
    const keys = new Set(lost.map(resourceKey));
    const back = await makePlan(
      target,
      { resources: lost },
      { scope: {}, isSet: () => true, previewWebhook: '', among: (object) => keys.has(resourceKey(object)) },
    );
    expect(problems(await apply(back, target))).toEqual([]);
    const next = await planFor(site, owner, left);
    expect(
      new Set(next.plan.changes.filter(({ action }) => action !== 'unchanged').map(({ action }) => action)),
    ).toEqual(new Set(['blocked']));
    expect(next.plan.drift.length).toBe(lost.length);
    const code = await sync(site, owner, left, { overwriteDrift: true });
    expect(code.outcome.applied.length).toBe(lost.length);
    expect(told((await planFor(site, owner, left)).plan.changes)).toEqual([]);
    expect(desired.resources.length).toBeGreaterThan(left.resources.length);
  });

  test('a rule that moves to another group between plan and apply is not moved back silently', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}-errors`;
    const planned = await planFor(site, owner, withThreshold(desired, uid, 0.03));
    const { body } = await asAdmin(site, 'GET', `/api/v1/provisioning/alert-rules/${uid}`);
    await asAdmin(site, 'PUT', `/api/v1/provisioning/alert-rules/${uid}`, {
      ...(body as object),
      ruleGroup: 'moved-away',
    });
    const outcome = await apply(planned.plan, planned.target);
    expect(problems(outcome)).toEqual([
      `rule group ${user}: rule group ${user} changed after the plan was made, and was left as it is`,
    ]);
    expect(await groupOf(site, uid)).toBe('moved-away');
  });

  test('a hand-edited dashboard is reported with who, when and what, and kept until the code may win', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}`;
    await saveByHand(site, uid, `${owner}-services`, 'tweak', (spec) => {
      const panels = spec['panels'] as { type: string; title: string }[];
      const panel = panels.find(({ type }) => type !== 'row');
      if (panel !== undefined) panel.title = 'Edited by hand';
    });
    const edited = await readBoard(site, uid);
    const second = await sync(site, owner, desired);
    expect(told(second.plan.changes)).toEqual([`blocked dashboard ${uid}`]);
    expect(second.writes()).toEqual([]);
    const [drift] = second.plan.drift;
    expect(drift).toMatchObject({ uid, by: site.admin.user, message: 'tweak', kept: true });
    expect(drift?.at).toMatch(/^20\d\d-/);
    expect(drift?.meanings.map(changeText)).toEqual([expect.stringMatching(/^title ".*" → "Edited by hand"$/)]);
    expect(renderPlanText(second.plan)).toContain('discard: npm run sync -- --overwrite-drift');
    expect(await readBoard(site, uid)).toEqual(edited);

    const kept: Resource[] = [];
    const backUp = async (resources: readonly Resource[]) => {
      kept.push(...resources);
      return 'a file';
    };
    const third = await sync(site, owner, desired, { overwriteDrift: true, apply: { backUp } });
    expect(problems(third.outcome)).toEqual([]);
    expect(told(third.plan.changes)).toEqual([`update dashboard ${uid}`]);
    expect(JSON.stringify(kept)).toContain('Edited by hand');
    expect(told((await sync(site, owner, desired)).plan.changes)).toEqual([]);
  });

  test('an edit that was taken back in Grafana is none: the code may change the dashboard again', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}`;
    const before = (await readBoard(site, uid))?.spec['panels'] as Json;
    for (const panels of [[], before])
      await saveByHand(site, uid, `${owner}-services`, 'Restored from version 1', (held) => {
        held['panels'] = panels;
      });
    const second = await sync(site, owner, retitled(desired, uid, 'Changed in the code'));
    expect(second.plan.drift).toEqual([]);
    expect(told(second.plan.changes)).toEqual([`update dashboard ${uid}`]);
  });

  test('an edit that is brought into the code is no drift any more', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}`;
    const inCode = retitled(desired, uid, 'Edited by hand');
    const spec = inCode.resources.find((resource) => resource.uid === uid);
    await saveByHand(site, uid, `${owner}-services`, '', (held) => {
      if (spec?.kind === 'dashboard') held['panels'] = spec.spec['panels'] as Json;
    });
    const second = await sync(site, owner, inCode);
    expect(told(second.plan.changes)).toEqual([]);
    expect(second.plan.drift).toEqual([]);
    expect(problems(second.outcome)).toEqual([]);
  });

  test('an edit by a client that copies our message is found out all the same', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}`;
    const held = (await asAdmin(site, 'GET', boardPath(uid))).body as { spec: { title: string } };
    await asAdmin(site, 'PUT', boardPath(uid), { ...held, spec: { ...held.spec, title: 'By a script' } });
    const { plan: made } = await planFor(site, owner, desired);
    expect(told(made.changes)).toEqual([`blocked dashboard ${uid}`]);
    expect(made.drift.map(({ meanings }) => meanings.map(changeText))).toEqual([['title User Account → By a script']]);
  });

  test('a dashboard that somebody moved to another folder is reported and kept there', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}`;
    const elsewhere = anOwner();
    const held = (await asAdmin(site, 'GET', boardPath(uid))).body as { metadata: { annotations: object } };
    const annotations = { ...held.metadata.annotations, 'grafana.app/folder': `${elsewhere}-services` };
    const { status } = await asAdmin(site, 'PUT', boardPath(uid), {
      ...held,
      metadata: { ...held.metadata, annotations },
    });
    expect(status).toBe(200);
    const { plan: made } = await planFor(site, owner, desired);
    expect(told(made.changes)).toEqual([`blocked dashboard ${uid}`]);
    expect(made.drift.flatMap(({ meanings }) => meanings.map(changeText))).toEqual([
      expect.stringContaining(`${owner}-services → ${elsewhere}-services`),
    ]);
    expect(made.drift).toMatchObject([{ by: 'admin' }]);
  });

  test('what changed between plan and apply is refused, and the rest is applied', async () => {
    const { owner, desired } = await aSynced();
    const uid = `${owner}-${user}`;
    const update = retitled(retitled(desired, uid, 'One'), `${owner}-${order}`, 'Two');
    const planned = await planFor(site, owner, update);
    await saveByHand(site, uid, `${owner}-services`, 'meanwhile', (spec) => {
      spec['title'] = 'Meanwhile';
    });
    const outcome = await apply(planned.plan, planned.target);
    expect(problems(outcome)).toEqual([
      'dashboard User Account: dashboard User Account changed after the plan was made, and was left as it is',
    ]);
    expect(outcome.applied.map((change) => change.uid)).toEqual([`${owner}-${order}`]);
    expect(await readBoard(site, uid)).toMatchObject({ spec: { title: 'Meanwhile' } });
  });

  test('what was created between plan and apply is not overwritten', async () => {
    const owner = anOwner();
    const planned = await planFor(site, owner, estateOf(owner, twoServices));
    await foreignBoard(site, `${owner}-${user}`, `${owner}-services`, []);
    await foreignRule(site, `${owner}-${user}-errors`, `${owner}-services`, 'elsewhere');
    const outcome = await apply(planned.plan, planned.target);
    expect(outcome.failed.map(({ label }) => label).sort()).toEqual(['dashboard User Account', `rule group ${user}`]);
    expect(await readBoard(site, `${owner}-${user}`)).toMatchObject({ spec: { title: 'Theirs' } });
    expect(await groupOf(site, `${owner}-${user}-errors`)).toBe('elsewhere');
  });

  test('a saved plan is applied exactly, or nothing of it', async () => {
    const { owner, desired } = await aSynced();
    const update = withThreshold(retitled(desired, `${owner}-${user}`, 'Planned'), `${owner}-${order}-errors`, 0.03);
    const { plan: made } = await planFor(site, owner, update);
    const saved = JSON.parse(JSON.stringify(made)) as typeof made;

    await saveByHand(site, `${owner}-${order}`, `${owner}-services`, 'meanwhile', (spec) => {
      spec['description'] = 'Meanwhile';
    });
    const late = open(site, owner);
    await expect(apply(saved, late.target)).rejects.toMatchObject({
      code: 'S004',
      remedy: expect.stringContaining('Nothing was written'),
    });
    expect(late.writes()).toEqual([]);

    const again = await planFor(site, owner, update, { overwriteDrift: true });
    const fresh = open(site, owner);
    const outcome = await apply(JSON.parse(JSON.stringify(again.plan)) as typeof made, fresh.target);
    expect(problems(outcome)).toEqual([]);
    expect(fresh.writes()).toHaveLength(3);
    expect(told((await sync(site, owner, update)).plan.changes)).toEqual([]);
  });

  test('a service that leaves the code takes its dashboard and rules with it and nothing else, and a backup brings them back', async () => {
    const { owner, desired } = await aSynced();
    const without = only(desired, (resource) => !('service' in resource && resource.service === user));
    const kept: Resource[] = [];
    const backUp = async (resources: readonly Resource[]) => {
      kept.push(...resources);
      return 'a file';
    };
    const gone = await sync(site, owner, without, { apply: { backUp } });
    expect(problems(gone.outcome)).toEqual([]);
    const lost = desired.resources.filter((resource) => 'service' in resource && resource.service === user);
    expect(told(gone.plan.changes).sort()).toEqual(lost.map(({ kind, uid }) => `delete ${kind} ${uid}`).sort());
    expect(kept.map(({ uid }) => uid).sort()).toEqual(lost.map(({ uid }) => uid).sort());
    expect(await readBoard(site, `${owner}-${user}`)).toBeUndefined();
    expect(await rulesOfGroup(site, `${owner}-services`, user)).toEqual([]);

    // As `npm run restore` does: what the backup holds, and nothing pruned.
    const back = open(site, owner);
    const restored: Desired = { resources: kept };
    const live = await back.target.read(restored, {});
    const made = plan(
      restored,
      { ...live, objects: live.objects.filter(({ uid }) => kept.some((one) => one.uid === uid)) },
      back.target.identity,
      { scope: {} },
    );
    expect(problems(await apply(made, back.target))).toEqual([]);
    expect(told((await planFor(site, owner, desired)).plan.changes)).toEqual([]);
  });

  test('more deletes than the ceiling are refused', async () => {
    const { owner, desired } = await aSynced();
    const folder = only(desired, ({ kind }) => kind === 'folder');
    const { plan: made, writes } = await sync(site, owner, folder, { maxDeletes: 2 });
    expect(new Set(made.changes.map(({ action }) => action))).toEqual(new Set(['unchanged', 'blocked']));
    expect(writes()).toEqual([]);
  });

  test('--only and --service limit both writes and prune', async () => {
    const { owner, desired } = await aSynced();
    const update = only(
      withThreshold(retitled(desired, `${owner}-${user}`, 'New'), `${owner}-${user}-errors`, 0.03),
      (resource) => !('service' in resource && resource.service === order),
    );
    const boards = await planFor(site, owner, update, { scope: { only: 'dashboards' } });
    expect(told(boards.plan.changes)).toEqual([
      `update dashboard ${owner}-${user}`,
      `delete dashboard ${owner}-${order}`,
    ]);
    expect(boards.sent.some(({ path }) => path.includes('/ruler/') || path.includes('contact-points'))).toBe(false);
    const alerts = await planFor(site, owner, update, { scope: { only: 'alerts' } });
    expect(new Set(alerts.plan.changes.filter(({ action }) => action !== 'unchanged').map(({ kind }) => kind))).toEqual(
      new Set(['rule']),
    );
    const one = await sync(site, owner, update, { scope: { service: user } });
    expect(told(one.plan.changes)).toEqual([
      `update rule ${owner}-${user}-errors`,
      `update dashboard ${owner}-${user}`,
    ]);
    expect(problems(one.outcome)).toEqual([]);
    expect(await readBoard(site, `${owner}-${order}`)).toMatchObject({ spec: { title: 'Offer Service' } });
  });

  test('a rotated secret is noticed and sent without being read back', async () => {
    const { owner, desired } = await aSynced();
    const rotated = { ...SECRETS, PAGERDUTY_KEY: 'canary-rotated-0123456789abcdef' };
    const second = await sync(site, owner, desired, {}, rotated);
    expect(told(second.plan.changes)).toEqual([`update contact-point ${owner}-on-call`]);
    expect(renderPlanText(second.plan)).toContain('secret of integration pagerduty rotated');
    expect(second.writes().map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    expect(problems(second.outcome)).toEqual([]);
    expect(told((await sync(site, owner, desired, {}, rotated)).plan.changes)).toEqual([]);
    const { body } = await asAdmin(site, 'GET', `/api/v1/provisioning/contact-points?name=${owner}-on-call`);
    expect(body).toHaveLength(1);
    expect(JSON.stringify([second.plan, second.live, second.outcome])).not.toContain('canary');
  });

  test('an update that restarts an active alert is named in the plan with its state', async () => {
    const owner = anOwner();
    const uid = `${owner}-${user}-errors`;
    const firing = changed(estateOf(owner, twoServices), uid, (resource) =>
      resource.kind === 'rule'
        ? { ...resource, rule: { ...resource.rule, expr: 'vector(1)', threshold: 0.5, for: '2m' } }
        : resource,
    );
    expect(problems((await sync(site, owner, firing)).outcome)).toEqual([]);
    if (site.fake !== undefined) site.fake.state.alerts.set(uid, { state: 'pending', since: '2026-01-05T10:00:00Z' });
    const update = withThreshold(firing, uid, 0.7);
    let planned = await planFor(site, owner, update);
    for (let tries = 0; tries < 45 && planned.plan.changes.every((change) => !('restarts' in change)); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      planned = await planFor(site, owner, update);
    }
    const [change] = planned.plan.changes.filter(({ action }) => action === 'update');
    expect(change).toMatchObject({
      uid,
      restarts: { state: expect.stringMatching(/pending|firing/), since: expect.stringMatching(/^20/) },
    });
    expect(renderPlanText(planned.plan)).toMatch(/! user-account (pending|firing) since .* UTC: this update/);
    const described = changed(firing, uid, (resource) =>
      resource.kind === 'rule'
        ? {
            ...resource,
            rule: { ...resource.rule, annotations: { ...resource.rule.annotations, description: 'Other words.' } },
          }
        : resource,
    );
    const renamed = changed(firing, `${owner}-services`, (resource) => ({
      ...resource,
      title: `${resource.title} two`,
    }));
    const folder = (await planFor(site, owner, renamed)).plan;
    expect(folder.changes.filter(({ action }) => action === 'update')).toMatchObject([
      {
        kind: 'folder',
        restartsIn: expect.arrayContaining([expect.objectContaining({ title: 'ServiceErrorRateHigh', service: user })]),
      },
    ]);
    expect(renderPlanText(folder)).toMatch(
      /Affects paging\n.*folder[\s\S]*ServiceErrorRateHigh, user-account (pending|firing)/,
    );
    const harmless = await planFor(site, owner, described);
    expect(harmless.plan.changes.filter(({ action }) => action === 'update')).toMatchObject([{ uid }]);
    expect(harmless.plan.changes.some((one) => 'restarts' in one)).toBe(false);
  }, 120_000);

  test('a rule is stored as it was sent, to the last field', async () => {
    const { owner } = await aSynced();
    const rules = await rulesOfGroup(site, `${owner}-services`, user);
    expect(rules.find(({ uid }) => uid === `${owner}-${user}-errors`)).toMatchObject(defaultRule(owner, user));
  });
});
