/** One measured run in a process of its own, as a command is one: start, build, read, plan, write. Prints JSON. */

import { configuration } from '../../src/app/configuration.ts';
import { openGrafanaOf } from '../../src/app/open-target.ts';
import { defineCommand } from '../../src/cli/command.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runProcess } from '../../src/cli/process.ts';
import { writeResult } from '../../src/cli/terminal.ts';
import type { EstateSize } from './estate.ts';

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

interface Options {
  readonly owner: string;
  readonly size: string;
  readonly title?: string;
  readonly apply?: true;
  readonly empty?: true;
  readonly bare?: string;
}

const bench = defineCommand<Options>({
  name: 'bench',
  description: 'One run of the bench; npm run bench starts it.',
  declare: (command) =>
    command
      .requiredOption('--owner <owner>')
      .requiredOption('--size <json>')
      .option('--title <title>')
      .option('--apply')
      .option('--empty')
      .option('--bare <writers>', 'a bare write loop; with 0, a bare download'),
  run: async ({ options, io }) => {
    const [{ buildEstate }, { apply, plan }] = await Promise.all([
      import('./estate.ts'),
      import('../../src/sync/index.ts'),
    ]);
    const { elapsed } = io.clock;
    const size = JSON.parse(options.size) as EstateSize;
    const desired = options.empty ? { resources: [] } : buildEstate(options.owner, size, options.title);
    const built = elapsed();
    if (options.bare !== undefined) {
      // In a process of its own, as cold as the sync it is compared with.
      const { downloadLists, writeAll } = await import('./bare.ts');
      const [bare, writers] = [bareOf(io.environment), Number(options.bare)];
      const applied = writers === 0 ? await downloadLists(bare) : await writeAll(bare, desired, writers);
      await writeResult(JSON.stringify({ applied }), undefined, io);
      return EXIT.success;
    }
    const target = await openGrafanaOf(configuration(io, {}), { mark: options.owner }, io);
    const prepared = target.prepare?.(desired) ?? desired;
    const start = elapsed();
    const live = await target.read(prepared, {});
    const read = elapsed();
    const made = plan(prepared, live, target.identity, {
      scope: {},
      maxDeletes: Number.MAX_SAFE_INTEGER,
      overwriteDrift: true,
    });
    const planned = elapsed();
    const before = target.requests?.() ?? 0;
    const outcome = options.apply ? await apply(made, target) : undefined;
    const result: BenchRun = {
      built,
      read: read - start,
      planned: planned - read,
      applied: elapsed() - planned,
      requests: target.requests?.() ?? 0,
      writes: (target.requests?.() ?? 0) - before,
      changes: made.changes.filter(({ action }) => action !== 'unchanged').length,
      failed: outcome?.failed.map(({ label, error }) => `${label}: ${error.message}`) ?? [],
      memory: process.resourceUsage().maxRSS * 1024,
    };
    await writeResult(JSON.stringify(result), undefined, io);
    return EXIT.success;
  },
});

await runProcess(bench);
