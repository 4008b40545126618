import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = '.github/workflows';
const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const workflow = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  concurrency: z.looseObject({ group: z.string(), 'cancel-in-progress': z.boolean().optional() }),
  jobs: z.record(
    z.string(),
    z.looseObject({
      if: z.string().optional(),
      permissions: z.record(z.string(), z.string()).optional(),
      'timeout-minutes': z.number(),
      steps: z.array(step),
    }),
  ),
});

const workflows = readdirSync(FOLDER).map(
  (name) => [name, workflow.parse(parse(readFileSync(`${FOLDER}/${name}`, 'utf8')))] as const,
);
const scripts = Object.keys(
  (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts,
);

describe.each(workflows)('%s', (name, { permissions, jobs, concurrency }) => {
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test('uses actions by the hash of a commit, and says which version that is', () => {
    const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
    for (const { uses } of steps) {
      if (uses === undefined) continue;
      expect(uses).toMatch(/@[0-9a-f]{40}$/);
      expect(text).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+`));
    }
  });

  test('may read the code and no more, except where a job says why', () => {
    expect(permissions).toEqual({ contents: 'read' });
    const writes = Object.values(jobs).flatMap((job) =>
      Object.entries(job.permissions ?? {})
        .filter(([, right]) => right === 'write')
        .map(([what]) => what),
    );
    expect(writes.every((what) => ['pull-requests', 'issues'].includes(what))).toBe(true);
  });

  test('calls commands that exist, and nothing that a person can not call', () => {
    const called = steps.flatMap(({ run }) =>
      [...(run ?? '').matchAll(/npm run (?:-s )?([a-z:-]+)/g)].map(([, command]) => command ?? ''),
    );
    expect(called.length).toBeGreaterThan(0);
    for (const command of called) expect(scripts).toContain(command);
  });

  test('puts nothing of a pull request’s own text into a shell', () => {
    for (const { run } of steps) expect(run ?? '').not.toMatch(/\$\{\{/);
  });

  test('ends by itself, and does not run twice at once', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    expect(concurrency.group).not.toBe('');
  });
});

test('secrets are given to the step that needs them alone, and none to code from a fork', () => {
  for (const [, { jobs }] of workflows) {
    for (const job of Object.values(jobs)) {
      const secret = job.steps.some(({ env }) => Object.values(env ?? {}).some((value) => value.includes('secrets.')));
      expect(JSON.stringify(Object.entries(job).filter(([key]) => key !== 'steps'))).not.toContain('secrets.');
      if (secret) expect(job.if).toContain("vars.GRAFANA_URL != ''");
    }
  }
  const pullRequest = workflows.find(([name]) => name === 'pull-request.yml')?.[1];
  expect(pullRequest?.jobs['plan']?.if).toContain('head.repo.full_name == github.repository');
});

test('a sync on the main branch is never cut off by the next one', () => {
  expect(workflows.find(([name]) => name === 'main.yml')?.[1].concurrency['cancel-in-progress']).toBe(false);
});
