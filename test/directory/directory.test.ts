import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { countActions, isNoOp, type Plan, type Scope } from '../../src/model/plan.ts';
import { percent } from '../../src/model/quantity.ts';
import type { Desired } from '../../src/model/resource.ts';
import { renderPlanText } from '../../src/report/index.ts';
import { apply, type Outcome, plan, type Target, withPreviewReceivers } from '../../src/sync/index.ts';
import { openDirectory } from '../../src/targets/directory/index.ts';
import { only } from '../support/estate.ts';
import { SELF } from '../support/run.ts';
import { aService, bankServices, desiredOf, edited } from '../support/world.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'directory-target-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
});

const RULES = 'grafana/alerting/bank-rules-user-account.yaml';
const BOARD = 'grafana/dashboards/bank-services/bank-user-account.json';

function target(owner = 'bank'): Target {
  return openDirectory({ root, owner, ownerTag: `as-code:${owner}`, self: SELF });
}

/** The project as a machine without secrets syncs it. */
function previewed(desired: Desired = desiredOf()): Desired {
  return withPreviewReceivers(desired, () => false, 'http://127.0.0.1:9096/preview').desired;
}

async function planned(desired = previewed()): Promise<Plan> {
  const to = target();
  return plan(desired, await to.read(desired, {}), to.identity, { scope: {} });
}

async function sync(desired = previewed()): Promise<{ plan: Plan; outcome: Outcome }> {
  const made = await planned(desired);
  return { plan: made, outcome: await apply(made, target()) };
}

async function files(): Promise<Map<string, { content: string; mtime: number }>> {
  const names = await readdir(root, { recursive: true, withFileTypes: true });
  const found = new Map<string, { content: string; mtime: number }>();
  for (const entry of names.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(root.length + 1), {
      content: await readFile(path, 'utf8'),
      mtime: (await stat(path)).mtimeMs,
    });
  }
  return found;
}

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

const text = (path: string) => readFile(join(root, path), 'utf8');

describe('the first sync', () => {
  test('writes dashboards by folder, alerting files, a provider, and the same rules for Prometheus', async () => {
    await sync();
    expect([...(await files()).keys()].sort()).toEqual([
      'grafana/alerting/bank-contact-points.yaml',
      'grafana/alerting/bank-rules-app-gateway.yaml',
      'grafana/alerting/bank-rules-offer-service.yaml',
      'grafana/alerting/bank-rules-project.yaml',
      'grafana/alerting/bank-rules-user-account.yaml',
      'grafana/dashboards/bank-services/bank-app-gateway.json',
      'grafana/dashboards/bank-services/bank-offer-service.json',
      'grafana/dashboards/bank-services/bank-overview.json',
      'grafana/dashboards/bank-services/bank-user-account.json',
      'grafana/dashboards/bank.yaml',
      'grafana/datasources/README.md',
      'grafana/plugins/README.md',
      'manifest.json',
      'prometheus/rules.yml',
    ]);
  });

  test('names the folder by its title in both kinds of files, so that both land in one folder', async () => {
    await sync();
    const provider = parse(await text('grafana/dashboards/bank.yaml')) as {
      providers: { folder: string; folderUid?: string }[];
    };
    const group = parse(await text(RULES)) as { groups: { folder: string }[] };
    expect(provider.providers[0]?.folder).toBe('Bank');
    expect(provider.providers[0]?.folderUid).toBeUndefined();
    expect(group.groups[0]?.folder).toBe('Bank');
  });

  test('writes secrets as references that Grafana expands, and a preview without them', async () => {
    const { desired } = withPreviewReceivers(
      desiredOf(),
      (name) => name === 'PAGERDUTY_KEY',
      'http://127.0.0.1:9096/preview',
    );
    await sync(desired);
    const { contactPoints } = parse(await text('grafana/alerting/bank-contact-points.yaml')) as {
      contactPoints: { name: string; receivers: { type: string; settings: Record<string, string> }[] }[];
    };
    expect(contactPoints.map(({ name, receivers }) => [name, receivers[0]?.type, receivers[0]?.settings])).toEqual([
      ['bank-chat', 'webhook', { url: 'http://127.0.0.1:9096/preview', httpMethod: 'POST' }],
      ['bank-on-call', 'pagerduty', { integrationKey: '$PAGERDUTY_KEY' }],
    ]);
  });
});

describe('the second sync', () => {
  test('plans nothing and touches no file', async () => {
    await sync();
    const before = await files();
    const { plan: second } = await sync();
    expect(isNoOp(second)).toBe(true);
    expect(countActions(second).unchanged).toBe(50);
    expect(await files()).toEqual(before);
  });

  test('after a changed threshold writes the files that hold it, and no others', async () => {
    await sync();
    const before = await files();
    await sync(
      previewed(
        desiredOf(
          edited('user-account', ({ thresholds }) => ({
            thresholds: { ...thresholds, errorRatio: { above: percent(3), for: '3m' } },
          })),
        ),
      ),
    );
    const after = await files();
    const written = [...after].filter(([path, { mtime }]) => before.get(path)?.mtime !== mtime).map(([path]) => path);
    expect(written.sort()).toEqual(
      [
        RULES,
        'grafana/dashboards/bank-services/bank-overview.json',
        BOARD,
        'manifest.json',
        'prometheus/rules.yml',
      ].sort(),
    );
  });
});

describe('what left the code', () => {
  const fewer = previewed(
    desiredOf(
      bankServices
        .filter(({ id }) => id !== 'offer-service')
        .map((service) => ({
          ...service,
          dependencies: service.dependencies.filter((each) => !('service' in each) || each.service !== 'offer-service'),
        })),
    ),
  );

  test('has its files removed and its rules listed for Grafana to delete', async () => {
    await sync();
    const { outcome } = await sync(fewer);
    expect(outcome.applied.filter(({ action }) => action === 'delete')).toHaveLength(16);
    const names = [...(await files()).keys()];
    expect(names).not.toContain('grafana/dashboards/bank-services/bank-offer-service.json');
    expect(names).not.toContain('grafana/alerting/bank-rules-offer-service.yaml');
    const { deleteRules } = parse(await text('grafana/alerting/bank-deleted.yaml')) as {
      deleteRules: { uid: string }[];
    };
    expect(deleteRules.map(({ uid }) => uid)).toContain('bank-offer-service-errors');
    expect(deleteRules).toHaveLength(15);
  });

  test('stays listed in later syncs, and is no longer listed when it comes back', async () => {
    await sync();
    await sync(fewer);
    expect(isNoOp((await sync(fewer)).plan)).toBe(true);
    expect(await text('grafana/alerting/bank-deleted.yaml')).toContain('bank-offer-service-errors');
    await sync();
    expect([...(await files()).keys()]).not.toContain('grafana/alerting/bank-deleted.yaml');
  });
});

describe('files of others', () => {
  test('in our folders survive every sync', async () => {
    await put('grafana/datasources/prometheus.yaml', 'apiVersion: 1\n');
    await put('grafana/alerting/theirs.yaml', 'apiVersion: 1\ngroups: []\n');
    await put('grafana/dashboards/bank-services/theirs.json', '{"uid":"theirs","title":"Theirs"}');
    await sync();
    await sync(previewed(desiredOf(bankServices.slice(0, 1).map((service) => ({ ...service, dependencies: [] })))));
    expect(await text('grafana/datasources/prometheus.yaml')).toBe('apiVersion: 1\n');
    expect(await text('grafana/alerting/theirs.yaml')).toBe('apiVersion: 1\ngroups: []\n');
    expect(await text('grafana/dashboards/bank-services/theirs.json')).toBe('{"uid":"theirs","title":"Theirs"}');
  });

  test('at one of our paths block that resource only, and stay as they are', async () => {
    await put(BOARD, '{"uid":"bank-user-account","title":"Not ours"}');
    const { plan: made } = await sync();
    expect(made.changes.filter(({ action }) => action === 'blocked').map(({ uid }) => uid)).toEqual([
      'bank-user-account',
    ]);
    expect(await text(BOARD)).toBe('{"uid":"bank-user-account","title":"Not ours"}');
    expect(await text(RULES)).toContain('ServiceErrorRateHigh');
  });

  test('that use one of our UIDs block that resource: Grafana would take one of the two', async () => {
    await put(
      'grafana/alerting/theirs.yaml',
      'apiVersion: 1\ngroups:\n  - {orgId: 1, name: x, folder: y, interval: 1m, rules: [{uid: bank-user-account-errors, title: x}]}\n',
    );
    const made = await planned();
    expect(made.changes.filter(({ action }) => action === 'blocked').map(({ uid }) => uid)).toEqual([
      'bank-user-account-errors',
    ]);
  });

  test('where our Prometheus rules belong stop the sync before anything is written', async () => {
    await put('prometheus/rules.yml', 'groups: []\n');
    await expect(planned()).rejects.toThrow('prometheus/rules.yml exists and is not ours');
    expect([...(await files()).keys()]).toEqual(['prometheus/rules.yml']);
  });
});

describe('places that are not ours to write', () => {
  test.each([
    ['a folder', 'grafana/alerting'],
    ['the folder of our dashboards', 'grafana/dashboards/bank-services'],
    ['a file', BOARD],
    ['the manifest', 'manifest.json'],
  ])('%s that is a symbolic link is never written through: an error before anything is written', async (_, path) => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
    onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(path.includes('.') ? join(elsewhere, 'file') : elsewhere, join(root, path));
    await expect(planned()).rejects.toMatchObject({ code: 'D009', message: expect.stringContaining(path) });
    expect(await readdir(elsewhere)).toEqual([]);
    expect([...(await files()).keys()]).toEqual([]);
  });

  test('a symbolic link of somebody else beside our files stays as it is', async () => {
    await mkdir(join(root, 'grafana/datasources'), { recursive: true });
    await symlink('/dev/null', join(root, 'grafana/datasources/prometheus.yaml'));
    await sync();
    expect((await lstat(join(root, 'grafana/datasources/prometheus.yaml'))).isSymbolicLink()).toBe(true);
    expect(isNoOp((await sync()).plan)).toBe(true);
  });

  test('a plan with a path out of the directory is refused', async () => {
    const { changes, ...rest } = await planned();
    const out = changes.map((change) =>
      change.kind === 'dashboard' && change.action === 'create'
        ? { ...change, desired: { ...change.desired, folderUid: '../../..' } }
        : change,
    );
    await expect(apply({ ...rest, changes: out as Plan['changes'] }, target())).rejects.toMatchObject({ code: 'D008' });
    expect([...(await files()).keys()]).toEqual([]);
  });

  test('a manifest that names files of others does not make them ours', async () => {
    await sync();
    await put('grafana/datasources/prometheus.yaml', 'apiVersion: 1\n');
    const manifest = JSON.parse(await text('manifest.json')) as { files: object; deleted: { rules: string[] } };
    const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
    Object.assign(manifest.files, {
      'grafana/datasources/prometheus.yaml': { sha256: sha256('apiVersion: 1\n'), resources: ['rule/theirs'] },
      '../outside.json': { sha256: '', resources: ['dashboard/theirs'] },
    });
    manifest.deleted.rules.push('theirs-too');
    await put('manifest.json', JSON.stringify(manifest));
    await sync();
    expect(await text('grafana/datasources/prometheus.yaml')).toBe('apiVersion: 1\n');
    expect([...(await files()).keys()]).not.toContain('grafana/alerting/bank-deleted.yaml');
    expect(isNoOp((await sync()).plan)).toBe(true);
  });

  test('a copy of a rule file of ours that somebody filled with rules of theirs is theirs', async () => {
    await sync();
    const theirs = (await text(RULES)).replaceAll('bank-user-account-', 'theirs-').replaceAll('user-account', 'users');
    await put('grafana/alerting/theirs.yaml', theirs);
    const { plan: made } = await sync();
    expect(isNoOp(made)).toBe(true);
    expect(await text('grafana/alerting/theirs.yaml')).toBe(theirs);
  });

  test('a second copy of a file of ours is said in the plan, removed, and kept in backups', async () => {
    await sync();
    const copy = 'grafana/dashboards/old/bank-user-account.json';
    const old = (await text(BOARD)).replace('"1m"', '"5m"');
    await put(copy, old);
    const { plan: made } = await sync();
    expect(made.repairs).toEqual([{ subject: copy, problem: 'holds what another file of ours holds; it goes' }]);
    expect(made.changes.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    const now = [...(await files()).keys()];
    expect(now).not.toContain(copy);
    expect(await Promise.all(now.filter((name) => name.startsWith(`backups/${copy}`)).map(text))).toEqual([old]);
    expect(isNoOp((await sync()).plan)).toBe(true);
  });

  test('big and strange files of others are not read', async () => {
    await put('grafana/dashboards/video.mp4', 'uid: bank-user-account-errors');
    await put('grafana/dashboards/huge.json', `{"uid":"bank-user-account","text":"${'x'.repeat(6 * 1024 ** 2)}"}`);
    const { plan: made } = await sync();
    expect(made.changes.filter(({ action }) => action === 'blocked')).toEqual([]);
    expect((await stat(join(root, 'grafana/dashboards/huge.json'))).size).toBeGreaterThan(6e6);
  });

  test('what a killed sync left half-written is cleared away', async () => {
    await sync();
    await put(`${BOARD}.grafana-as-code.tmp`, '{"uid":');
    await put('manifest.json.grafana-as-code.tmp', '{');
    const { plan: made } = await sync();
    expect(made.repairs.map(({ problem }) => problem)).toEqual(
      Array(2).fill('was left over by a sync that was killed'),
    );
    expect([...(await files()).keys()].filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(isNoOp((await sync()).plan)).toBe(true);
  });
});

describe('facts of any wording', () => {
  const converges = async (change: Parameters<typeof edited>[1], id = 'user-account') => {
    const desired = previewed(desiredOf(edited(id, change)));
    await sync(desired);
    const { plan: second } = await sync(desired);
    expect(second.changes.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    expect(isNoOp(second)).toBe(true);
  };

  test.each(['contact-points', 'my-contact-points', 'deleted', 'rules'])(
    'a service called %s converges',
    async (id) => {
      const desired = previewed(desiredOf([...bankServices, aService({ id })]));
      await sync(desired);
      expect(isNoOp((await sync(desired)).plan)).toBe(true);
    },
  );

  test('a duration may be written in any unit', async () => {
    await converges(({ thresholds }) => ({
      thresholds: { ...thresholds, latencyP95: { ...thresholds.latencyP95, for: '120s' } },
    }));
  });

  test('a dollar is a dollar: Grafana does not take it for a variable', async () => {
    await converges(() => ({ title: 'Cash $HOME ${USER}', team: 'cash-$TEAM' }));
    const group = parse(await text(RULES)) as { groups: { rules: { labels: Record<string, string> }[] }[] };
    expect(group.groups[0]?.rules[0]?.labels['team']).toBe('cash-$$TEAM');
  });
});

describe('damage', () => {
  test.each([
    [
      'a dashboard that was edited',
      BOARD,
      (content: string) => content.replace('"User Account"', '"Edited"'),
      'dashboard',
    ],
    ['a dashboard that was cut off', BOARD, (content: string) => content.slice(0, 300), 'dashboard'],
    ['rules that were edited', RULES, (content: string) => content.replace('for: 3m', 'for: 9m'), 'rule'],
    ['rules that were cut off', RULES, (content: string) => content.slice(0, 2000), 'rule'],
    ['an empty file', RULES, () => '', 'rule'],
  ])('%s is repaired, said, and kept in backups', async (_, path, damage, kind) => {
    await sync();
    const good = await files();
    const damaged = damage(good.get(path)?.content ?? '');
    await put(path, damaged);
    const { plan: made } = await sync();
    const repaired = made.changes.filter((change) => change.action === 'update' && change.repair !== undefined);
    expect(repaired.length).toBeGreaterThan(0);
    expect(repaired.every((change) => change.kind === kind)).toBe(true);
    expect(await text(path)).toBe(good.get(path)?.content);
    const kept = [...(await files())]
      .filter(([name]) => name.startsWith(`backups/${path}`))
      .map(([, { content }]) => content);
    expect(kept).toEqual([damaged]);
    expect(isNoOp((await sync()).plan)).toBe(true);
  });

  test.each([BOARD, RULES, 'prometheus/rules.yml', 'grafana/dashboards/bank.yaml'])(
    '%s that is missing comes back',
    async (path) => {
      await sync();
      const good = await text(path);
      await unlink(join(root, path));
      const { plan: made } = await sync();
      expect(isNoOp(made)).toBe(false);
      expect(await text(path)).toBe(good);
    },
  );

  test('a manifest that is missing is made again: our files are known by their mark', async () => {
    await sync();
    const manifest = await text('manifest.json');
    await unlink(join(root, 'manifest.json'));
    const { plan: made, outcome } = await sync();
    expect(made.changes.filter(({ action }) => action === 'blocked')).toEqual([]);
    expect(outcome.failed).toEqual([]);
    expect(await text('manifest.json')).toBe(manifest);
    expect(isNoOp((await sync()).plan)).toBe(true);
  });

  test('a lost manifest is told once, and nothing else is', async () => {
    await sync();
    await unlink(join(root, 'manifest.json'));
    const made = await planned();
    expect(countActions(made)).toMatchObject({ update: 0, unchanged: 50 });
    expect(made.repairs).toEqual([{ subject: 'manifest.json', problem: 'does not list 13 of our files' }]);
  });

  test('a lost manifest does not forget what Grafana has to delete', async () => {
    await sync();
    const left = previewed(desiredOf(bankServices.slice(0, 1).map((service) => ({ ...service, dependencies: [] }))));
    await sync(left);
    const deleted = await text('grafana/alerting/bank-deleted.yaml');
    expect(deleted).toContain('bank-offer-service-errors');
    await unlink(join(root, 'manifest.json'));
    await sync(left);
    expect(await text('grafana/alerting/bank-deleted.yaml')).toBe(deleted);
    expect(isNoOp((await sync(left)).plan)).toBe(true);
  });

  test.each([
    ['a dashboard', BOARD, (good: string) => good.slice(0, 500)],
    ['a rule file', RULES, () => ''],
  ])('%s that is cut off while the manifest is lost is written again, and kept in backups', async (_, path, cut) => {
    await sync();
    const good = await text(path);
    await unlink(join(root, 'manifest.json'));
    await writeFile(join(root, path), cut(good));
    const { plan: made, outcome } = await sync();
    expect(made.changes.filter(({ action }) => action === 'blocked')).toEqual([]);
    expect(outcome.failed).toEqual([]);
    expect(await text(path)).toBe(good);
    expect([...(await files()).keys()].some((name) => name.startsWith(`backups/${path}`))).toBe(true);
  });
});

describe('the folder of rules', () => {
  const folders = async (): Promise<Set<string>> => {
    const found = new Set<string>();
    for (const [path, { content }] of await files()) {
      if (!/alerting\/bank-rules-/.test(path)) continue;
      for (const { folder } of (parse(content) as { groups: { folder: string }[] }).groups) found.add(folder);
    }
    return found;
  };

  const renamed = (): Desired => ({
    resources: previewed().resources.map((resource) =>
      resource.kind === 'folder' ? { ...resource, title: 'Store' } : resource,
    ),
  });

  async function syncPart(desired: Desired, scope: Scope): Promise<Plan> {
    const to = target();
    const made = plan(desired, await to.read(desired, scope), to.identity, { scope });
    expect((await apply(made, to)).failed).toEqual([]);
    return made;
  }

  test('follows a new title everywhere, and the plan names the title', async () => {
    await sync();
    const made = await planned(renamed());
    expect(made.changes.filter(({ action }) => action !== 'unchanged').map(({ kind }) => kind)).toEqual(['folder']);
    await sync(renamed());
    expect(await folders()).toEqual(new Set(['Store']));
  });

  test.each([
    ['one service', { service: 'user-account' }],
    ['dashboards', { only: 'dashboards' }],
  ] as const)('stays as it is where %s alone is synced', async (_, scope) => {
    await sync();
    await syncPart(renamed(), scope);
    expect(await folders()).toEqual(new Set(['Bank']));
  });

  test('is kept where only some resources are put back', async () => {
    await sync();
    const some = previewed().resources.filter(({ kind, uid }) => kind === 'rule' && uid.includes('offer-service'));
    await sync(previewed(desiredOf(bankServices.slice(0, 1).map((service) => ({ ...service, dependencies: [] })))));
    const to = target();
    const keys = new Set(some.map(({ uid }) => uid));
    const live = await to.read({ resources: some }, {});
    const made = plan(
      { resources: some },
      { ...live, objects: live.objects.filter(({ uid }) => keys.has(uid)), repairs: [] },
      to.identity,
      { scope: {} },
    );
    expect((await apply(made, to)).failed).toEqual([]);
    expect(await folders()).toEqual(new Set(['Bank']));
  });

  test('is never that of somebody else’s provider at our place', async () => {
    await put('grafana/dashboards/bank.yaml', 'apiVersion: 1\nproviders: []\n');
    const { plan: made } = await sync();
    expect(await folders()).toEqual(new Set());
    expect(renderPlanText(made)).toContain('belongs into grafana/dashboards/bank.yaml, which exists and is not ours');
    expect(renderPlanText(made)).toContain('needs folder Bank, which is blocked');
  });
});

describe('an interrupted sync', () => {
  test('at any of its writes is finished by the next one, and nothing is taken for somebody else’s', async () => {
    const group = 'user-account';
    // A file of each kind: what is written, and in what order, does not depend on how many there are.
    const small = only(
      previewed(),
      ({ kind, uid, ...resource }) =>
        kind === 'folder' ||
        kind === 'contact-point' ||
        (kind === 'dashboard' && uid === 'bank-user-account') ||
        ('rule' in resource && resource.rule.group === group && resource.rule.uid.endsWith('-errors')),
    );
    const steps = (await target().steps(await planned(small))).length;
    for (let stopAt = 1; stopAt < steps; stopAt += 1) {
      await rm(root, { recursive: true });
      const to = target();
      const broken: Target = { ...to, steps: async (made) => (await to.steps(made)).slice(0, stopAt) };
      await apply(await planned(small), broken);
      const { plan: next, outcome } = await sync(small);
      expect(next.repairs.map(({ subject }) => subject)).toContain('the last sync');
      expect(next.changes.filter(({ action }) => action === 'blocked')).toEqual([]);
      expect(outcome.failed).toEqual([]);
      expect(isNoOp((await sync(small)).plan)).toBe(true);
    }
  });

  test('while deleting still tells Grafana to delete the rules', async () => {
    await sync();
    const fewer = previewed(desiredOf(bankServices.slice(1)));
    const to = target();
    const made = plan(fewer, await to.read(fewer, {}), to.identity, { scope: {} });
    await apply(made, { ...to, steps: async (from) => (await to.steps(from)).slice(0, -1) });
    await sync(fewer);
    expect(await text('grafana/alerting/bank-deleted.yaml')).toContain('bank-app-gateway-errors');
  });
});

describe('a directory that cannot be used', () => {
  test.each([
    ['a manifest of another program', '{"format":"something","version":1,"owner":"bank"}', 'is not ours'],
    [
      'a manifest of another owner',
      '{"format":"grafana-as-code/directory","version":1,"owner":"acme"}',
      'belongs to owner "acme"',
    ],
    ['a manifest that was cut off', '{"format":"grafana-as', 'is not JSON'],
    [
      'a manifest of another version',
      '{"format":"grafana-as-code/directory","version":2,"owner":"bank"}',
      'cannot be read',
    ],
  ])('%s is an error before anything is written', async (_, manifest, message) => {
    await put('manifest.json', manifest);
    await expect(planned()).rejects.toThrow(message);
    expect([...(await files()).keys()]).toEqual(['manifest.json']);
  });

  test('a file in its place is an error with the way out', async () => {
    await put('place', 'a file');
    const to = openDirectory({ root: join(root, 'place'), owner: 'bank', ownerTag: 'as-code:bank', self: SELF });
    await expect(to.read(previewed(), {})).rejects.toMatchObject({
      code: 'D006',
      remedy: expect.stringContaining('--dir'),
    });
  });

  test('one that does not exist yet is made, however deep', async () => {
    const deep = openDirectory({ root: join(root, 'a/b/c'), owner: 'bank', ownerTag: 'as-code:bank', self: SELF });
    const made = plan(previewed(), await deep.read(previewed(), {}), deep.identity, { scope: {} });
    expect((await apply(made, deep)).failed).toEqual([]);
    expect(await text('a/b/c/manifest.json')).toContain('"owner": "bank"');
  });

  test('one that changed after the plan was made is not written to', async () => {
    await sync();
    const made = await planned(previewed(desiredOf(edited('user-account', () => ({ title: 'Users' })))));
    await put(BOARD, (await text(BOARD)).replace('"1m"', '"5m"'));
    const before = await files();
    await expect(apply(made, target())).rejects.toThrow('changed after the plan was made');
    expect(await files()).toEqual(before);
  });
});
