import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const validate = defineCommand({
  name: 'validate',
  description: 'Checks services, dashboards and alert rules, and lists every problem with its remedy.',
  run: async ({ io }) => {
    const [{ buildProject }, { renderDiagnostics }, { paintFor, writeResult }] = await Promise.all([
      import('../../app/build-project.ts'),
      import('../../report/common/diagnostics.ts'),
      import('../terminal.ts'),
    ]);
    const built = await buildProject(io);
    const paint = paintFor(io.stdout, io.environment);
    if (!built.ok) {
      await writeResult(renderDiagnostics(built.problems, { paint }), undefined, io);
      return EXIT.failure;
    }
    const count = (kind: string) => built.desired.resources.filter((resource) => resource.kind === kind).length;
    const valid = `Valid: ${built.catalog.services.length} services, ${count('dashboard')} dashboards, ${count('rule')} alert rules, ${count('contact-point')} contact points.`;
    const warnings = built.warnings.length > 0 ? `${renderDiagnostics(built.warnings, { paint })}\n` : '';
    await writeResult(`${warnings}${valid}`, undefined, io);
    return EXIT.success;
  },
});
