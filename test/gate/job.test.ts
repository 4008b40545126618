/** The job that docs/gate.md offers is copied into other repositories: it has to be right as it stands. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { toSeconds } from '../../src/model/duration.ts';
import { run } from '../support/run.ts';

const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const jobs = z.strictObject({
  gate: z.strictObject({
    needs: z.string(),
    'runs-on': z.string(),
    'timeout-minutes': z.number(),
    permissions: z.record(z.string(), z.string()),
    steps: z.array(step),
  }),
});

const page = readFileSync('docs/gate.md', 'utf8');
const text = /## A job for GitHub Actions[\s\S]*?```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const { gate } = jobs.parse(parse(text));
const calls = gate.steps.filter((one) => one.run?.includes('npm run -s gate') === true);
const command = calls[0]?.run ?? '';

describe('the ready job', () => {
  test('uses the actions of our own workflows, by the same commits', () => {
    const own = readdirSync('.github/workflows')
      .map((name) => readFileSync(`.github/workflows/${name}`, 'utf8'))
      .join('\n');
    const used = gate.steps.flatMap(({ uses }) => uses ?? []);
    expect(used).toHaveLength(3);
    for (const action of used) expect(own).toContain(`uses: ${action} # v`);
  });

  test('may read and no more, keeps no credentials, and gives the secret to one step', () => {
    expect(gate.permissions).toEqual({ contents: 'read' });
    const [checkout] = gate.steps;
    expect(checkout?.with).toMatchObject({ 'persist-credentials': false });
    const secret = gate.steps.filter((one) => JSON.stringify(one).includes('secrets.'));
    expect(secret).toEqual(calls);
    expect(secret[0]?.env).toMatchObject({ PROMETHEUS_TOKEN: '${{ secrets.PROMETHEUS_TOKEN }}' });
  });

  test('puts nothing into a shell but variables', () => {
    for (const { run: script } of gate.steps) expect(script ?? '').not.toContain('${{');
    const named = [...command.matchAll(/\$([A-Z_]+)/g)].map(([, name]) => name);
    expect(named).toEqual(['DEPLOYED', 'GITHUB_STEP_SUMMARY']);
    expect(calls[0]?.env).toHaveProperty('DEPLOYED');
  });

  test('asks once, for the page and for JUnit, and fails as the gate does', () => {
    expect(calls).toHaveLength(1);
    expect(command).toContain('--format md --junit gate.xml >> "$GITHUB_STEP_SUMMARY"');
    // Behind a pipe or an "or" the exit code would be that of something else.
    expect(command).not.toContain('|');
    const upload = gate.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact') === true);
    expect(upload).toMatchObject({ if: 'always()', with: { path: 'gate.xml' } });
  });

  test('names options that exist, and has the time that the window takes', async () => {
    const { stdout } = await run('gate', ['--help']);
    const options = [...command.matchAll(/ (--[a-z]+)/g)].map(([, option]) => option ?? '');
    expect(options.length).toBeGreaterThan(5);
    for (const option of options) expect(stdout).toContain(`  ${option} `);
    const warmup = /--warmup.*\(default: "(\d+)m"\)/.exec(stdout)?.[1];
    const window = Number(warmup) + toSeconds('30m') / 60;
    expect(command).toContain('--duration 30m');
    // Five minutes for the checkout, npm ci, and the last scrapes.
    expect(gate['timeout-minutes']).toBeGreaterThanOrEqual(window + 5);
  });
});
