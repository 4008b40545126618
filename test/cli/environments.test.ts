/** A project of two environments, by its commands: which one they take, and what each leaves to the other. */
import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFakeGrafana, type FakeGrafana, TOKENS } from '../support/fake-grafana/index.ts';
import { type Served, serveFake } from '../support/fake-grafana/serve.ts';
import { type Ran, run } from '../support/run.ts';
import { smallProject } from '../testing/small-project.ts';

const place = (mark: string, name: string, more = '') => `{
    mark: '${mark}', matchers: ['env="${name}"'], labels: { environment: '${name}' },
    dataSource: { uid: 'prometheus', name: 'Prometheus' },
    folder: { uid: '${mark}-services', title: 'Acme ${name}' },${more}
  }`;
const environments = (
  places: Readonly<Record<string, string>>,
) => `import { defineEnvironments } from 'grafana-as-code';

const environments = defineEnvironments({
${Object.entries(places)
  .map(([name, text]) => `  ${name}: ${text},`)
  .join('\n')}
});
export const { per } = environments;
export default environments;
`;
const BOTH = environments({ production: place('acme', 'production'), staging: place('acmestg', 'staging') });
const PAYMENTS = `import { defineService, otel, percent } from 'grafana-as-code';
import { per } from '../environments.ts';

export const payments = defineService({
  id: 'payments', title: 'Payments', team: 'money', tier: 'edge', metrics: otel({ job: 'acme/payments' }),
  thresholds: { errorRatio: { above: per({ production: percent(1), staging: percent(20) }) } },
});
`;
const ONE = PAYMENTS.replace(/import { per }.*\n/, '').replace(/per\(.*\) }/, 'percent(1) }');

/** @param files written over those of the small project */
async function aProject(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await smallProject({ 'environments.ts': BOTH, 'services/payments.ts': PAYMENTS, ...files });
  const config = join(root, 'grafana.config.ts');
  const text = await readFile(config, 'utf8');
  await writeFile(config, text.replace(/^ {2}(folder|dataSource):.*\n/gm, ''));
  await run('runbooks', [], {}, root);
  return root;
}

async function aGrafana(): Promise<{ readonly fake: FakeGrafana; readonly served: Served }> {
  const fake = createFakeGrafana();
  const served = await serveFake(fake);
  onTestFinished(() => served.close());
  return { fake, served };
}

async function files(root: string, folder: string): Promise<readonly string[]> {
  return (await readdir(join(root, folder), { recursive: true })).filter((name) => name.includes('.')).sort();
}

describe('--env', () => {
  test('has to name one of several where a Grafana or a Prometheus is meant', async () => {
    const root = await aProject();
    const commands: readonly (readonly [string, ...string[]])[] = [
      ['plan'],
      ['sync'],
      ['annotate', '--service', 'payments', '--version', 'v1'],
      ['gate', '--service', 'payments', '--since', '1h', '--prometheus', 'http://127.0.0.1:9'],
      ['pools', '--prometheus', 'http://127.0.0.1:9'],
      ['screenshots'],
    ];
    for (const [command, ...args] of commands) {
      const none = await run(command, args, {}, root);
      expect([command, none.code, none.stderr]).toEqual([command, 2, expect.stringContaining('C053 --env is missing')]);
      expect(none.stderr).toContain('--env production, --env staging');
      const unknown = await run(command, [...args, '--env', 'test'], {}, root);
      expect([command, unknown.code, unknown.stderr]).toEqual([command, 2, expect.stringContaining('C052 --env test')]);
      expect(unknown.stderr).toContain('production, staging');
    }
  });

  test('of a command about the code is the first, and another by its name', async () => {
    const root = await aProject();
    expect(await run('replay', ['--list'], {}, root)).toMatchObject({ code: 0 });
    expect(await run('replay', ['--list', '--env', 'staging'], {}, root)).toMatchObject({ code: 0 });
    expect(await run('replay', ['--list', '--env', 'test'], {}, root)).toMatchObject({ code: 2 });
    expect(await run('runbooks', ['--check'], {}, root)).toMatchObject({ code: 0 });
    expect(await readFile(join(root, 'alerts/runbooks/ServiceErrorRateHigh.md'), 'utf8')).toContain('1 %');
  });

  test('reads .env.NAME, which need not exist where the name is known', async () => {
    const root = await aProject();
    const without = await run('plan', ['--env', 'staging'], {}, root);
    expect(without).toMatchObject({ code: 0, stdout: expect.stringContaining('directory dist/staging/grafana') });
    await writeFile(join(root, '.env.staging'), 'GRAFANA_URL=http://127.0.0.1:9\n');
    expect(await run('plan', ['--env', 'staging'], {}, root)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('C007 GRAFANA_URL'),
    });
  });

  test('is the only one where there is one, and then nothing lies in a folder of its own', async () => {
    const root = await aProject({
      'environments.ts': environments({ production: place('acme', 'production') }),
      'services/payments.ts': ONE,
    });
    expect((await run('sync', [], {}, root)).stdout).toContain('directory dist/grafana');
    await run('render', [], {}, root);
    expect(await files(root, 'dashboards/rendered')).toEqual(['acme-payments.json']);
  });
});

describe('the Grafana of an environment', () => {
  test('is where its address says, and no GRAFANA_URL leads it elsewhere', async () => {
    const { fake, served } = await aGrafana();
    const there = place('acmestg', 'staging', ` grafana: '${served.url}',`);
    const root = await aProject({
      'environments.ts': environments({ production: place('acme', 'production'), staging: there }),
    });
    const token = { GRAFANA_TOKEN: TOKENS.editor };
    const elsewhere = await run('sync', ['--env', 'staging'], { ...token, GRAFANA_URL: 'http://127.0.0.1:9' }, root);
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('C054 GRAFANA_URL') });
    expect(await run('sync', ['--env', 'staging'], { ...token, GRAFANA_URL: `${served.url}/` }, root)).toMatchObject({
      code: 0,
    });
    expect([...fake.state.dashboards.keys()]).toEqual(['acmestg-payments']);
    expect(await run('plan', ['--env', 'staging', '--fail-on-change'], token, root)).toMatchObject({ code: 0 });
  });

  test('that is no address is a fault of environments.ts', async () => {
    const wrong = place('acme', 'production', " grafana: 'grafana.example.com',");
    const root = await aProject({
      'environments.ts': environments({ production: wrong, staging: place('acmestg', 'staging') }),
    });
    const { code, stdout } = await run('validate', [], {}, root);
    expect(code).toBe(1);
    expect(stdout).toContain('F030');
    expect(stdout).toContain('production.grafana: is not an http or https address');
  });
});

describe('render, validate and diff', () => {
  test('go through all environments, each in its folder', async () => {
    const root = await aProject();
    expect(await run('render', [], {}, root)).toMatchObject({ code: 0 });
    expect(await files(root, 'dashboards/rendered')).toEqual([
      'production/acme-payments.json',
      'staging/acmestg-payments.json',
    ]);
    expect(await files(root, 'alerts/rendered')).toContain('staging/payments.yaml');
    const rule = await readFile(join(root, 'alerts/rendered/staging/payments.yaml'), 'utf8');
    expect(rule).toContain('threshold: 0.2');
    expect(rule).toContain('environment: staging');
    expect(await run('render', ['--check'], {}, root)).toMatchObject({ code: 0 });
    await writeFile(join(root, 'alerts/rendered/staging/payments.yaml'), rule.replace('0.2', '0.3'));
    expect(await run('render', ['--check'], {}, root)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('alerts/rendered/staging/payments.yaml'),
    });
    const valid = await run('validate', [], {}, root);
    expect(valid.stdout).toContain('Valid in production: 1 services, 1 dashboards, 1 alert rules');
    expect(valid.stdout).toContain('Valid in staging: 1 services');
    expect((await run('validate', ['--env', 'staging'], {}, root)).stdout).not.toContain('production');
  });

  test('say where something is wrong that is right elsewhere', async () => {
    const root = await aProject({ 'services/payments.ts': PAYMENTS.replace('percent(20)', 'percent(200)') });
    const { code, stdout } = await run('validate', [], {}, root);
    expect(code).toBe(1);
    expect(stdout).toMatch(/F006 .* in staging has thresholds\.errorRatio/);
    expect(stdout).not.toContain('in production');
    expect(await run('validate', ['--env', 'production'], {}, root)).toMatchObject({ code: 0 });
  });

  test('take away what an environment that is gone has left, and nothing of somebody else’s', async () => {
    const root = await aProject();
    await run('render', [], {}, root);
    await writeFile(join(root, 'dashboards/rendered/staging/mine.json'), '{ "mine": true }\n');
    await writeFile(join(root, 'environments.ts'), environments({ production: place('acme', 'production') }));
    await writeFile(join(root, 'services/payments.ts'), ONE);
    expect(await run('render', [], {}, root)).toMatchObject({ code: 0 });
    expect(await files(root, 'dashboards/rendered')).toEqual(['acme-payments.json', 'staging/mine.json']);
  });

  test('compare with what a project rendered before it had environments', async () => {
    const root = await aProject();
    const git = (...args: string[]) =>
      promisify(execFile)('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root });
    await writeFile(join(root, 'environments.ts'), environments({ production: place('acme', 'production') }));
    await writeFile(join(root, 'services/payments.ts'), ONE);
    await run('render', [], {}, root);
    await git('init', '--quiet');
    await git('add', 'alerts/rendered', 'dashboards/rendered');
    await git('commit', '--quiet', '--message', 'As it was');
    await writeFile(join(root, 'environments.ts'), BOTH);
    await writeFile(join(root, 'services/payments.ts'), PAYMENTS.replace('percent(1)', 'percent(2)'));
    const { code, stdout } = await run('diff', ['--base', 'HEAD', '--format', 'json'], {}, root);
    expect(code).toBe(0);
    const { changes } = JSON.parse(stdout) as { changes: { action: string; uid: string; title: string }[] };
    expect(changes.map(({ action, title }) => `${action} ${title}`).sort()).toEqual([
      'added Acme staging (staging)',
      'added Payments (staging)',
      'added ServiceErrorRateHigh (staging)',
      'added acmestg-on-call (staging)',
      'changed Payments (production)',
      'changed ServiceErrorRateHigh (production)',
    ]);
    await run('render', [], {}, root);
    await git('add', '--all', 'alerts/rendered', 'dashboards/rendered');
    await git('commit', '--quiet', '--message', 'By environment');
    expect(await run('diff', ['--base', 'HEAD', '--fail-on-change'], {}, root)).toMatchObject({ code: 0 });
  });
});

describe('two environments in one Grafana', () => {
  test('are synced and pruned apart, a plan for one is none for the other, and one is forgotten by its mark', async () => {
    const { fake, served } = await aGrafana();
    const root = await aProject();
    const environment = { GRAFANA_URL: served.url, GRAFANA_TOKEN: TOKENS.editor };
    const command = (name: string, ...args: string[]): Promise<Ran> => run(name, args, environment, root);
    for (const name of ['production', 'staging']) {
      expect(await command('sync', '--env', name)).toMatchObject({ code: 0 });
      fake.wait(180_000);
    }
    expect([...fake.state.dashboards.keys()].sort()).toEqual(['acme-payments', 'acmestg-payments']);
    for (const name of ['production', 'staging'])
      expect(await command('plan', '--env', name, '--fail-on-change')).toMatchObject({ code: 0 });

    await command('plan', '--env', 'staging', '--save', 'staging.json');
    expect(await command('sync', '--env', 'production', '--plan', 'staging.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('C009'),
    });

    expect(await command('forget', '--mark', 'acmestg', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('C055 --mark acmestg is the mark of staging'),
    });
    await writeFile(join(root, 'environments.ts'), environments({ production: place('acme', 'production') }));
    await writeFile(join(root, 'services/payments.ts'), ONE);
    const shown = await command('forget', '--mark', 'acmestg');
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toContain('run it again with --yes');
    expect(fake.state.dashboards.has('acmestg-payments')).toBe(true);
    const gone = await command('forget', '--mark', 'acmestg', '--yes');
    expect(gone).toMatchObject({ code: 0 });
    const [, backup = ''] = /Backed up \d+ resources to (\.backups\/\S+)/.exec(gone.stderr) ?? [];
    expect(backup).not.toBe('');
    expect(await command('restore', backup, '--mark', 'acmestg')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('create dashboard'),
    });
    expect(fake.state.dashboards.has('acmestg-payments')).toBe(true);
    await writeFile(join(root, 'environments.ts'), BOTH);
    expect(await command('restore', backup, '--env', 'production')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is of the environment staging'),
    });
    await writeFile(join(root, 'environments.ts'), environments({ production: place('acme', 'production') }));
    fake.wait(180_000);
    await command('forget', '--mark', 'acmestg', '--yes', '--overwrite-drift');
    fake.wait(180_000);
    await command('forget', '--mark', 'acmestg', '--yes');
    expect((await command('forget', '--mark', 'acmestg')).stdout).toContain('Nothing carries this mark.');
    expect([...fake.state.dashboards.keys()]).toEqual(['acme-payments']);
    expect([...fake.state.rules.keys()]).toEqual(['acme-payments-errors']);
    expect([...fake.state.folders.keys()].filter((uid) => uid.startsWith('acme'))).toEqual(['acme-services']);
    expect(await command('plan', '--fail-on-change')).toMatchObject({ code: 0 });
  });

  test('forget deletes nothing of another system whose mark was mistyped, and nothing of a mark that is none', async () => {
    const { fake, served } = await aGrafana();
    const environment = { GRAFANA_URL: served.url, GRAFANA_TOKEN: TOKENS.editor };
    const [theirs, root] = [await aProject(), await aProject()];
    const config = join(theirs, 'grafana.config.ts');
    await writeFile(config, (await readFile(config, 'utf8')).replace("system: 'acme'", "system: 'globex'"));
    await run('sync', ['--env', 'staging'], environment, theirs);
    await writeFile(join(root, 'environments.ts'), environments({ production: place('acme', 'production') }));
    await writeFile(join(root, 'services/payments.ts'), ONE);
    const refused = await run('forget', ['--mark', 'acmestg', '--yes'], environment, root);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('C056 --mark acmestg') });
    expect(refused.stderr).toContain('--system globex');
    expect(fake.state.dashboards.has('acmestg-payments')).toBe(true);
    expect(await run('forget', ['--mark', 'acme-stg'], environment, root)).toMatchObject({ code: 2 });
    expect(await run('forget', [], environment, root)).toMatchObject({ code: 2 });
    expect(await run('forget', ['--mark', 'acmestg', '--system', 'globex'], environment, root)).toMatchObject({
      code: 0,
    });
  });

  test('forget empties a directory, and Grafana is asked to delete the rules', async () => {
    const root = await aProject();
    await run('sync', ['--env', 'staging'], {}, root);
    await writeFile(join(root, 'environments.ts'), environments({ production: place('acme', 'production') }));
    await writeFile(join(root, 'services/payments.ts'), ONE);
    expect(await run('forget', ['--mark', 'acmestg', '--dir', 'dist/staging', '--yes'], {}, root)).toMatchObject({
      code: 0,
    });
    expect(await files(root, 'dist/staging/grafana')).toEqual(['alerting/acmestg-deleted.yaml']);
    expect(await readFile(join(root, 'dist/staging/grafana/alerting/acmestg-deleted.yaml'), 'utf8')).toContain(
      'acmestg-payments-errors',
    );
    await rm(root, { recursive: true, force: true });
  });
});
