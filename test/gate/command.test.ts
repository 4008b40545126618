/** `npm run gate`, and what its options ask for. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askGate, type GateRequest } from '../../src/app/gate.ts';
import { ExplainedError } from '../../src/model/explained-error.ts';
import { defineCatalog } from '../../src/model/service.ts';
import { buildSeries, openMetricsLines, type Scenario } from '../../src/scenario/index.ts';
import { incidentLinear } from '../companies/bank/scenarios/incident.ts';
import { type FilledPrometheus, freePort, startPrometheus } from '../support/filled-prometheus.ts';
import { ioOf, run } from '../support/run.ts';
import { bankServices, project } from '../support/world.ts';

const incident: Scenario = { ...incidentLinear, from: '13:00', until: '14:30' };
const catalog = defineCatalog(bankServices);
let prometheus: FilledPrometheus;
beforeAll(async () => {
  const users = bankServices.filter(({ id }) => id === 'user-account');
  const series = users.flatMap((service) => buildSeries(incident, service, { catalog, project }));
  prometheus = await startPrometheus(openMetricsLines(incident, series, project));
}, 60_000);
afterAll(() => prometheus.stop());

function timeOf(time: string): number {
  return Date.parse(`${incident.day}T${time}:00Z`) / 1000;
}

describe('npm run gate', () => {
  const command = (...args: string[]) =>
    run('gate', ['--service', 'user-account', ...args], { PROMETHEUS_URL: prometheus.url });

  test('keeps a baseline of a good window, and finds a later one worse: exit 0, then 1', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gate-'));
    try {
      const file = join(folder, 'base.json');
      const good = ['--since', '2026-03-16T13:10:00Z', '--baseline', 'none', '--write-baseline', file];
      const kept = await command(...good);
      expect(kept).toMatchObject({ code: 0, stderr: `Written: ${file}\n` });
      expect(kept.stdout).toContain('Pass.');
      const out = join(folder, 'report.xml');
      const bad = ['--since', '2026-03-16T14:05:00Z', '--duration', '10m', '--baseline', `file:${file}`];
      const worse = await command(
        ...bad,
        '--format',
        'md',
        '--junit',
        out,
        '--write-baseline',
        join(folder, 'no.json'),
      );
      expect(worse.code).toBe(1);
      expect(worse.stdout).toContain('### × Gate for User Account: breach');
      expect(worse.stderr).toContain('no.json was not written: this window is not a baseline (breach)');
      const report = await readFile(out, 'utf8');
      expect(report).toContain('<testsuite name="gate user-account" tests="8" failures="2" errors="0"');
      expect(report).toContain(
        '<failure type="breach" message="440 ms: worse than before: 50 ms, which allows 75 ms">',
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('exits with 3 when it cannot know, in Markdown too', async () => {
    const { code, stdout } = await command('--since', '2026-03-16T21:15:00Z', '--format', 'md');
    expect(code).toBe(3);
    expect(stdout).toContain('### ? Gate for User Account: inconclusive');
    expect(stdout).toContain('K020');
  });

  test('writes a report in every form where Prometheus is down, and says why on stderr too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gate-'));
    try {
      const [md, xml] = [join(folder, 'gate.md'), join(folder, 'gate.xml')];
      const down = ['--prometheus', `http://127.0.0.1:${await freePort()}`, '--since', '2h'];
      const failed = await command(...down, '--format', 'md', '--out', md, '--junit', xml);
      expect(failed).toMatchObject({ code: 3, stdout: '' });
      expect(failed.stderr).toContain('K001');
      expect(await readFile(md, 'utf8')).toMatch(/### \? Gate for User Account: inconclusive[\s\S]*K001/);
      const report = await readFile(xml, 'utf8');
      expect(report).toContain('tests="1" failures="0" errors="1"');
      expect(report).toContain('<error type="inconclusive" message="K001 ');
      const { code, stdout } = await command(...down, '--format', 'json');
      expect(code).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({ verdict: 'inconclusive', checks: [], notes: [{ code: 'K001' }] });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('exits with 2 on wrong usage', async () => {
    const { code, stdout, stderr } = await command('--since', 'yesterday');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error  K010 --since yesterday is not a time');
  });
});

describe('what is asked', () => {
  const ask = async (options: Partial<GateRequest>, environment: Readonly<Record<string, string>> = {}) => {
    const request: GateRequest = {
      service: 'user-account',
      since: '2026-03-16T13:15:00Z',
      warmup: '2m',
      duration: '25m',
      baseline: 'none',
      timeout: '30s',
      prometheus: prometheus.url,
      ...options,
    };
    const gated = await askGate(request, ioOf(environment));
    if (!gated.ok) throw new Error('the project has problems');
    return gated.result;
  };

  test('begins after the warm-up and lasts as long as it says', async () => {
    const result = await ask({});
    expect(result).toMatchObject({
      from: timeOf('13:17'),
      until: timeOf('13:42'),
      verdict: 'pass',
      step: 60,
    });
  });

  test('may be compared with the time just before the change', async () => {
    const result = await ask({ baseline: 'offset:27m', since: '2026-03-16T13:45:00Z' });
    expect(result.checks.filter(({ outcome }) => outcome === 'pass')).toHaveLength(8);
  });

  test('may not be compared with a file of the same time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gate-'));
    try {
      const file = join(folder, 'base.json');
      await ask({ writeBaseline: file });
      const later = await ask({ baseline: `file:${file}`, since: '2026-03-16T13:42:00Z' });
      expect(later.verdict).toBe('pass');
      const failure = await ask({ baseline: `file:${file}` }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ problems: [{ code: 'K016' }] });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('of a window that is not over is not known yet', async () => {
    const result = await ask({ since: '5m' });
    expect(result).toMatchObject({ verdict: 'inconclusive', checks: [], notes: [{ code: 'K015' }] });
    expect(result.notes[0]?.remedy).toContain('--wait');
  });

  test('of a Prometheus that is down is not known, and makes no baseline', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gate-'));
    try {
      const file = join(folder, 'base.json');
      const down = `http://127.0.0.1:${await freePort()}`;
      const result = await ask({ prometheus: down, baseline: 'offset:1d', writeBaseline: file });
      expect(result).toMatchObject({ verdict: 'inconclusive', baseline: 'offset:1d', notes: [{ code: 'K001' }] });
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('with a token that no header can carry is refused, and does not show it', async () => {
    const failure = await ask({}, { PROMETHEUS_TOKEN: 'canary-ü' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ problems: [{ code: 'C003', subject: 'PROMETHEUS_TOKEN' }] });
    expect(String(failure)).not.toContain('canary');
  });

  test.each([
    ['K010', { since: 'yesterday' }],
    ['K010', { since: '2026-03-16T14:15:00' }],
    ['K011', { duration: '30' }],
    ['K011', { duration: '0m' }],
    ['K012', { baseline: 'main' }],
    ['K013', { prometheus: 'http://u:canary@127.0.0.1:1' }],
    ['K013', { prometheus: 'prometheus:9090' }],
    ['K013', { prometheus: 'http://127.0.0.1:9090/#prometheus' }],
    // The timer of a request would overflow.
    ['K011', { timeout: '60d' }],
    ['K014', { baseline: 'file:/nowhere.json' }],
    ['K014', { baseline: 'file:grafana.config.ts' }],
    // 2m of warm-up and 25m.
    ['K016', { baseline: 'offset:26m' }],
    ['C005', { service: 'user-acconut' }],
  ])('wrongly (%s, %o) is refused, and no secret is shown', async (code, options) => {
    const failure = await ask(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExplainedError);
    expect(failure).toMatchObject({ problems: [{ code }] });
    expect(String(failure)).not.toContain('canary');
  });
});
