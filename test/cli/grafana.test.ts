/** The commands against a Grafana: exit codes, saved plans, backups, JSON, Ctrl-C; and no secret anywhere. */
import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planJsonSchema } from '../../src/report/plan/schema.ts';
import { copyOfProject } from '../support/company.ts';
import { createFakeGrafana, type FakeGrafana, TOKENS } from '../support/fake-grafana/index.ts';
import { type Served, serveFake, serveListener } from '../support/fake-grafana/serve.ts';
import { type Ran, run } from '../support/run.ts';

let project = '';
let fake: FakeGrafana;
let served: Served;
const seen: Ran[] = [];
const canaries = {
  PAGERDUTY_KEY: 'canary-pagerduty-0123456789abcdef',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.example/canary-slack',
};

beforeAll(async () => {
  project = await copyOfProject('grafana');
  fake = createFakeGrafana();
  served = await serveFake(fake);
});
afterAll(async () => {
  await served.close();
  await rm(project, { recursive: true, force: true });
});

async function command(
  name: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const all = { GRAFANA_URL: served.url, GRAFANA_TOKEN: TOKENS.editor, ...canaries, ...environment };
  const ran = await run(name, args, all, project);
  seen.push(ran);
  return ran;
}

describe('sync to a Grafana', { sequential: true }, () => {
  test('says what it wrote and where to look; the second time writes nothing', async () => {
    const first = await command('sync', ['--format', 'json']);
    expect(first).toMatchObject({ code: 0 });
    const json = planJsonSchema.parse(JSON.parse(first.stdout));
    expect(json.counts).toMatchObject({ create: 50, blocked: 0 });
    expect(json.outcome?.applied).toHaveLength(50);
    expect(json.outcome?.links).toContain(`${served.url}/d/bank-user-account`);
    expect(first.stderr).toContain('[1/11] folder Bank');
    fake.wait(180_000);
    const second = await command('sync');
    expect(second).toMatchObject({ code: 0 });
    expect(second.stdout).toMatch(/Nothing to do: 50 resources are as in the code\. {2}10 requests, \d+\.\d s/);
    const plan = await command('plan', ['--format', 'json', '--fail-on-change']);
    expect(plan.code).toBe(0);
    expect(planJsonSchema.parse(JSON.parse(plan.stdout)).changed).toBe(false);
  });

  test('applies a saved plan as it is, and not with other secrets', async () => {
    const rotated = { PAGERDUTY_KEY: 'canary-rotated-0123456789abcdef' };
    const saved = await command('plan', ['--save', 'plan.json', '--fail-on-change'], rotated);
    expect(saved.code).toBe(10);
    expect(saved.stdout).toContain('bank-on-call');
    const other = await command('sync', ['--plan', 'plan.json']);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('error  G014');
    const applied = await command('sync', ['--plan', 'plan.json'], rotated);
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toContain('Applied: 0 created, 1 changed, 0 deleted.');
    const again = await command('sync', ['--plan', 'plan.json'], rotated);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('error  S004');
    const elsewhere = await command('sync', ['--plan', 'plan.json'], { ...rotated, GRAFANA_URL: 'http://127.0.0.1:9' });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toContain('C009');
    expect((await command('sync')).code).toBe(0);
  });

  test('refuses to limit a saved plan', async () => {
    for (const limit of [
      ['--only', 'dashboards'],
      ['--service', 'user-account'],
      ['--max-deletes', '0'],
    ]) {
      const { code, stderr } = await command('sync', ['--plan', 'plan.json', ...limit]);
      expect(code).toBe(2);
      expect(stderr).toContain("option '--plan <file>' cannot be used with option");
    }
  });

  test('never takes real notifications away where secrets are not set', async () => {
    const missing = { PAGERDUTY_KEY: '', SLACK_WEBHOOK_URL: '' };
    const { code, stdout } = await command('plan', ['--fail-on-change'], missing);
    expect(code).toBe(0);
    expect(stdout).toContain('PAGERDUTY_KEY is not set; it stays as it is');
  });

  test('keeps a hand edit, says so, and ends with 4', async () => {
    const { spec, generation } = fake.state.dashboards.get('bank-user-account') ?? { spec: {}, generation: 0 };
    await fake.app.request('/api/dashboards/db', {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` },
      body: JSON.stringify({
        dashboard: { ...spec, uid: 'bank-user-account', title: 'By hand', version: generation },
        folderUid: 'bank-services',
      }),
    });
    const markdown = await command('plan', ['--format', 'md']);
    expect(markdown.stdout).toContain('**Kept, because someone edited it in Grafana**');
    const kept = await command('sync');
    expect(kept.code).toBe(4);
    expect(kept.stdout).toContain('Kept, because someone edited it in Grafana');
    expect(kept.stdout).toMatch(/≠ edited dashboard By hand: by admin, 20\d\d-/);
    expect(kept.stdout).toContain('title User Account → By hand');
    expect(kept.stdout).toContain('1 kept, 49 unchanged.');
    const json = planJsonSchema.parse(JSON.parse((await command('plan', ['--format', 'json'])).stdout));
    expect(json.drift).toMatchObject([{ uid: 'bank-user-account', by: 'admin', kept: true }]);
    const won = await command('sync', ['--overwrite-drift']);
    expect(won.code).toBe(0);
    expect(won.stderr).toContain('Backed up 1 resource to');
  });

  test('backs up what it deletes, and restore puts it back', async () => {
    const index = join(project, 'services/user-account.ts');
    const text = await readFile(index, 'utf8');
    const left = ['dashboards/index.ts', 'services/app-gateway.ts', 'services/offer-service.ts'];
    const texts = await Promise.all(left.map((file) => readFile(join(project, file), 'utf8')));
    await rm(index);
    for (const [at, file] of left.entries()) {
      await writeFile(join(project, file), (texts[at] ?? '').replace(/\{ service: 'user-account' \},? ?/g, ''));
    }
    const gone = await command('sync');
    expect(gone.stderr).toMatch(/Backed up 15 resources to \.backups\/.*\.json/);
    expect(gone.code).toBe(0);
    expect(fake.state.dashboards.has('bank-user-account')).toBe(false);
    expect([...fake.state.rules.values()].filter(({ group }) => group === 'user-account')).toEqual([]);
    const file = /Backed up .* to (\S+)/.exec(gone.stderr)?.[1] ?? '';
    const restored = await command('restore', [file]);
    expect(restored).toMatchObject({ code: 0 });
    expect(restored.stdout).toContain('Applied: 15 created, 0 changed, 0 deleted.');
    expect(restored.stdout).toContain('The next sync shows it as edited in Grafana and keeps it');
    const kept = await command('plan');
    expect(kept.code).toBe(4);
    expect(kept.stdout).toContain('15 kept');
    await writeFile(index, text);
    for (const [at, name] of left.entries()) await writeFile(join(project, name), texts[at] ?? '');
    fake.wait(180_000);
    expect((await command('sync')).code).toBe(0);
    expect((await command('plan', ['--fail-on-change'])).code).toBe(0);
    const broken = await command('restore', ['package.json']);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('C012');
  });

  test('a refused token ends with 3, and a missing one with 2', async () => {
    const wrong = await command('sync', [], { GRAFANA_TOKEN: 'canary-token' });
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain('error  G005');
    const query = await command('plan', [], { GRAFANA_URL: `${served.url}/?token=canary-query` });
    expect(query.code).toBe(2);
    expect(query.stderr).toContain('C003 GRAFANA_URL has a ? or # in the address');
    const none = await command('sync', [], { GRAFANA_TOKEN: '' });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('C007');
  });

  test('--env staging reads .env.staging', async () => {
    await writeFile(join(project, '.env.staging'), `GRAFANA_URL=${served.url}\nGRAFANA_TOKEN=${TOKENS.editor}\n`);
    const { code, stdout } = await run('plan', ['--env', 'staging', '--only', 'dashboards'], {}, project);
    expect(code).toBe(0);
    expect(stdout).toContain(`Plan for grafana ${served.url}`);
  });

  test('Ctrl-C finishes the request under way, says what was applied, and ends with 130', async () => {
    const other = createFakeGrafana();
    const url = await slow(other);
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/sync.ts'], {
      cwd: project,
      env: { PATH: process.env['PATH'] ?? '', GRAFANA_URL: url.url, GRAFANA_TOKEN: TOKENS.editor, ...canaries },
    });
    let text = '';
    let stopped = false;
    const onText = (chunk: Buffer): void => {
      text += chunk.toString();
      // Once: a second one would end it at once.
      if (!stopped && text.includes('[4/11]')) stopped = child.kill('SIGINT');
    };
    child.stderr.on('data', onText);
    child.stdout.on('data', onText);
    const code = await new Promise((resolve) => child.on('close', resolve));
    await url.close();
    seen.push({ code: 0, stdout: text, stderr: '' });
    expect(code).toBe(130);
    expect(text).toMatch(/, \d+ left\. /);
    const applied = Number(/Interrupted\. Applied until then: (\d+) created/.exec(text)?.[1]);
    expect(applied).toBeGreaterThanOrEqual(3);
    expect(applied).toBe(
      other.state.folders.size + other.state.integrations.size + other.state.rules.size + other.state.dashboards.size,
    );
  });

  test('no secret appears in any output, plan or backup', async () => {
    const backups = await readdir(join(project, '.backups'));
    expect(backups.length).toBeGreaterThanOrEqual(2);
    const files = [...backups.map((name) => join('.backups', name)), 'plan.json'];
    const texts = await Promise.all(files.map((name) => readFile(join(project, name), 'utf8')));
    const everything = [...texts, ...seen.flatMap(({ stdout, stderr }) => [stdout, stderr])].join('\n');
    expect(everything).toContain('PAGERDUTY_KEY');
    expect(everything).not.toContain('canary');
    expect(everything).not.toContain(TOKENS.editor);
  });
});

/** A Grafana that takes its time to write. */
function slow(other: FakeGrafana): Promise<Served> {
  return serveListener(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const method = request.method ?? 'GET';
    if (method !== 'GET') await new Promise((resolve) => setTimeout(resolve, 150));
    const answer = await other.app.request(`http://fake${request.url}`, {
      method,
      headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  });
}
