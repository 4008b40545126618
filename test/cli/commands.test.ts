import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyOfProject } from '../support/company.ts';
import { run, runProcess } from '../support/run.ts';

/** A copy of the project whose files tests may change. */
let project = '';
beforeAll(async () => {
  project = await copyOfProject('commands');
});
afterAll(() => rm(project, { recursive: true, force: true }));

const COMMANDS = [
  'sync',
  'plan',
  'validate',
  'render',
  'new-service',
  'diff',
  'comment',
  'drift-issue',
  'runbooks',
  'gate',
  'pools',
  'annotate',
];
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  gate: ['--service', 'x', '--since', '1h'],
  annotate: ['--service', 'x', '--version', 'v1'],
};

async function withService(change: (text: string) => string, body: () => Promise<void>): Promise<void> {
  const file = join(project, 'services/user-account.ts');
  const before = await readFile(file, 'utf8');
  await writeFile(file, change(before));
  await body().finally(() => writeFile(file, before));
}

describe('every command', () => {
  test.each(COMMANDS)('%s shows its help', async (command) => {
    const { code, stdout } = await run(command, ['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: npm run ${command} --`);
  });

  // They are declared in one way; one with required options, and one without, stand for all.
  test.each(['sync', 'gate', 'annotate'])(
    '%s refuses an unknown flag, and says where the known ones are',
    async (command) => {
      const { code, stderr, stdout } = await run(command, [...(REQUIRED[command] ?? []), '--dry-rum']);
      expect(code).toBe(2);
      expect(stderr).toContain("unknown option '--dry-rum'");
      expect(stderr).toContain('--help');
      expect(stdout).toBe('');
    },
  );
});

describe('sync', () => {
  test('without any configuration writes to a directory, says so, and does nothing the second time', async () => {
    const first = await run('sync', [], { CI: 'true' }, project);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('Target: directory dist/grafana (GRAFANA_URL is not set)');
    expect(first.stdout).toContain(
      '+ create alert rules    13 for app-gateway, 14 for user-account, 15 for offer-service, 1 for the project',
    );
    expect(first.stdout).toMatch(/Applied: 50 created, 0 changed, 0 deleted\. {2}\d+\.\d s/);
    expect(first.stderr).toContain('[1/');
    const second = await run('sync', [], { CI: 'true' }, project);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/Nothing to do: 50 resources are as in the code\. {2}\d+\.\d s/);
    expect(second.stderr).toBe('');
  });

  test('prints no colour into a pipe', async () => {
    const { stdout } = await run('sync', ['--dir', 'elsewhere'], {}, project);
    expect(stdout).not.toContain('\u001b');
  });

  test('of a service that does not exist names those that do', async () => {
    const { code, stderr } = await run('sync', ['--service', 'user-acconut'], {}, project);
    expect(code).toBe(2);
    expect(stderr).toContain('Services: app-gateway, user-account, offer-service');
  });

  test('--target grafana without an address is an error, never a green run', async () => {
    const { code, stderr } = await run('sync', ['--target', 'grafana'], {}, project);
    expect(code).toBe(2);
    expect(stderr).toContain('needs GRAFANA_URL, which is not set');
  });

  test('into a file instead of a directory is an error before anything is written', async () => {
    const { code, stderr } = await run('sync', ['--dir', 'package.json'], {}, project);
    expect(code).toBe(1);
    expect(stderr).toContain('D006');
    expect(stderr).toContain('a directory has to be there');
  });

  test('into a read-only directory is an error before anything is written', async (context) => {
    await mkdir(join(project, 'locked'));
    await chmod(project, 0o755);
    await chmod(join(project, 'locked'), 0o555);
    // Permissions do not bind root: then the command runs as nobody.
    const user = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const { code, stdout, stderr } = await runProcess('sync', ['--dir', 'locked/deeper'], {}, project, user);
    context.skip(
      stderr.includes('EACCES: permission denied, open') || stderr.includes('ERR_MODULE_NOT_FOUND'),
      'the ordinary user cannot read this checkout',
    );
    expect(stderr).toContain('D006');
    expect(stderr).toContain('locked is read-only for this user');
    expect(stderr).toContain('--dir DIR');
    expect(code).toBe(1);
    expect(stdout).not.toContain('Created');
    expect(await readdir(join(project, 'locked'))).toEqual([]);
  });

  test('into a directory with one read-only folder is an error before anything is written', async (context) => {
    const alerting = join(project, 'half/grafana/alerting');
    await mkdir(alerting, { recursive: true });
    for (const folder of ['half', 'half/grafana']) await chmod(join(project, folder), 0o777);
    await chmod(alerting, 0o555);
    const user = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const { code, stderr } = await runProcess('sync', ['--dir', 'half'], {}, project, user);
    context.skip(
      stderr.includes('EACCES: permission denied, open') || stderr.includes('ERR_MODULE_NOT_FOUND'),
      'the ordinary user cannot read this checkout',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('half/grafana/alerting is read-only for this user');
    expect(await readdir(join(project, 'half/grafana'))).toEqual(['alerting']);
  });

  test('with wrong code writes nothing and names the file', async () => {
    await withService(
      (text) => text.replace("tier: 'internal',", "tier: 'internal',\n  dependencies: [{ service: 'offer-servise' }],"),
      async () => {
        const { code, stderr, stdout } = await run('sync', ['--dir', 'untouched'], {}, project);
        expect(code).toBe(1);
        expect(stdout).toBe('');
        expect(stderr).toContain('F004 service user-account depends on "offer-servise", which no service defines');
        expect(stderr).toContain('services/user-account.ts');
        expect(stderr).toContain('Nothing was written.');
        await expect(readFile(join(project, 'untouched/manifest.json'))).rejects.toThrow('ENOENT');
      },
    );
  });

  test('with code that does not even load says so', async () => {
    await withService(
      () => 'export const userAccount = ;',
      async () => {
        const { code, stderr } = await run('sync', [], {}, project);
        expect(code).toBe(1);
        expect(stderr).toContain('F000');
      },
    );
  });

  test.each([
    ['imports what is not there', "import '../services/nowhere.ts';\n", 'Cannot find module'],
    ['throws', "throw new Error('no such colour');\n", 'no such colour'],
  ])('with a dashboard file that %s names it, and writes nothing', async (_, line, message) => {
    const file = join(project, 'dashboards/user-account.ts');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}\n${line}`);
    try {
      const { code, stderr } = await run('sync', ['--dir', 'untouched'], {}, project);
      expect(code).toBe(1);
      expect(stderr).toContain('F000 dashboards/user-account.ts');
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('bug of the tool');
      await expect(readdir(join(project, 'untouched'))).rejects.toThrow('ENOENT');
    } finally {
      await writeFile(file, text);
    }
  });

  test('whose output nobody reads any more is done all the same', async () => {
    const shell = promisify(execFile);
    const command = `"${process.execPath}" --import tsx scripts/sync.ts --dir piped | head -1; exit "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await shell('bash', ['-c', command], {
      cwd: project,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
    });
    expect(stdout).toContain('Target: directory piped');
    expect(stderr).not.toContain('error');
    expect(await readdir(join(project, 'piped'))).toContain('manifest.json');
  });
});

describe('a broken .env', () => {
  test('that is a folder is named', async () => {
    await mkdir(join(project, '.env.folder'));
    const result = await run('sync', ['--env', 'folder'], {}, project);
    expect(result).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('C002 .env.folder cannot be read (EISDIR)'),
    });
  });

  test.each([
    ['a line that is no assignment', 'GRAFANA_URL http://x\n', '.env.broken, line 1 is not an assignment'],
    ['a quote that is never closed', 'A=1\nPAGERDUTY_KEY="abc\n', '.env.broken, line 2 opens a quote'],
    ['an address that is none', 'GRAFANA_URL=grafana.example.com\n', 'GRAFANA_URL is not an http or https address'],
    [
      'a password in an address',
      'GRAFANA_URL=https://admin:canary-password@grafana.example.com\n',
      'GRAFANA_URL has a user or password in the address',
    ],
  ])('with %s is an error that names the place', async (_, content, message) => {
    await writeFile(join(project, '.env.broken'), content);
    const { code, stderr } = await run('sync', ['--env', 'broken'], {}, project);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('shows no value of it: it may hold secrets', async () => {
    await writeFile(join(project, '.env.broken'), 'PAGERDUTY_KEY canary-7f3a\nGRAFANA_URL=canary-7f3a\n');
    const { stderr, stdout } = await run('sync', ['--env', 'broken'], {}, project);
    expect(stderr + stdout).not.toContain('canary-7f3a');
  });

  test('that is missing though asked for is an error', async () => {
    const { code, stderr } = await run('sync', ['--env', 'nowhere'], {}, project);
    expect(code).toBe(2);
    expect(stderr).toContain('.env.nowhere does not exist');
  });
});

describe('plan', () => {
  test('writes nothing, and exits with 10 when asked about changes', async () => {
    const { code, stdout } = await run('plan', ['--dir', 'planned', '--fail-on-change'], {}, project);
    expect(code).toBe(10);
    expect(stdout).toContain('50 to create');
    await expect(readFile(join(project, 'planned/manifest.json'))).rejects.toThrow('ENOENT');
  });

  test('tells a changed threshold in words, with what affects paging first', async () => {
    await run('sync', ['--dir', 'words'], {}, project);
    await withService(
      (text) => text.replace('percent(75)', 'percent(80)'),
      async () => {
        const { stdout } = await run('plan', ['--dir', 'words'], {}, project);
        expect(stdout).toContain(
          [
            '  Affects paging',
            '  ~ update alert ServiceDegradationConfirmed, user-account',
            '      condition: number 0.75 → 0.8',
            '  ~ update alert ServicePoolSaturated, user-account',
            '      threshold 75 % → 80 %',
          ].join('\n'),
        );
        expect(stdout).toContain('threshold line 75 % → 80 %');
        expect(stdout).not.toContain('app-gateway');
        expect(stdout).not.toContain('offer-service');
      },
    );
  });

  test('as a page shows what is before and after, and what is in the way', async () => {
    await run('sync', ['--dir', 'paged'], {}, project);
    await withService(
      (text) => text.replace('percent(75)', 'percent(80)'),
      async () => {
        const { code, stdout } = await run('plan', ['--dir', 'paged', '--format', 'html'], {}, project);
        expect(code).toBe(0);
        expect(stdout).toContain('<h1>Grafana changes: 3 alert rules, 2 dashboards</h1>');
        expect(stdout).toContain('Compared with <code>directory paged/grafana</code>. 45 unchanged.');
        expect(stdout.match(/<figcaption>(Before|After)<\/figcaption>/g)).toHaveLength(4);
        expect(stdout).toContain('<td>threshold 75 % → 80 %</td>');
      },
    );
  });

  test('of dashboards alone asks for no secret of a contact point', async () => {
    const { stdout } = await run('plan', ['--dir', 'planned', '--only', 'dashboards'], {}, project);
    expect(stdout).toContain('+ create dashboards');
    expect(stdout).not.toContain('PAGERDUTY_KEY');
  });

  test('as JSON and Markdown goes to a file when asked', async () => {
    const json = await run('plan', ['--dir', 'planned', '--format', 'json', '--out', 'plan.json'], {}, project);
    expect(json).toMatchObject({ code: 0, stdout: '' });
    const parsed = JSON.parse(await readFile(join(project, 'plan.json'), 'utf8')) as {
      format: string;
      changed: boolean;
      counts: object;
    };
    expect(parsed).toMatchObject({
      format: 'grafana-as-code/plan',
      version: 1,
      changed: true,
      counts: { create: 50, delete: 0 },
    });
    const markdown = await run('plan', ['--dir', 'planned', '--format', 'md'], {}, project);
    expect(markdown.stdout).toContain('### Grafana plan for directory planned/grafana');
  });
});

describe('render', () => {
  test('finds what is out of date and names the command to run', async () => {
    expect((await run('render', ['--check'], {}, project)).code).toBe(1);
    await run('render', [], {}, project);
    await writeFile(join(project, 'dashboards/rendered/left-over.json'), '{}');
    const stale = await run('render', ['--check'], {}, project);
    expect(stale.code).toBe(1);
    expect(stale.stderr).toContain('Out of date: dashboards/rendered/left-over.json');
    expect(stale.stderr).toContain('npm run render');
    expect((await run('render', [], {}, project)).code).toBe(0);
    expect((await run('render', ['--check'], {}, project)).code).toBe(0);
  });

  test('leaves what somebody else put beside the rendered files', async () => {
    await mkdir(join(project, 'dashboards/rendered/notes'), { recursive: true });
    await writeFile(join(project, 'dashboards/rendered/notes/mine.json'), '{}');
    await writeFile(join(project, 'dashboards/rendered/README.md'), 'mine');
    expect((await run('render', ['--check'], {}, project)).code).toBe(0);
    expect((await run('render', [], {}, project)).code).toBe(0);
    expect(await readdir(join(project, 'dashboards/rendered'))).toEqual(expect.arrayContaining(['notes', 'README.md']));
  });
});

describe('diff', () => {
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: project,
    });

  test('compares the working tree with what was rendered at a ref, without a second checkout', async () => {
    await run('render', [], {}, project);
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', 'package.json', 'services', 'dashboards', 'alerts', 'src', 'scripts');
    await git('commit', '--quiet', '--message', 'As it was');
    await git('checkout', '--quiet', '-b', 'work');
    expect((await run('diff', ['--fail-on-change'], {}, project)).stdout).toContain('Changes against main');
    await withService(
      (text) => text.replace('percent(75)', 'percent(80)'),
      async () => {
        const { code, stdout, stderr } = await run('diff', ['--fail-on-change'], {}, project);
        expect({ code, stderr }).toEqual({ code: 10, stderr: '' });
        expect(stdout).toContain(
          '! ServicePoolSaturated, user-account (warning: bank-chat)\n        threshold 75 % → 80 %',
        );
        const json = await run(
          'diff',
          ['--base', 'main', '--format', 'json', '--service', 'user-account'],
          {},
          project,
        );
        const report = JSON.parse(json.stdout) as { format: string; changes: { uid: string; edits: object[] }[] };
        expect(report.format).toBe('grafana-as-code/diff');
        expect(report.changes.map(({ uid }) => uid)).toEqual([
          'bank-user-account',
          'bank-user-account-degraded',
          'bank-user-account-pool',
          'bank-user-account-queries',
        ]);
        expect(report.changes.every(({ edits }) => edits.length > 0)).toBe(true);
      },
    );
  });

  test('with a ref that does not exist is an error with the way out', async () => {
    const { code, stderr } = await run('diff', ['--base', 'nowhere'], {}, project);
    expect(code).toBe(2);
    expect(stderr).toContain('C020 --base nowhere is not a commit, branch or tag of this repository');
  });

  test('with rendered files at the base that were cut off says which one', async () => {
    const path = join(project, 'dashboards/rendered/bank-user-account.json');
    const whole = await readFile(path, 'utf8');
    await writeFile(path, whole.slice(0, 500));
    await git('add', path);
    await git('commit', '--quiet', '--message', 'Cut off');
    await writeFile(path, whole);
    const { code, stderr } = await run('diff', ['--base', 'HEAD'], {}, project);
    expect(code).toBe(2);
    expect(stderr).toContain('C024 --base, dashboards/rendered/bank-user-account.json');
    await git('reset', '--quiet', '--hard', 'HEAD~1');
  });

  test('with a replay that is none is an error', async () => {
    const { code, stderr } = await run('diff', ['--base', 'main', '--replay', 'package.json'], {}, project);
    expect(code).toBe(2);
    expect(stderr).toContain('C023 --replay package.json is not a result of npm run replay');
  });

  test('with a replay of another commit, or of none, is an error: silence would read as "the same"', async () => {
    const replay = (against: object, id = 'incident-linear') =>
      writeFile(
        join(project, 'replay.json'),
        JSON.stringify({ format: 'grafana-as-code/replay', scenarios: [{ id, broken: [] }], ...against }),
      );
    const commit = (await git('rev-parse', 'main')).stdout.trim();
    for (const [against, id, message] of [
      [{}, 'incident-linear', 'was made without --against'],
      [
        { against: { commit: 'f'.repeat(40), changes: [] } },
        'incident-linear',
        'compares with fffffff, and this diff with',
      ],
      [{ against: { commit, changes: [] } }, 'healthy-day', 'has no incident-linear'],
    ] as const) {
      await replay(against, id);
      const { code, stderr } = await run('diff', ['--base', 'main', '--replay', 'replay.json'], {}, project);
      expect(code).toBe(2);
      expect(stderr).toContain(message);
      expect(stderr).toContain(`npm run -s replay -- --against ${commit.slice(0, 7)}`);
    }
    const alerts = [{ alert: 'ServicePoolSaturated', service: 'user-account', spans: [{ firing: '14:32' }] }];
    const scenarios = [{ id: 'incident-linear', broken: [], alerts }];
    await replay({ scenarios, against: { commit, changes: [] } });
    await withService(
      (text) => text.replace('percent(75)', 'percent(76)'),
      async () => {
        const { code, stdout } = await run('diff', ['--base', 'main', '--replay', 'replay.json'], {}, project);
        expect(code).toBe(0);
        expect(stdout).toContain('Incident of 2026-03-16: fires 14:32 as before');
        expect(stdout).toContain('Incident of 2026-03-16: never fires, as before');
      },
    );
  });

  test('tells another receiver of notifications, and says nothing of secrets but their names', async () => {
    const routing = join(project, 'alerts/routing.ts');
    const text = await readFile(routing, 'utf8');
    await writeFile(routing, text.replace("secret('SLACK_WEBHOOK_URL')", "secret('OTHER_WEBHOOK_URL')"));
    const { stdout } = await run('diff', ['--base', 'main'], { OTHER_WEBHOOK_URL: 'https://canary' }, project);
    expect(stdout).toContain(
      '! contact point bank-chat\n        integration slack: url from the secret SLACK_WEBHOOK_URL → OTHER_WEBHOOK_URL',
    );
    expect(stdout).not.toContain('canary');
    await writeFile(routing, text);
  });

  test('outside of a git repository says that', async () => {
    const { code, stderr } = await run('diff', [], { GIT_DIR: join(project, 'nowhere') }, project);
    expect(code).toBe(2);
    expect(stderr).toContain('it is not a git repository');
  });
});

describe('arguments', () => {
  test.each<[string, string, readonly string[]]>([
    ['C004', 'sync', ['--max-deletes', '-1']],
    ['C004', 'sync', ['--max-deletes', '']],
    ['C004', 'diff', ['--limit', 'abc']],
    ['C004', 'diff', ['--limit', '-5']],
    ['C005', 'diff', ['--service', 'nope']],
    ['C005', 'plan', ['--service', 'nope']],
    ['C013', 'plan', ['--save', 'nowhere/plan.json']],
    ['C013', 'sync', ['--out', 'nowhere/plan.txt']],
    ['C013', 'sync', ['--out', 'services']],
    ['C013', 'sync', ['--out', 'x'.repeat(5000)]],
    ['K010', 'gate', ['--service', 'offer-service', '--since', '99999999999999h']],
    ['K011', 'gate', ['--service', 'offer-service', '--since', '5m', '--duration', '99999999999999h']],
    ['K011', 'pools', ['--range', '99999999999999d']],
    ['C013', 'sync', ['--out', '/dev/stdout']],
    ['C013', 'sync', ['--dir', '']],
  ])('%s: npm run %s -- %j is refused before anything is done', async (code, command, args) => {
    const result = await run(command, args, {}, project);
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`${code} `) });
    expect(result.stderr).not.toContain('bug of the tool');
  });
});

test.each([
  ['x\u001b[31m', []],
  ['plan', ['--x\u001b[31m']],
  ['plan', ['--format', '\u001b[31m']],
] as const)('what was typed is said back without what a terminal would obey: %j %j', async (command, args) => {
  const { code, stderr } = await run(command, args, {}, project);
  expect([code, stderr.includes('\u001b')]).toEqual([2, false]);
});

describe('new-service', () => {
  test('gives a service that holds before CI after the steps that it names', async () => {
    const { stdout } = await run('new-service', ['billing'], {}, project);
    const steps = [...stdout.matchAll(/npm run (\w+)/g)].map(([, name]) => name ?? '');
    expect(steps).toEqual(['plan', 'render', 'runbooks']);
    for (const name of steps) expect(await run(name, [], {}, project)).toMatchObject({ code: 0 });
    for (const name of ['render', 'runbooks'])
      expect(await run(name, ['--check'], {}, project)).toMatchObject({ code: 0, stderr: '' });
  }, 90_000);

  test('gives a service that validates, whatever its profile', async () => {
    const profiles = ['otel', 'micrometer', 'prom-client'];
    for (const profile of profiles) {
      const made = await run('new-service', [`new-${profile}`, '--team', "o'neill", '--metrics', profile], {}, project);
      expect(made).toMatchObject({ code: 0, stderr: '' });
    }
    const { code, stdout } = await run('plan', ['--dir', 'other'], {}, project);
    expect(code).toBe(0);
    for (const profile of profiles) expect(stdout).toContain(`for new-${profile}`);
  });

  test('refuses an id that exists or cannot be one, and writes nothing', async () => {
    const before = await readdir(join(project, 'services'));
    for (const [code, args] of [
      ['C008', ['user-account']],
      ['F002', ['Bad Id']],
      ['F002', ['a'.repeat(64)]],
      ['F002', ['project']],
      ['F001', ['payments', '--title', 'Pay\nments']],
      ['F001', ['payments', '--team', '{{x}}']],
    ] as const) {
      const result = await run('new-service', args, {}, project);
      expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(code) });
    }
    expect(await readdir(join(project, 'services'))).toEqual(before);
  });

  test('takes ids that are words of the language, or the same without a hyphen', async () => {
    for (const id of ['new', 'services-a', 'otel', 'a-1', 'a1'])
      expect(await run('new-service', [id], {}, project)).toMatchObject({ code: 0, stderr: '' });
    expect(await run('validate', [], {}, project)).toMatchObject({ code: 0 });
  });
});
