/** Servers that say back everything they were sent: no command lets a secret out. */
import { describe, expect, test } from 'vitest';
import { CANARIES, CANARY_USERS, expectNoCanary } from '../support/canaries.ts';
import { listen } from '../support/loopback.ts';
import { run } from '../support/run.ts';

/** Says back head and body, in all forms that servers have. */
async function echo(status: number): Promise<string> {
  const { port } = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { authorization = '', ...others } = request.headers;
      const inClear = Buffer.from(authorization.replace(/^\w+ /, ''), 'base64').toString();
      const all = `${authorization} ${inClear} ${JSON.stringify(others)} ${encodeURIComponent(authorization)} ${body}`;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ message: all, error: all, status: 'error', database: all, version: '12.4.0', all }));
    });
  });
  return `http://127.0.0.1:${port}`;
}

const { GRAFANA_TOKEN, PROMETHEUS_TOKEN, ...WITHOUT_TOKENS } = CANARIES;
const TOKENS = { ...CANARIES };
const PASSWORDS = { ...WITHOUT_TOKENS, ...CANARY_USERS };
const window = ['--since', '2026-01-14T12:00:00Z', '--duration', '5m', '--warmup', '0s'];

describe.each([
  ['tokens', TOKENS],
  ['user and password', PASSWORDS],
])('no output shows a secret of a command that signs in with %s', (_, secrets) => {
  test.each<[string, readonly string[]]>([
    ['plan', ['--target', 'grafana']],
    ['plan', ['--target', 'grafana', '--format', 'json']],
    ['sync', ['--target', 'grafana']],
    ['annotate', ['--service', 'order-service', '--version', 'v1.2.3']],
    ['gate', ['--service', 'order-service', ...window, '--baseline', 'none', '--format', 'md']],
    ['pools', []],
    ['comment', ['--file', 'README.md', '--pull-request', '7']],
  ])(
    '%s %j',
    async (command, args) => {
      for (const status of [400, 401, 403, 422, 200]) {
        const url = await echo(status);
        const environment = {
          GRAFANA_URL: url,
          PROMETHEUS_URL: url,
          GITHUB_API_URL: url,
          GITHUB_REPOSITORY: 'shop/grafana',
        };
        const { stdout, stderr } = await run(command, args, { ...secrets, ...environment });
        expect(stderr + stdout).not.toBe('');
        expectNoCanary(stdout, stderr);
      }
    },
    60_000,
  );
});
