import { expect, test } from 'vitest';
import type { ProgramCall } from '../../src/adapters/program.ts';
import { runScript } from '../../src/adapters/script.ts';

test.each([
  ['from sources, which need tsx', '/engine/src/cli/bin.ts', ['--import', 'tsx']],
  ['compiled', '/acme/node_modules/grafana-as-code/cli/bin.js', []],
])('a command is run again by the engine that runs it: %s', async (_, program, loader) => {
  const calls: ProgramCall[] = [];
  const script = { program, name: 'replay', args: ['healthy'], root: '/acme/', node: '/node' };
  const code = await runScript(script, {}, new AbortController().signal, async (call) => {
    calls.push(call);
    return { end: 'exited', code: 3, stdout: '', stderr: '' };
  });
  expect(code).toBe(3);
  expect(calls).toMatchObject([{ command: ['/node', ...loader, program, 'replay', 'healthy'], cwd: '/acme/' }]);
});
