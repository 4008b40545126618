import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Config, readConfig } from '../../src/app/config.ts';
import { parseEnvFile } from '../../src/app/env-file.ts';
import { swallowedOptions } from '../../src/cli/swallowed-options.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'config-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

async function read(file: string | undefined, environment: Record<string, string> = {}) {
  if (file !== undefined) await writeFile(join(directory, '.env'), file);
  return readConfig({ environment, directory });
}
async function configOf(file: string, environment: Record<string, string> = {}): Promise<Config> {
  const result = await read(file, environment);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.config;
}
async function problemsOf(file: string | undefined, environment: Record<string, string> = {}) {
  const result = await read(file, environment);
  return 'problems' in result
    ? result.problems.map(({ code, subject, message }) => `${code} ${subject} ${message}`)
    : [];
}
async function warningsOf(file: string | undefined, environment: Record<string, string> = {}) {
  const result = await read(file, environment);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.warnings;
}

describe('a line of .env that dotenv would read otherwise than people mean it', () => {
  test.each([
    [
      'a # glued to the value',
      'GRAFANA_PASSWORD=abc#def',
      'C030 .env, line 1 has a # in the value of GRAFANA_PASSWORD',
    ],
    ['a # at its beginning', 'GRAFANA_PASSWORD=#abc', 'C030 .env, line 1 has a #'],
    ['text after the closing quote', 'A="abc" def', 'C030 .env, line 1 of A goes on after the closing quote'],
    ['a quote within quotes', 'A="abc"def"', 'C030 .env, line 1 of A goes on after the closing quote'],
    ['a quote that is closed lines later', 'A="abc\nB="def"', 'C030 .env, line 1 of A goes on'],
    ['a backslash before a quote', 'A="ab\\"c"', 'C030 .env, line 1 has a backslash before a quote'],
    ['a quote that is never closed', 'X=1\nA="abc', 'C001 .env, line 2 opens a quote (") that is never closed'],
    ['a quote that is never opened', 'A=abc"', 'C030 .env, line 1 ends the value of A with a quote'],
    ['a name that is set twice', 'A=1\nB=2\nexport A = 3', 'C030 .env, line 3 sets A again, which line 1 has set'],
    ['no assignment', 'GRAFANA_URL http://x', 'C001 .env, line 1 is not an assignment'],
    ['a colon', 'GRAFANA_URL: http://x', 'C001 .env, line 1 is not an assignment'],
  ])('with %s is refused, and shows no value', async (_, file, message) => {
    const problems = await problemsOf(file);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
    expect(problems[0]).not.toMatch(/abc|def/);
  });

  test.each([
    ['a comment', 'A=abc # comment', 'abc'],
    ['a tab before it', 'A=abc\t#comment', 'abc'],
    ['a comment alone', 'A= # comment', undefined],
    ['a # in quotes', "A='abc#def' # comment", 'abc#def'],
    ['blanks around =', '  A  =  abc  ', 'abc'],
    ['export', 'export A=abc', 'abc'],
    ['a byte order mark', '\uFEFFA=abc', 'abc'],
    ['line ends of Windows', 'A=abc\r\nB=2\r\n', 'abc'],
    ['quotes in the middle', "A=o'neill", "o'neill"],
    ['quotes around a part', 'A=x="y"', 'x="y"'],
    ['lines in quotes', 'A="abc\ndef"', 'abc\ndef'],
    ['a backslash-n in double quotes', 'A="abc\\ndef"', 'abc\ndef'],
    ['the same in single quotes', "A='abc\\ndef'", 'abc\\ndef'],
    ['nothing', 'A=', undefined],
  ])('with %s is read', async (_, file, value) => {
    expect((await configOf(file)).secret('A')?.reveal()).toBe(value);
  });

  test.each(['A=${HOST}/x', 'A="${HOST}"'])('%s is told: it is not replaced', async (file) => {
    expect(await warningsOf(file)).toMatchObject([{ code: 'C031', subject: '.env, line 1' }]);
    expect(await warningsOf("A='${HOST}'")).toEqual([]);
  });

  test('that is not refused has the value that stands there', () => {
    const value = fc.string({ unit: fc.constantFrom('a', '#', ' ', '"', "'", '\\', '=', '$') });
    fc.assert(
      fc.property(value, (text) => {
        const { problems, values } = parseEnvFile(`A=${text}\nB=end`, '.env');
        if (problems.length > 0) return true;
        expect(values).toEqual(parse(`A=${text}\nB=end`));
        const bare = text.replace(/\s#.*$/, '').trim();
        const inner = /^(["'])(.*)\1$/.exec(bare)?.[2] ?? bare;
        return values['B'] === 'end' && (values['A'] === inner || /^\s*["']/.test(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('names that nobody reads', () => {
  test.each(['GRAFANA_URI', 'GRAFANA_ULR', 'GRAFANA_TOKN', 'PROMETHEUS_URI', 'grafana_url'])(
    '%s in .env is told',
    async (name) => {
      expect(await warningsOf(`${name}=http://x.example`)).toMatchObject([
        { code: 'C031', level: 'warning', subject: name, remedy: expect.stringContaining('Did you mean') },
      ]);
    },
  );

  test('in the environment are told where they begin like ours', async () => {
    expect(await warningsOf('', { GRAFANA_URI: 'http://x.example', PREVIEW_PROJEKT: 'x' })).toMatchObject([
      { subject: 'GRAFANA_URI' },
      { subject: 'PREVIEW_PROJEKT' },
    ]);
    expect(
      await warningsOf('', {
        PATH: '/bin',
        URL: 'x',
        GRAFANA_PORT: '3000',
        PROMETHEUS_SERVICE_HOST: 'x',
        PROMETHEUS_PORT: 'tcp://x',
      }),
    ).toEqual([]);
  });

  test('and are empty, as in a copy of the example, are none', async () => {
    expect(await warningsOf('GRAFANA_URI=\n')).toEqual([]);
    expect(await warningsOf(await readFile(new URL('../../.env.example', import.meta.url), 'utf8'))).toEqual([]);
  });

  test('near to a secret of a contact point are told while that is not set', async () => {
    const config = await configOf('PAGERDUTY_KYE=abc\n');
    expect(config.secretNotices(['PAGERDUTY_KEY'])).toMatchObject([
      { code: 'C031', subject: 'PAGERDUTY_KYE', message: 'is set, and PAGERDUTY_KEY is not' },
    ]);
    const both = await configOf('PAGERDUTY_KEY=abc\nPAGERDUTY_KEY2=def\n');
    expect(both.secretNotices(['PAGERDUTY_KEY'])).toEqual([]);
  });
});

describe('values with a line end', () => {
  test.each(['abc\n', 'abc\r\n', ' abc', 'abc\t'])(
    'or a blank around them (%j) lose it, with a notice',
    async (value) => {
      const environment = { GRAFANA_TOKEN: value, PAGERDUTY_KEY: value, GRAFANA_URL: 'http://x.example\n' };
      const config = await configOf('', environment);
      expect(config.grafanaToken?.reveal()).toBe('abc');
      expect(config.secret('PAGERDUTY_KEY')?.reveal()).toBe('abc');
      expect(config.grafanaUrl).toBe('http://x.example');
      expect(await warningsOf('', environment)).toMatchObject([
        { code: 'C032', subject: 'GRAFANA_URL' },
        { code: 'C032', subject: 'GRAFANA_TOKEN' },
      ]);
      expect(config.secretNotices(['PAGERDUTY_KEY'])).toMatchObject([{ code: 'C032', subject: 'PAGERDUTY_KEY' }]);
    },
  );

  test('that are passwords keep their blanks', async () => {
    const config = await configOf('', { GRAFANA_PASSWORD: ' a b \n' });
    expect(config.grafanaPassword?.reveal()).toBe(' a b ');
  });

  test('inside are refused: no header can carry them', async () => {
    expect(await problemsOf('', { GRAFANA_TOKEN: 'ab\nc' })).toEqual([
      'C003 GRAFANA_TOKEN has a line break or another control character in it',
    ]);
  });

  test('alone count as absent', async () => {
    expect((await configOf('', { GRAFANA_URL: ' \n' })).grafanaUrl).toBeUndefined();
  });
});

describe('an address', () => {
  test.each(['grafana.example.com', 'localhost:3000', 'ftp://x', 'https://', 'http:///x', 'x y'])(
    'that is none (%s) has one problem',
    async (value) => {
      expect(await problemsOf('', { GRAFANA_URL: value })).toEqual([
        'C003 GRAFANA_URL is not an http or https address',
      ]);
    },
  );
  test('with a password has one problem', async () => {
    expect(await problemsOf('', { GRAFANA_URL: 'https://a:canary@x.example/?orgId=1' })).toEqual([
      'C003 GRAFANA_URL has a user or password in the address; they have variables of their own',
    ]);
  });
});

describe('the file', () => {
  test.each(['../x', 'a/b', '', '.', 'a\nb'])('has a name, and %j is none', (name) => {
    expect(readConfig({ environment: {}, directory, name })).toMatchObject({ problems: [{ code: 'C002' }] });
  });

  test('is a file of a size that fits, and never waited for', async () => {
    execFileSync('mkfifo', [join(directory, '.env.pipe')]);
    await mkdir(join(directory, '.env.folder'));
    await writeFile(join(directory, '.env.huge'), `A=${'x'.repeat(2 * 1024 ** 2)}`);
    const message = (name: string) => readConfig({ environment: {}, directory, name });
    expect(message('pipe')).toMatchObject({ problems: [{ code: 'C002', message: expect.stringContaining('pipe') }] });
    expect(message('folder')).toMatchObject({ problems: [{ message: 'cannot be read (EISDIR)' }] });
    expect(message('huge')).toMatchObject({ problems: [{ message: 'is larger than 1 MiB' }] });
  });
});

describe('what this project gets in with', () => {
  test.each(['GRAFANA_TOKEN', 'GRAFANA_PASSWORD', 'PROMETHEUS_TOKEN', 'GITHUB_TOKEN', '__proto__', 'constructor'])(
    '%s is never a secret of a contact point',
    async (name) => {
      const config = await configOf('', {
        GRAFANA_TOKEN: 'a',
        GRAFANA_PASSWORD: 'b',
        PROMETHEUS_TOKEN: 'c',
        GITHUB_TOKEN: 'd',
      });
      expect(config.secret(name)).toBeUndefined();
    },
  );
});

describe('options that npm kept for itself', () => {
  const npm = { npm_lifecycle_event: 'plan' };
  test('are found by the variables that it makes of them', () => {
    expect(
      swallowedOptions(
        { ...npm, npm_config_service: 'true', npm_config_fail_on_change: 'true', npm_config_max_deletes: '5' },
        ['service', 'fail-on-change', 'max-deletes', 'only'],
      ),
    ).toEqual([
      { option: '--service', value: 'true' },
      { option: '--fail-on-change', value: 'true' },
      { option: '--max-deletes', value: '5' },
    ]);
  });

  test('are not what is npm’s own, off, or set where npm did not start us', () => {
    expect(swallowedOptions({ ...npm, npm_config_cache: '/x', npm_config_color: '' }, ['service', 'color'])).toEqual(
      [],
    );
    expect(swallowedOptions({ npm_config_target: '20' }, ['target'])).toEqual([]);
  });
});
