/** One measured run in a process of its own, as a command is one: start, build, read, plan, write. Prints JSON. */

import type { EstateSize } from './bench-estate.ts';
import { defineCommand, runCommand } from './command.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** What a run took. Milliseconds and bytes. */
export interface BenchRun {
  readonly built: number;
  readonly read: number;
  readonly planned: number;
  readonly applied: number;
  readonly requests: number;
  readonly writes: number;
  readonly changes: number;
  readonly failed: readonly string[];
  readonly memory: number;
}

/** The Grafana of an environment, without any of ours. */
function bareOf(environment: Readonly<Record<string, string | undefined>>) {
  const authorization = `Bearer ${environment['GRAFANA_TOKEN'] ?? ''}`;
  return { url: environment['GRAFANA_URL'] ?? '', headers: { authorization, 'content-type': 'application/json' } };
}

const command = defineCommand('bench', 'One run of the bench; npm run bench starts it.')
  .requiredOption('--owner <owner>')
  .requiredOption('--size <json>')
  .option('--title <title>')
  .option('--apply')
  .option('--empty')
  .option('--bare <writers>', 'a bare write loop; with 0, a bare download');

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ buildEstate }, { apply, plan }, { openGrafanaOf }, { configuration }] = await Promise.all([
    import('./bench-estate.ts'),
    import('../../src/sync/index.ts'),
    import('./session.ts'),
    import('./configuration.ts'),
  ]);
  const options = command.opts<{
    owner: string;
    size: string;
    title?: string;
    apply?: true;
    empty?: true;
    bare?: string;
  }>();
  const size = JSON.parse(options.size) as EstateSize;
  const desired = options.empty ? { resources: [] } : buildEstate(options.owner, size, options.title);
  const built = performance.now();
  if (options.bare !== undefined) {
    // In a process of its own, as cold as the sync it is compared with.
    const { downloadLists, writeAll } = await import('./bench-bare.ts');
    const [bare, writers] = [bareOf(process.env), Number(options.bare)];
    const applied = writers === 0 ? await downloadLists(bare) : await writeAll(bare, desired, writers);
    process.stdout.write(`${JSON.stringify({ applied })}\n`);
    return EXIT.success;
  }
  const target = await openGrafanaOf(configuration({}), { owner: options.owner });
  const prepared = target.prepare?.(desired) ?? desired;
  const start = performance.now();
  const live = await target.read(prepared, {});
  const read = performance.now();
  const made = plan(prepared, live, target.identity, {
    scope: {},
    maxDeletes: Number.MAX_SAFE_INTEGER,
    overwriteDrift: true,
  });
  const planned = performance.now();
  const before = target.requests?.() ?? 0;
  const outcome = options.apply ? await apply(made, target) : undefined;
  const result: BenchRun = {
    built,
    read: read - start,
    planned: planned - read,
    applied: performance.now() - planned,
    requests: target.requests?.() ?? 0,
    writes: (target.requests?.() ?? 0) - before,
    changes: made.changes.filter(({ action }) => action !== 'unchanged').length,
    failed: outcome?.failed.map(({ label, error }) => `${label}: ${error.message}`) ?? [],
    memory: process.resourceUsage().maxRSS * 1024,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return EXIT.success;
});
