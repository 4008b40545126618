/** A Grafana whose objects hold our secrets, as an echoing proxy would have it: no file that a sync writes holds them. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CANARIES, expectNoCanary } from '../support/canaries.ts';
import { copyOfProject } from '../support/company.ts';
import { createFakeGrafana, TOKENS } from '../support/fake-grafana/index.ts';
import { serveFake, serveListener } from '../support/fake-grafana/serve.ts';
import { run } from '../support/run.ts';

/** Passes requests on, and puts a text before every title of what comes back. */
async function titled(url: string, before: string): Promise<string> {
  const served = await serveListener(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const method = request.method ?? 'GET';
    const answer = await fetch(`${url}${request.url}`, { method, headers: headers as Record<string, string>, ...body });
    const text = (await answer.text()).replace(/"title":"/g, `"title":${JSON.stringify(before).slice(0, -1)}`);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  onTestFinished(() => served.close());
  return served.url;
}

test('plans that are kept, and backups, are without the secrets of a server that echoes them', async () => {
  const project = await copyOfProject('echoed');
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  const fake = createFakeGrafana();
  const served = await serveFake(fake);
  onTestFinished(() => served.close());
  const secrets = { ...CANARIES, GRAFANA_TOKEN: TOKENS.editor };
  expect(await run('sync', [], { ...secrets, GRAFANA_URL: served.url }, project)).toMatchObject({ code: 0 });
  fake.wait(180_000);
  const echoing = await titled(served.url, `${CANARIES.PAGERDUTY_KEY} \u001b[31m\u202e `);
  const environment = { ...secrets, GRAFANA_URL: echoing };
  const out = join(project, 'out');
  await mkdir(out);
  const planned = await run('plan', ['--save', join(out, 'plan.json'), '--overwrite-drift'], environment, project);
  const synced = await run('sync', ['--overwrite-drift', '--json', join(out, 'sync.json')], environment, project);
  const backups = await readdir(join(project, '.backups'));
  expect(backups).toHaveLength(1);
  const files = [
    join(out, 'plan.json'),
    join(out, 'sync.json'),
    ...backups.map((name) => join(project, '.backups', name)),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  expectNoCanary(planned.stdout, planned.stderr, synced.stdout, synced.stderr, ...texts);
  for (const text of texts) {
    expect(text).toContain('[secret]');
    for (const sign of ['\u001b', '\u202e']) expect(text).not.toContain(sign);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  }
}, 60_000);
