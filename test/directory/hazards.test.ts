/** What lies in wait for a sync into a directory: other syncs, odd files, odd names, and what Grafana makes of texts. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { isNoOp, type Plan } from '../../src/model/plan.ts';
import type { ContactPointResource, Desired, RuleResource } from '../../src/model/resource.ts';
import { apply, plan, type Target } from '../../src/sync/index.ts';
import { openDirectory } from '../../src/targets/directory/index.ts';
import { parseFile } from '../../src/targets/directory/parse.ts';
import { renderFiles } from '../../src/targets/directory/render.ts';
import { SELF } from '../support/run.ts';
import { desiredOf } from '../support/world.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hazards-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
});

const target = (patience = 20_000): Target =>
  openDirectory({ root, owner: 'bank', ownerTag: 'as-code:bank', self: SELF, patience });
const RULES = 'grafana/alerting/bank-rules-gateway.yaml';

/** A folder, a contact point, a rule and a dashboard: small, because a stress test syncs it often. */
const rule = desiredOf().resources.find((resource) => resource.kind === 'rule') as RuleResource;
function small({ title = 'Bank', name = 'bank-chat', url = 'http://127.0.0.1:9096/', text = 'x' } = {}): Desired {
  const point: ContactPointResource = {
    kind: 'contact-point',
    uid: name,
    title: name,
    source: 'test',
    contactPoint: { name, integrations: [{ type: 'webhook', settings: { url, httpMethod: 'POST' } }] },
  };
  return {
    resources: [
      { kind: 'folder', uid: 'bank-services', title, source: 'test' },
      point,
      {
        ...rule,
        folderUid: 'bank-services',
        rule: {
          ...rule.rule,
          group: 'gateway',
          annotations: { summary: text },
          notification: { ...rule.rule.notification, receiver: name },
        },
      },
      {
        kind: 'dashboard',
        uid: 'bank-board',
        title: text,
        folderUid: 'bank-services',
        source: 'test',
        spec: { uid: 'bank-board', title: text, tags: ['as-code:bank'], panels: [] },
        signalPanels: {},
      },
    ],
  };
}

async function planned(desired: Desired, to = target()): Promise<Plan> {
  return plan(desired, await to.read(desired, {}), to.identity, { scope: {} });
}
async function sync(desired: Desired, to = target()) {
  const made = await planned(desired, to);
  return { made, outcome: await apply(made, to) };
}
async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
const text = (path: string) => readFile(join(root, path), 'utf8');
const names = async () =>
  (await readdir(root, { recursive: true, withFileTypes: true })).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(root.length + 1)] : [],
  );

describe('two syncs into one directory at once', () => {
  test('of the same code both succeed, and nothing is left over', async () => {
    const both = [target(), target()] as const;
    for (let round = 0; round < 10; round += 1) {
      const desired = small({ text: `round ${round}` });
      const plans = await Promise.all(both.map((to) => planned(desired, to)));
      const outcomes = await Promise.all(plans.map((made, index) => apply(made, both[index] as Target)));
      expect(outcomes.flatMap(({ failed, skipped }) => [...failed, ...skipped])).toEqual([]);
      expect(isNoOp(await planned(desired))).toBe(true);
    }
    expect((await names()).filter((name) => /\.(tmp|lock)$/.test(name))).toEqual([]);
  });

  test('of other code one wins as a whole, and the other is told that its plan is out of date', async () => {
    const desired = ['one', 'two', 'three'].map((each) => small({ text: each }));
    await sync(small());
    const plans = await Promise.all(desired.map((each) => planned(each)));
    const results = await Promise.allSettled(plans.map((made) => apply(made, target())));
    const won = results.findIndex(({ status }) => status === 'fulfilled');
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'S004' });
    expect(isNoOp(await planned(desired[won] as Desired))).toBe(true);
  });

  test('wait no longer than they may, and name who holds the lock', async () => {
    const holding = target();
    await holding.steps(await planned(small()));
    await expect(sync(small(), target(100))).rejects.toMatchObject({
      code: 'D013',
      message: expect.stringContaining(`process ${process.pid} on ${hostname()}`),
      remedy: expect.stringContaining('.sync.lock'),
    });
    await holding.release?.();
    expect((await sync(small())).outcome.failed).toEqual([]);
  });

  test('a plan is made while another sync writes, and takes its unfinished files for nothing', async () => {
    const holding = target();
    await holding.steps(await planned(small()));
    await put('grafana/alerting/.0b.grafana-as-code.tmp', 'half');
    expect((await planned(small())).repairs).toEqual([]);
    await holding.release?.();
    expect((await planned(small())).repairs.map(({ subject }) => subject)).toEqual([
      'grafana/alerting/.0b.grafana-as-code.tmp',
    ]);
  });

  test.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, host: hostname(), token: 'x' }],
    ['a session of this process that is gone', { pid: process.pid, host: hostname(), token: 'x' }],
    ['nobody that can be read', 'half a lock'],
  ])('a lock of %s is taken over', async (_, content) => {
    await put('.sync.lock', JSON.stringify(content));
    expect((await sync(small(), target(100))).outcome.failed).toEqual([]);
    expect(await names()).not.toContain('.sync.lock');
  });

  test('a lock of a process that runs, or of another machine, is not', async () => {
    for (const holder of [
      { pid: process.ppid, host: hostname() },
      { pid: 1, host: 'elsewhere.example' },
    ]) {
      await put('.sync.lock', JSON.stringify({ ...holder, token: 'x' }));
      await expect(sync(small(), target(100))).rejects.toMatchObject({ code: 'D013' });
    }
  });

  test('a plan that writes nothing takes no lock', async () => {
    await sync(small());
    await put('.sync.lock', JSON.stringify({ pid: process.ppid, host: hostname(), token: 'x' }));
    expect((await sync(small(), target(100))).outcome.failed).toEqual([]);
  });
});

describe('special files where ours belong', () => {
  test.each([RULES, 'manifest.json', 'grafana/alerting/bank-deleted.yaml', '.sync.lock'])(
    'a pipe at %s is not waited for',
    async (path) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      execFileSync('mkfifo', [join(root, path)]);
      await expect(sync(small(), target(100))).rejects.toThrow(/pipe|D013/);
    },
  );

  test('a folder at the place of a file, and a file at the place of a folder, are named', async () => {
    await mkdir(join(root, RULES), { recursive: true });
    await expect(planned(small())).rejects.toMatchObject({ code: 'D009', message: expect.stringContaining(RULES) });
    await rm(join(root, 'grafana'), { recursive: true });
    await put('grafana', 'a file');
    await expect(planned(small())).rejects.toMatchObject({ code: 'D009' });
  });

  test('a link at the place of a temporary file of old changes nothing elsewhere', async () => {
    await put('victim', 'theirs');
    await mkdir(join(root, 'grafana/alerting'), { recursive: true });
    await symlink(join(root, 'victim'), join(root, `${RULES}.grafana-as-code.tmp`));
    await sync(small());
    expect(await text('victim')).toBe('theirs');
  });
});

describe('names of files', () => {
  test('that differ by case only are refused: somewhere they are one', async () => {
    const desired = small();
    const twin = desired.resources.map((resource) =>
      resource.kind === 'dashboard'
        ? { ...resource, uid: 'bank-Board', spec: { ...resource.spec, uid: 'bank-Board' } }
        : resource,
    );
    await expect(planned({ resources: [...desired.resources, ...twin.slice(3)] })).rejects.toMatchObject({
      code: 'D011',
      message: expect.stringContaining('is the same file as'),
    });
    expect(await names()).toEqual([]);
  });

  test.each(['aux', 'a:b', 'a.', 'x'.repeat(300)])(
    'a folder called %s is refused: not every system has it',
    async (uid) => {
      const { changes, ...rest } = await planned(small());
      const odd = changes.map((change) =>
        change.kind === 'dashboard' && change.action === 'create'
          ? { ...change, desired: { ...change.desired, folderUid: uid } }
          : change,
      );
      await expect(apply({ ...rest, changes: odd as Plan['changes'] }, target())).rejects.toMatchObject({
        code: 'D011',
      });
      expect(await names()).toEqual([]);
    },
  );
});

describe('line ends', () => {
  test('of a checkout on Windows are no damage', async () => {
    await sync(small());
    for (const path of await names()) await writeFile(join(root, path), (await text(path)).replaceAll('\n', '\r\n'));
    const made = await planned(small());
    expect(isNoOp(made)).toBe(true);
    expect(made.changes.filter(({ action }) => action === 'blocked')).toEqual([]);
  });
});

describe('the title of the folder', () => {
  test.each(['Bank / EU', '/Bank', 'Bank/', 'a//b', 'a\\b', 'a\\/b', '\\', 'Bank\\', '$HOME / ${USER}', '2026-01-05'])(
    '%s is one folder: a slash is escaped in alerting files, where a title is a path',
    async (title) => {
      await sync(small({ title }));
      const { groups } = parse(await text(RULES)) as { groups: { folder: string }[] };
      const { providers } = parse(await text('grafana/dashboards/bank.yaml')) as { providers: { folder: string }[] };
      const expanded = (value = '') => value.replaceAll('$$', '$');
      expect(splitFullpath(expanded(groups[0]?.folder))).toEqual([title]);
      expect(expanded(providers[0]?.folder)).toBe(title);
      expect(isNoOp(await planned(small({ title })))).toBe(true);
    },
  );

  test('is one folder whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: fc.constantFrom('/', '\\', 'a', '$', ' ') }), (title) => {
        const [file] = renderFiles(small({ title }).resources, { rules: [] }, 'bank', new Map()).filter(
          ({ path }) => path === RULES,
        );
        const { groups } = parse(file?.content ?? '') as { groups: { folder: string }[] };
        expect(splitFullpath((groups[0]?.folder ?? '').replaceAll('$$', '$'))).toEqual([title]);
      }),
      { numRuns: 200 },
    );
  });

  test.each(['Bank ', ' Bank', 'Bank\n', '\u00a0Bank', ''])(
    '%j is refused: Grafana would make a new folder at each reload',
    async (title) => {
      await expect(planned(small({ title }))).rejects.toMatchObject({ code: 'D014' });
    },
  );
});

/** As Grafana 12.4 does it: pkg/services/folder/folderimpl, SplitFullpath. */
function splitFullpath(path: string): string[] {
  const parts: string[] = [];
  let current = '';
  for (const part of path.split('/')) {
    if (current.endsWith('\\')) current = `${current.slice(0, -1)}/${part}`;
    else {
      if (current !== '') parts.push(current);
      current = part;
    }
  }
  return current === '' ? parts : [...parts, current];
}

describe('texts', () => {
  test.each([
    '1_000',
    '0x1F',
    '0b101',
    '0o17',
    '017',
    '1e3',
    'true',
    'yes',
    'on',
    'n',
    'null',
    '~',
    '2026-01-05',
    '2026-01-05T10:00:00Z',
    '1:30',
    '<<',
    '.inf',
    '- a',
    'a: b',
    '#a',
  ])('that read like something else (%s) are quoted, so that Grafana takes them for texts', async (odd) => {
    await sync(small({ text: odd, url: odd }));
    const written = await text(RULES);
    const line = written.split('\n').find((each) => each.includes('summary:')) ?? '';
    expect(line.trim()).toMatch(/^summary: ["'].*["']$/);
    expect(isNoOp(await planned(small({ text: odd, url: odd })))).toBe(true);
  });

  test.each([' \n', '  \n\n', '\t\n', '\n \n'])('of blanks and line ends alone (%j) come back', (odd) => {
    const files = renderFiles(small({ text: odd, url: 'x' }).resources, { rules: [] }, 'bank', new Map());
    const read = files.flatMap(({ path, content }) =>
      parseFile(path, content, 'bank', new Map([['Bank', 'bank-services']])),
    );
    const rules = read.flatMap(({ resource }) => (resource.kind === 'rule' ? [resource.rule.annotations] : []));
    expect(rules).toMatchObject([{ summary: odd }]);
  });

  test('of any signs come back, and those that end a line elsewhere are escaped', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', ' ', '$', '\u0085', '\u2028', '\ufeff', '"', "'", '\\', '\n', '#', ':', '-'),
        }),
        (odd) => {
          const files = renderFiles(small({ text: odd, url: odd }).resources, { rules: [] }, 'bank', new Map());
          const read = files.flatMap(({ path, content }) => {
            if (path.endsWith('.yaml')) expect(content).not.toMatch(/[\u0085\u2028\u2029\ufeff]/);
            return parseFile(path, content, 'bank', new Map([['Bank', 'bank-services']]));
          });
          const found = read.flatMap(({ resource }) =>
            resource.kind === 'rule'
              ? [resource.rule.annotations['summary']]
              : resource.kind === 'contact-point'
                ? [resource.contactPoint.integrations[0]?.settings['url']]
                : [],
          );
          expect(found).toEqual([odd, odd]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a contact point that left the code', () => {
  test('is never listed for deletion, because a Grafana in which something uses it would not start', async () => {
    await sync(small({ name: 'bank-old' }));
    const { made } = await sync(small());
    expect(made.notes).toMatchObject([{ code: 'D012', subject: 'contact point bank-old' }]);
    for (const path of await names()) expect(await text(path)).not.toContain('deleteContactPoints');
    expect((await planned(small())).notes).toEqual([]);
  });

  test('and was listed by an earlier version is not listed any more', async () => {
    await sync(small());
    const manifest = JSON.parse(await text('manifest.json')) as { deleted: { contactPoints: string[] } };
    manifest.deleted.contactPoints.push('bank-old-1');
    await put('manifest.json', JSON.stringify(manifest));
    await put(
      'grafana/alerting/bank-deleted.yaml',
      '# Written by grafana-as-code for owner "bank". Edits are overwritten by the next sync.\napiVersion: 1\ndeleteContactPoints:\n  - orgId: 1\n    uid: bank-old-1\n',
    );
    await sync(small());
    expect(await names()).not.toContain('grafana/alerting/bank-deleted.yaml');
    expect(isNoOp(await planned(small()))).toBe(true);
  });

  test('says nothing where only dashboards are synced', async () => {
    await sync(small({ name: 'bank-old' }));
    expect((await target().read(small(), { only: 'dashboards' })).notes).toEqual([]);
  });
});
