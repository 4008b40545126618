import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commandNames } from '../../src/cli/commands.ts';
import { main } from '../../src/cli/main.ts';
import { commandForm, sayCommands } from '../../src/model/command-form.ts';
import { REPOSITORY } from '../support/places.ts';
import { ioOf } from '../support/run.ts';

const manifest = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
};
const NONE = commandForm(commandNames, {});

describe('a command is said as the project calls it', () => {
  test.each([
    ['npm run plan', 'npx grafana-as-code plan'],
    [
      'Make it with: npm run -s replay -- --against 1a2b3c',
      'Make it with: npx grafana-as-code replay --against 1a2b3c',
    ],
    ['(npm run plan -- --help shows the options)', '(npx grafana-as-code plan --help shows the options)'],
    ['`npm run setup:promtool`.', '`npx grafana-as-code setup:promtool`.'],
    ['npm run sync, then npm run new-service -- x', 'npx grafana-as-code sync, then npx grafana-as-code new-service x'],
  ])('%s, where it has no script', (text, said) => {
    expect(sayCommands(text, NONE)).toBe(said);
  });

  test('by a script of another name, with its options behind --', () => {
    const form = commandForm(['plan', 'sync'], {
      'grafana:plan': 'grafana-as-code plan',
      ci: 'npm test && npm run lint',
    });
    expect(sayCommands('npm run -s plan -- --only alerts; npm run sync', form)).toBe(
      'npm run -s grafana:plan -- --only alerts; npx grafana-as-code sync',
    );
  });

  test('by the script of its own name where several run it, and never by one that has options', () => {
    const scripts = {
      all: 'grafana-as-code plan',
      plan: 'npx grafana-as-code plan',
      sync: 'grafana-as-code sync --env eu',
    };
    expect(commandForm(['plan', 'sync'], scripts)).toEqual({ plan: 'plan', sync: undefined });
  });

  test('and stays as it is in this repository, where each has one', () => {
    const form = commandForm(commandNames, manifest.scripts);
    for (const name of commandNames) expect(sayCommands(`npm run ${name} -- -x`, form)).toBe(`npm run ${name} -- -x`);
  });

  test('but scripts that are not the engine’s are left alone', () => {
    expect(sayCommands('npm run plans; npm run deploy:eu', NONE)).toBe('npm run plans; npm run deploy:eu');
  });

  test('and in a document of JSON only what the engine itself advises', () => {
    const document = (plan: string, shown: string) =>
      `{\n  "text": "${shown}",\n  "diagnostic": {\n    "remedy": "Make it: ${plan}"\n  }\n}\n`;
    expect(sayCommands(document('npm run plan', 'npm run plan'), NONE)).toBe(
      document('npx grafana-as-code plan', 'npm run plan'),
    );
  });
});

describe('in a project without scripts', () => {
  const inEmpty = async (...argv: string[]) => {
    const folder = await mkdtemp(join(tmpdir(), 'no-scripts-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const io = ioOf({}, folder);
    const code = await main(argv, { ...io, commands: NONE });
    return { code, stdout: io.stdout.text(), stderr: io.stderr.text(), folder };
  };

  test('help and errors name the program, however their lines are broken', async () => {
    const help = await inEmpty('sync', '--help');
    expect(help.stdout).toContain('Usage: npx grafana-as-code sync [options]');
    expect(help.stdout.replace(/\s+/g, ' ')).toContain('a plan that npx grafana-as-code plan --save FILE kept');
    expect(help.stdout).not.toContain('npm run');
    expect((await inEmpty('plan', '--dry-rum')).stderr).toContain(
      '(npx grafana-as-code plan --help shows the options)',
    );
  });

  test('every command’s help names no script of npm', async () => {
    for (const name of commandNames) expect((await inEmpty(name, '--help')).stdout).not.toContain('npm run');
  });

  test('--help lists every command with what it does, and --version is the package’s', async () => {
    const { code, stdout } = await inEmpty('--help');
    expect(code).toBe(0);
    for (const name of commandNames) expect(stdout).toMatch(new RegExp(`^ {2}${name} +[A-Z]`, 'm'));
    expect(await inEmpty('--version')).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
  });

  test('no command at all is wrong, and shows the list', async () => {
    expect(await inEmpty()).toMatchObject({ code: 2, stdout: expect.stringContaining('Commands:') });
  });
});
