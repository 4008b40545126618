import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMENT_MARK } from '../../src/report/index.ts';
import { type FakeHost, startFakeHost } from '../support/fake-host.ts';
import { run } from '../support/run.ts';

let host: FakeHost;
let folder = '';
beforeEach(async () => {
  host = await startFakeHost();
  folder = await mkdtemp(join(tmpdir(), 'comment-'));
  await writeFile(join(folder, 'event.json'), JSON.stringify({ pull_request: { number: 7 } }));
});
afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

const TOKEN = 'good-canary-51c2';

function environment(): Record<string, string> {
  return {
    GITHUB_API_URL: host.url,
    GITHUB_REPOSITORY: 'bank/grafana',
    GITHUB_TOKEN: TOKEN,
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
  };
}

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const report = (text: string) => file('report.md', `${COMMENT_MARK}\n${text}`);
const summary = () => readFile(join(folder, 'summary.md'), 'utf8');

describe('the comment on a pull request', () => {
  test('is made once and updated after that, and other comments stay', async () => {
    host.comments.push({ id: 900, body: 'Looks good!' });
    const first = await run('comment', ['--file', await report('one')], environment());
    expect(first).toMatchObject({ code: 0, stderr: 'Comment created.\n' });
    const second = await run('comment', ['--file', await report('two')], environment());
    expect(second).toMatchObject({ code: 0, stderr: 'Comment updated.\n' });
    expect(host.comments.map(({ body }) => body)).toEqual(['Looks good!', `${COMMENT_MARK}\ntwo`]);
  });

  test('of a person that quotes the report, or begins with its mark, stays theirs', async () => {
    const [quoted, marked] = [`> ${COMMENT_MARK}\n> one`, `${COMMENT_MARK}\nmine`];
    host.comments.push({ id: 900, body: quoted }, { id: 901, body: marked, user: { type: 'User' } });
    const job = { ...environment(), GITHUB_TOKEN: 'ghs_good-canary-51c2' };
    for (const text of ['one', 'two']) await run('comment', ['--file', await report(text)], job);
    expect(host.comments.map(({ body }) => body)).toEqual([quoted, marked, `${COMMENT_MARK}\ntwo`]);
  });

  test('that is too long for the host is cut, and says so', async () => {
    await run('comment', ['--file', await report('x\n'.repeat(40_000))], environment());
    expect(host.comments[0]?.body.length).toBeLessThanOrEqual(65_536);
    expect(host.comments[0]?.body).toContain('_Cut: GitHub takes no longer text.');
  });

  test.each<[string, (now: FakeHost) => unknown, Record<string, string>, string]>([
    ['a wrong token', () => undefined, { GITHUB_TOKEN: 'bad' }, 'GITHUB_TOKEN is wrong or has expired'],
    ['too many requests', (now) => now.limited.add(TOKEN), {}, 'GitHub limits requests: run it again later.'],
    ['a host that is not there', (now) => now.close(), {}, 'cannot be reached (ECONNREFUSED)'],
    [
      'an address with a control character',
      () => undefined,
      { GITHUB_API_URL: 'http://x\u001b' },
      'is not an http or https address',
    ],
    ['an event that is no JSON', () => undefined, { GITHUB_EVENT_PATH: 'package-lock.json.nowhere' }, 'H002'],
  ])('with %s is an error with the way out, no bug of the tool', async (_, prepare, changed, message) => {
    await prepare(host);
    const { code, stderr } = await run('comment', ['--file', await report('one')], { ...environment(), ...changed });
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('bug of the tool');
  });

  test.each(['a folder', 'a pipe', 'in no folder'])('for a page of the job that is %s says so', async (what) => {
    const place = join(folder, what === 'in no folder' ? 'nowhere/page' : 'page');
    if (what === 'a folder') await mkdir(place);
    if (what === 'a pipe') execFileSync('mkfifo', [place]);
    const args = ['--file', await report('one'), '--summary'];
    const { code, stderr } = await run('comment', args, { ...environment(), GITHUB_STEP_SUMMARY: place });
    expect(code).toBe(1);
    expect(stderr).toContain('C013');
    expect(stderr).toContain('Unset GITHUB_STEP_SUMMARY');
  });

  test.each([-1, 1.5, '7', 1e300])('for a pull request of the number %j asks for a number', async (number) => {
    const event = await file('event.json', JSON.stringify({ pull_request: { number } }));
    const job = { ...environment(), GITHUB_EVENT_PATH: event };
    expect((await run('comment', ['--file', await report('one')], job)).stderr).toContain('H002');
    expect(host.requests).toEqual([]);
  });

  test('without its report says which file is missing', async () => {
    const { code, stderr } = await run('comment', ['--file', 'nowhere.md'], environment());
    expect(code).toBe(2);
    expect(stderr).toContain('H004 --file nowhere.md cannot be read (ENOENT)');
  });

  test('is not written again when nothing changed', async () => {
    await run('comment', ['--file', await report('one')], environment());
    host.requests.length = 0;
    const again = await run('comment', ['--file', await report('one')], environment());
    expect(again.stderr).toBe('Comment unchanged.\n');
    expect(host.requests.filter((line) => !line.startsWith('GET'))).toEqual([]);
  });

  test('is found behind a hundred others', async () => {
    host.comments.push(...Array.from({ length: 130 }, (_, index) => ({ id: 1000 + index, body: 'Talk' })));
    host.comments.push({ id: 2000, body: `${COMMENT_MARK}\nold` });
    await run('comment', ['--file', await report('new')], environment());
    expect(host.comments).toHaveLength(131);
    expect(host.comments.at(-1)?.body).toBe(`${COMMENT_MARK}\nnew`);
  });

  test('goes to the page of the job where the token may not write, as from a fork', async () => {
    host.readOnly.add(TOKEN);
    const { code, stderr } = await run('comment', ['--file', await report('one')], environment());
    expect(code).toBe(0);
    expect(stderr).toContain('The report goes to the page of the job instead.');
    expect(await summary()).toContain('one');
    expect(host.comments).toEqual([]);
  });

  test('goes to the page of the job without a token, and to stdout without a job', async () => {
    const { GITHUB_TOKEN: _token, ...without } = environment();
    await run('comment', ['--file', await report('one')], without);
    expect(await summary()).toContain('one');
    const { GITHUB_STEP_SUMMARY: _summary, ...nowhere } = without;
    expect((await run('comment', ['--file', await report('one')], nowhere)).stdout).toContain('one');
  });

  test('shows the token in no output, whatever goes wrong', async () => {
    const wrong = await run('comment', ['--file', await report('one')], {
      ...environment(),
      GITHUB_REPOSITORY: 'bank/grafana',
      GITHUB_TOKEN: 'bad-canary-51c2',
    });
    const missing = await run('comment', ['--file', await report('one')], {
      ...environment(),
      GITHUB_EVENT_PATH: await file('empty.json', '{}'),
    });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('H002');
    expect(`${wrong.stdout}${wrong.stderr}${missing.stderr}`).not.toContain('canary-51c2');
  });
});

describe('the issue about drift', () => {
  const planOf = (facts: object) =>
    JSON.stringify({ format: 'grafana-as-code/plan', changed: false, counts: { blocked: 0 }, drift: [], ...facts });

  async function drift(facts: object, text = 'what differs') {
    return run(
      'drift-issue',
      ['--plan', await file('plan.json', planOf(facts)), '--report', await file('plan.md', text)],
      environment(),
    );
  }

  test('is opened when Grafana differs, updated while it does, and closed when it no longer does', async () => {
    expect((await drift({ drift: [{}] })).stderr).toBe('Issue opened.\n');
    expect((await drift({ drift: [{}] }, 'something else')).stderr).toBe('Issue updated.\n');
    expect(host.issues).toHaveLength(1);
    expect(host.issues[0]).toMatchObject({ title: 'Grafana differs from the code', state: 'open' });
    expect(host.issues[0]?.body).toContain('something else');
    expect((await drift({})).stderr).toBe('Issue closed.\n');
    expect(host.issues[0]?.state).toBe('closed');
  });

  test('is not opened while there is nothing to say, and never taken for a pull request', async () => {
    host.issues.push({
      id: 500,
      number: 500,
      title: 'x',
      body: '<!-- grafana-as-code: drift -->',
      state: 'open',
      pull_request: {},
    });
    expect((await drift({})).stderr).toBe('Issue unchanged.\n');
    expect((await drift({ changed: true })).stderr).toBe('Issue opened.\n');
    expect(host.issues).toHaveLength(2);
  });

  test('counts what is blocked as a difference', async () => {
    expect((await drift({ counts: { blocked: 1 } })).stderr).toBe('Issue opened.\n');
  });

  test('of something that is no plan is an error', async () => {
    const { code, stderr } = await run(
      'drift-issue',
      ['--plan', await file('plan.json', '{}'), '--report', await file('plan.md', '')],
      environment(),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('H003');
  });
});
