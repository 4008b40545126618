import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOMS } from '../../scripts/layers/rooms.ts';

const FOLDER = '.github/workflows';
const step = z.looseObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const job = z.looseObject({
  if: z.string().optional(),
  needs: z.string().optional(),
  permissions: z.record(z.string(), z.string()),
  environment: z.string().optional(),
  strategy: z.looseObject({ matrix: z.looseObject({ node: z.array(z.number()) }) }).optional(),
  'timeout-minutes': z.number(),
  steps: z.array(step),
});
const workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  concurrency: z.looseObject({ group: z.string(), 'cancel-in-progress': z.boolean().optional() }),
  jobs: z.record(z.string(), job),
});
type Job = z.infer<typeof job>;

const read = (file: string) => readFileSync(file, 'utf8');
const workflows = readdirSync(FOLDER).map((name) => [name, workflow.parse(parse(read(`${FOLDER}/${name}`)))] as const);
const jobs = workflows.flatMap(([file, { jobs: all }]) =>
  Object.entries(all).map(([name, one]) => ({ file, name, job: one })),
);
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);
const named = (name: string) => {
  const found = workflows.find(([file]) => file === name)?.[1];
  if (found === undefined) throw new Error(`There is no ${name}`);
  return found;
};

const using = ({ steps }: Job, action: string) => steps.filter(({ uses }) => uses?.startsWith(`actions/${action}@`));
const writes = ({ permissions }: Job) => Object.values(permissions).includes('write');
const secretsOf = ({ steps }: Job) =>
  steps.flatMap(({ env }) => Object.values(env ?? {}).filter((value) => value.includes('secrets.')));

describe.each(workflows)('%s', (name, { permissions, jobs: all, concurrency, on }) => {
  const steps = Object.values(all).flatMap((one) => one.steps);

  test('uses actions by the hash of a commit, and says which version that is', () => {
    const text = read(`${FOLDER}/${name}`);
    for (const { uses } of steps) {
      if (uses === undefined) continue;
      expect(uses).toMatch(/@[0-9a-f]{40}$/);
      expect(text).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\n`));
    }
  });

  test('may do nothing, except what a job says that it needs', () => {
    expect(permissions).toEqual({});
    for (const one of Object.values(all)) {
      const { contents, ...rights } = one.permissions;
      expect(contents).toBe('read');
      expect(Object.keys(rights).every((what) => ['pull-requests', 'issues'].includes(what))).toBe(true);
    }
  });

  test('calls commands that exist, and nothing that a person cannot call', () => {
    const called = steps.flatMap(({ run }) =>
      [...(run ?? '').matchAll(/npm run (?:-s )?([a-z:-]+)/g)].map(([, command]) => command ?? ''),
    );
    expect(called.length).toBeGreaterThan(0);
    for (const command of called) expect(scripts).toContain(command);
  });

  test('puts nothing of a pull request’s own text into a shell', () => {
    for (const { run } of steps) expect(run ?? '').not.toMatch(/\$\{\{/);
    expect(JSON.stringify(steps)).not.toMatch(
      /github-script|event\.[a-z_.]*\.(title|body|ref|label|name|login|message)\b/,
    );
  });

  test('never runs with the rights of the base for code of a pull request', () => {
    expect(
      Object.keys(on).filter((event) => ['pull_request_target', 'workflow_run', 'issue_comment'].includes(event)),
    ).toEqual([]);
  });

  test('leaves no token behind where code is checked out', () => {
    for (const one of Object.values(all)) {
      const checkouts = using(one, 'checkout');
      expect(checkouts.length).toBe(1);
      for (const { with: options } of checkouts) expect(options).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('ends by itself, and does not run twice at once', () => {
    for (const one of Object.values(all)) expect(one['timeout-minutes']).toBeLessThanOrEqual(60);
    expect(concurrency.group).not.toBe('');
  });
});

test('secrets are given to the step that needs them alone, and none to code from a fork', () => {
  for (const { job: one } of jobs) {
    expect(JSON.stringify(Object.entries(one).filter(([key]) => key !== 'steps'))).not.toContain('secrets.');
    for (const { run, with: options } of one.steps) expect(JSON.stringify([run, options])).not.toContain('secrets.');
  }
  expect(named('pull-request.yml').jobs['plan']?.if).toContain('head.repo.full_name == github.repository');
});

test('a secret is read on the main branch only, but the one that reads Grafana for a plan', () => {
  const holders = jobs.filter(({ job: one }) => secretsOf(one).length > 0);
  expect(holders.map(({ file, name }) => `${file} ${name}`).sort()).toEqual([
    'drift.yml drift',
    'main.yml sync',
    'pull-request.yml plan',
  ]);
  for (const { file, job: one } of holders) {
    expect(one.if).toContain("vars.GRAFANA_URL != ''");
    // What protects it stands in the settings of the environment, see docs/ci.md.
    expect(one.environment).toBe(file === 'main.yml' ? 'grafana' : 'grafana-read');
    if (file === 'pull-request.yml')
      expect([...new Set(secretsOf(one))]).toEqual(['${{ secrets.GRAFANA_READ_TOKEN }}']);
    else expect(one.if).toMatch(/^github\.ref == 'refs\/heads\/main' && /);
  }
});

test('a job that may write runs no code of a pull request, takes nothing from a cache, and runs no script of a package', () => {
  const writers = jobs.filter(({ job: one }) => writes(one));
  expect(writers.map(({ file, name }) => `${file} ${name}`).sort()).toEqual([
    'drift.yml drift',
    'pull-request.yml comment',
  ]);
  for (const { file, job: one } of jobs.filter(({ job: it }) => writes(it) || secretsOf(it).length > 0)) {
    expect(using(one, 'cache')).toEqual([]);
    for (const { with: options } of using(one, 'setup-node')) {
      expect(options).toMatchObject({ 'package-manager-cache': false });
      expect(options).not.toHaveProperty('cache');
    }
    expect(one.steps.flatMap(({ run }) => (run?.startsWith('npm ci') ? [run] : []))).toEqual([
      'npm ci --ignore-scripts',
    ]);
    if (file === 'pull-request.yml' && writes(one))
      expect(using(one, 'checkout')[0]?.with?.['ref']).toBe('${{ github.event.pull_request.base.sha }}');
  }
});

test('what the code of a pull request hands over is unpacked beside the code, looked at, and only then used', () => {
  const { comment, diff } = named('pull-request.yml').jobs;
  expect(comment?.needs).toBe('diff');
  expect(diff?.permissions).toEqual({ contents: 'read' });
  expect(comment === undefined ? [] : using(comment, 'download-artifact').map(({ with: options }) => options)).toEqual([
    { name: 'comment', path: '${{ runner.temp }}/comment' },
  ]);
  const [last] = comment?.steps.slice(-1) ?? [];
  expect(last?.run).toMatch(
    /^\.ci\/take-report "\$RUNNER_TEMP\/comment" grafana-diff\.md > "\$RUNNER_TEMP\/report\.md"\n/,
  );
  expect(last?.run).toContain('comment -- --file "$RUNNER_TEMP/report.md"');
});

test('an action is of the same version wherever it is used', () => {
  const versions = new Map<string, Set<string>>();
  for (const { job: one } of jobs)
    for (const { uses } of one.steps) {
      const [action = '', hash = ''] = uses?.split('@') ?? [];
      if (action !== '') versions.set(action, (versions.get(action) ?? new Set()).add(hash));
    }
  expect(versions.size).toBeGreaterThan(3);
  for (const [action, hashes] of versions) expect([action, hashes.size]).toEqual([action, 1]);
});

test('every Node that is promised is tested, and the oldest is the one of .nvmrc', () => {
  expect(named('pull-request.yml').jobs['check']?.strategy?.matrix.node).toEqual([20, 22, 24]);
  expect(read('.nvmrc')).toBe('20\n');
  for (const { job: one } of jobs.filter(({ job: it }) => it.strategy === undefined))
    for (const { with: options } of using(one, 'setup-node'))
      expect(options).toMatchObject({ 'node-version-file': '.nvmrc' });
});

test('the answers of promtool are kept for the next run of the tests', () => {
  const testing = jobs.filter(({ job: one }) =>
    one.steps.some(({ run }) => /^npm (test|run test:engine)$/.test(run ?? '')),
  );
  expect(testing.length).toBe(4);
  for (const { job: one } of testing) {
    const [cache] = using(one, 'cache');
    expect(cache?.with).toMatchObject({ path: '.cache/promtool-answers', 'restore-keys': 'promtool-answers-' });
    // The key is new each time: what is found is kept for the next.
    expect(cache?.with?.['key']).toMatch(/^promtool-answers-\$\{\{ github\.run_id \}\}/);
  }
});

test.each(['pull-request.yml', 'main.yml'])('the engine of %s is tested where no project lies beside it', (file) => {
  const runs = named(file).jobs['engine']?.steps.flatMap(({ run }) => run ?? []) ?? [];
  const [deletion = '', ...after] = runs.slice(runs.findIndex((run) => run.startsWith('rm ')));
  const gone = [...Object.keys(ROOMS).filter((room) => !/^(src|scripts|test)\b/.test(room)), 'test/estate'];
  expect(deletion.split(' ').slice(2).sort()).toEqual(gone.sort());
  expect(after).toEqual(['npx tsc', 'npm run -s layers', 'npm run test:engine']);
});

test('a job that looks at other commits has the whole history', () => {
  const looking = jobs.filter(({ job: one }) => one.steps.some(({ run }) => /test:packed|\$BASE\b/.test(run ?? '')));
  expect(looking.map(({ name }) => name).sort()).toEqual(['diff', 'packed']);
  for (const { job: one } of looking)
    for (const { with: options } of using(one, 'checkout')) expect(options).toMatchObject({ 'fetch-depth': 0 });
});

test('a sync on the main branch is never cut off by the next one, and follows the tests', () => {
  const main = named('main.yml');
  expect(main.concurrency['cancel-in-progress']).toBe(false);
  expect(main.jobs['sync']?.needs).toBe('check');
});

test('workflows plan once, and ask the JSON whether something differs, never prose', () => {
  const drift =
    named('drift.yml')
      .jobs['drift']?.steps.map(({ run }) => run ?? '')
      .join('\n') ?? '';
  expect(drift.match(/npm run -s plan/g)).toHaveLength(1);
  expect(drift).toMatch(/plan -- .*--json plan\.json/);
  expect(drift).toContain('drift-issue -- --plan plan.json --report plan.md');
  for (const { job: one } of jobs) for (const { run } of one.steps) expect(run ?? '').not.toMatch(/\b(grep|sed|awk)\b/);
});

test('who is on call reviews what reads secrets, what pages, and what services say of themselves', () => {
  const owned = read('.github/CODEOWNERS')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of owned) expect(line).toMatch(/^\/\S+ @[\w-]+\/[\w-]+$/);
  const paths = owned.map((line) => line.split(' ')[0]);
  for (const path of ['/.github/', '/.ci/', '/alerts/', '/services/', '/package-lock.json', '/.npmrc'])
    expect(paths).toContain(path);
});

test('new versions of actions, packages and images are proposed by themselves', () => {
  const { updates } = z
    .object({
      version: z.literal(2),
      updates: z.array(z.looseObject({ 'package-ecosystem': z.string(), directory: z.string() })),
    })
    .parse(parse(read('.github/dependabot.yml')));
  expect(updates.map((update) => update['package-ecosystem']).sort()).toEqual([
    'docker-compose',
    'github-actions',
    'npm',
  ]);
});
