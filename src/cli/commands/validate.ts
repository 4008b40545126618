import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const validate = defineCommand<{ readonly env?: string }>({
  name: 'validate',
  description: 'Checks services, dashboards and alert rules, and lists every problem with its remedy.',
  declare: (command) => command.option('--env <name>', 'only this environment; default: all'),
  run: async ({ options, io }) => {
    const [{ buildAll }, { renderDiagnostics }, { paintFor, writeResult }] = await Promise.all([
      import('../../app/build-all.ts'),
      import('../../report/common/diagnostics.ts'),
      import('../terminal.ts'),
    ]);
    const built = await buildAll(io, options);
    const paint = paintFor(io.stdout, io.environment);
    if (!built.ok) {
      await writeResult(renderDiagnostics(built.problems, { paint }), undefined, io);
      return EXIT.failure;
    }
    const valid = built.all.map(({ catalog, desired: { resources }, source: { environment } }) => {
      const count = (kind: string) => resources.filter((resource) => resource.kind === kind).length;
      const place = environment === undefined || environment.alone ? '' : ` in ${environment.name}`;
      return `Valid${place}: ${catalog.services.length} services, ${count('dashboard')} dashboards, ${count('rule')} alert rules, ${count('contact-point')} contact points.`;
    });
    const warnings = built.warnings.length > 0 ? `${renderDiagnostics(built.warnings, { paint })}\n` : '';
    await writeResult(`${warnings}${valid.join('\n')}`, undefined, io);
    return EXIT.success;
  },
});
