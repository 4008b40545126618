import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findPromtool } from '../../src/adapters/promtool/find.ts';
import { replayedScenario, type SuiteProject, suiteProject } from '../../src/testing/suite-project.ts';
import { findOptions } from '../support/promtool-setup.ts';
import { ioOf, run } from '../support/run.ts';
import { REPOSITORY, smallProject } from './small-project.ts';

const suiteOf = (
  root: string,
  options: Parameters<typeof suiteProject>[0] = {},
  environment = {},
): Promise<SuiteProject> => suiteProject(options, ioOf(environment, root));

describe('the suite of a project', () => {
  test('says of wrong facts what validate says, and replays nothing then', async () => {
    const wrong =
      "import { defineService, otel } from 'grafana-as-code';\nexport const it = defineService({ id: 'Bad Id', title: 'It', team: 'a', tier: 'edge', metrics: otel({ job: 'it' }) });\n";
    const project = await suiteOf(await smallProject({ 'services/it.ts': wrong }));
    const { failure } = await project.run('validate', []);
    expect(failure).toContain('F002');
    expect(failure).toContain('services/it.ts');
    expect(project).toMatchObject({ scenarios: [], noScenarios: expect.stringContaining('not valid') });
  });

  test('says of files that do not load which it is', async () => {
    const project = await suiteOf(await smallProject({ 'services/it.ts': "import './nowhere.ts';\n" }));
    expect((await project.run('validate', [])).failure).toContain('F000 services/it.ts');
  });

  test('wants what render and runbooks write, and holds once they have', async () => {
    const root = await smallProject();
    const project = await suiteOf(root);
    expect(await project.run('validate', [])).toEqual({});
    const stale = await project.run('render', ['--check']);
    expect(stale.failure).toMatch(/^Out of date: .*\nRun: npm run render/);
    expect((await project.run('runbooks', ['--check'])).failure).toMatch(
      /^Missing or out of date: .*ServiceErrorRateHigh/,
    );
    for (const command of ['render', 'runbooks']) {
      expect(await run(command, [], {}, root)).toMatchObject({ code: 0 });
      expect(await project.run(command, ['--check'])).toEqual({});
    }
  });

  test('replays all but the long days, or what is chosen', async () => {
    const root = await smallProject();
    const ids = async (scenarios?: 'all' | readonly string[]) =>
      (await suiteOf(root, scenarios === undefined ? {} : { scenarios })).scenarios.map(({ id }) => id);
    const usual = await ids();
    expect(usual).toContain('error-ramp');
    expect((await ids('all')).length).toBeGreaterThan(usual.length);
    expect(await ids(['error-ramp', 'rollback'])).toEqual(['error-ramp', 'rollback']);
  });

  test('says of a project without scenarios how it gets some', async () => {
    const root = await smallProject();
    const config = await readFile(`${root}grafana.config.ts`, 'utf8');
    await writeFile(`${root}grafana.config.ts`, config.replace('[standardScenarios]', '[]'));
    expect((await suiteOf(root)).noScenarios).toContain('scenarios: [standardScenarios]');
  });
});

describe('a scenario of the suite', () => {
  test('holds, or shows what fired and which expectation is broken', async () => {
    const root = await smallProject();
    expect(await replayedScenario('error-ramp', await suiteOf(root, { scenarios: ['error-ramp'] }))).toEqual({});
    await mkdir(`${root}scenarios`);
    await writeFile(
      `${root}scenarios/quiet.ts`,
      `import { defineScenario } from 'grafana-as-code/scenarios';
export const quiet = defineScenario({
  id: 'quiet', title: 'A quiet hour', because: 'nothing fires when nothing happens', from: '10:00', until: '11:00',
  expect: { must: [{ alert: 'ServiceErrorRateHigh', service: 'payments', pages: true, between: ['10:10', '10:20'], because: 'it is wrong on purpose' }], may: [], never: [] },
});
`,
    );
    const config = await readFile(`${root}grafana.config.ts`, 'utf8');
    await writeFile(
      `${root}grafana.config.ts`,
      `import { quiet } from './scenarios/quiet.ts';\n${config.replace('[standardScenarios]', '[quiet]')}`,
    );
    const { failure } = await replayedScenario('quiet', await suiteOf(root));
    expect(failure).toContain('A quiet hour');
    expect(failure).toContain('× broken');
    expect(failure).toContain('it is wrong on purpose');
  });

  test('that is none is a failure that says where the known ones are', async () => {
    const project = await suiteOf(await smallProject(), { scenarios: ['eror-ramp'] });
    expect((await replayedScenario('eror-ramp', project)).failure).toContain('npm run replay -- --list');
  });

  test('is unproven where there is no promtool and none can be fetched, and says so', async () => {
    const environment = { PATH: '', HTTPS_PROXY: 'http://127.0.0.1:9' };
    const project = await suiteOf(await smallProject(), {}, environment);
    const { unproven, failure } = await replayedScenario('error-ramp', project);
    expect(failure).toBeUndefined();
    expect(unproven).toMatch(/^T101 promtool is missing, and could not be fetched/);
  });
});

test('the example of docs/test-your-project.md is a suite of vitest: what holds passes, what does not fails and says why', async () => {
  const page = readFileSync(join(REPOSITORY, 'docs/test-your-project.md'), 'utf8');
  const [, code = ''] = /```ts\n\/\/ test\/project\.test\.ts\n([\s\S]*?)```/.exec(page) ?? [];
  const root = await smallProject({ 'test/project.test.ts': code });
  await mkdir(join(root, '.cache/promtool'), { recursive: true });
  await cp(await findPromtool(findOptions), join(root, '.cache/promtool/promtool'));
  expect(await run('runbooks', [], {}, root)).toMatchObject({ code: 0 });
  const vitest = [join(REPOSITORY, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json', '--no-color'];
  const env = { ...process.env, PATH: `${process.env['PATH']}${delimiter}` };
  const { stdout } = await promisify(execFile)(process.execPath, vitest, { cwd: root, env }).catch(
    (failed: { readonly stdout: string }) => failed,
  );
  const { testResults } = JSON.parse(stdout) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly {
        readonly title: string;
        readonly status: string;
        readonly failureMessages: readonly string[];
      }[];
    }[];
  };
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const found = (title: string) => results.find((one) => one.title.startsWith(title));
  expect(found('is valid')?.status).toBe('passed');
  expect(found('has runbooks')?.status).toBe('passed');
  expect(found('error-ramp: ')?.status).toBe('passed');
  expect(found('has rendered files')).toMatchObject({
    status: 'failed',
    failureMessages: [expect.stringContaining('Run: npm run render, and commit what it writes.')],
  });
  expect(results.filter(({ status }) => status !== 'passed')).toHaveLength(1);
}, 300_000);
