import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExplainedError } from '../../model/explained-error.ts';
import { visible } from '../../model/outside-text.ts';

/** promtool, as a replay uses it. */
export interface Promtool {
  /** Its own words for its version and build. */
  version(): Promise<string>;
  /** Runs a test file over a rules file, which it names `rules.json`; answers with all that promtool wrote. */
  testRules(files: { readonly rules: string; readonly test: string }): Promise<string>;
}

/**
 * promtool at a path.
 *
 * @param environment the variables that its processes get.
 */
export function promtoolAt(path: string, environment: Readonly<Record<string, string | undefined>>): Promtool {
  // It lives for seconds: collecting its garbage a quarter as often saves a sixth of its time.
  const env = { GOGC: '400', ...environment };
  let version: Promise<string> | undefined;
  return {
    version: () => {
      version ??= reported(path, ['--version'], { env });
      return version;
    },
    testRules: async ({ rules, test }) => {
      const folder = await mkdtemp(join(tmpdir(), 'replay-'));
      try {
        await writeFile(join(folder, 'rules.json'), rules, 'utf8');
        await writeFile(join(folder, 'test.json'), test, 'utf8');
        return await reported(path, ['test', 'rules', 'test.json'], { env, cwd: folder });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** A report is a failed test to promtool: it ends with 1, and everything stands on stderr (on stdout since 3.0). */
function reported(path: string, args: readonly string[], place: Place): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, args, { ...place, maxBuffer: 2 ** 30, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null || error.code === 1) resolve(`${stdout}\n${stderr}`);
      else {
        const message = `promtool did not run: ${visible(error.message.trim())}`;
        reject(new ExplainedError({ code: 'T103', message, remedy: 'npm run setup:promtool', cause: error }));
      }
    });
  });
}
