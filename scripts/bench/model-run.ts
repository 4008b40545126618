/** Builds and validates an estate in a process of its own, whose memory is that and nothing else. Prints JSON. */
import { buildFrom } from '../../src/app/build-project.ts';
import { defineCommand } from '../../src/cli/command.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runProcess } from '../../src/cli/process.ts';
import { writeResult } from '../../src/cli/terminal.ts';
import own from '../../test/companies/bank/grafana.config.ts';
import { ROOT } from './root.ts';
import { mixedServices } from './services.ts';

/** What a run took. Milliseconds and bytes. */
export interface ModelRun {
  readonly built: number;
  /** The same in processor time, which hardly depends on what else runs. */
  readonly processor: number;
  readonly memory: number;
  readonly dashboards: number;
  readonly rules: number;
}

const bench = defineCommand<{ readonly services: string; readonly regions?: true }>({
  name: 'bench',
  description: 'One run of the bench; npm run bench starts it.',
  declare: (command) => command.requiredOption('--services <n>').option('--regions'),
  run: async ({ options, io }) => {
    const dimensions = options.regions === true ? [{ label: 'region', values: ['eu', 'us'] }] : [];
    const { dashboards, alerts } = own;
    const services = mixedServices(Number(options.services));
    const [began, used] = [io.clock.elapsed(), process.cpuUsage()];
    const built = buildFrom({
      root: ROOT,
      project: { ...own, dimensions },
      services,
      serviceless: [],
      dashboards: { ...dashboards, extensions: {} },
      alerts,
      scenarios: [],
      runbooks: new Set([...alerts.service, ...alerts.project].map(({ alert }) => alert)),
    });
    const took = io.clock.elapsed() - began;
    const { user, system } = process.cpuUsage(used);
    if (!built.ok) {
      const problems = built.problems.slice(0, 5).map(({ code, subject, message }) => `${code} ${subject} ${message}`);
      throw new Error(`The bench's services are not valid: ${problems.join('\n')}`);
    }
    const count = (kind: string) => built.desired.resources.filter((resource) => resource.kind === kind).length;
    const result: ModelRun = {
      built: took,
      processor: (user + system) / 1000,
      memory: process.resourceUsage().maxRSS * 1024,
      dashboards: count('dashboard'),
      rules: count('rule'),
    };
    await writeResult(JSON.stringify(result), undefined, io);
    return EXIT.success;
  },
});

await runProcess(bench);
