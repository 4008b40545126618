import { Option } from 'commander';
import { defineCommand, runCommand, UsageError } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { outputFile } from './support/options.ts';

interface ReplayOptions {
  readonly list?: true;
  readonly all?: true;
  readonly format: 'text' | 'json' | 'md';
  readonly out?: string;
  readonly svg?: string;
  readonly against?: string;
  readonly watch?: true;
  readonly engine: 'promtool' | 'grafana';
  readonly openmetrics?: string;
}

const started = performance.now();
const command = defineCommand('replay', 'Shows what the alert rules would have done in incidents and on healthy days.')
  .argument('[scenario...]', 'scenarios by id; default: the library, without the long days')
  .addOption(new Option('--list', 'list the scenarios').conflicts(['all', 'svg', 'against', 'watch', 'openmetrics']))
  .option('--all', 'the long days too')
  .addOption(new Option('--format <format>', 'form of the result').choices(['text', 'json', 'md']).default('text'))
  .option('--out <file>', 'write the result to a file instead of stdout', outputFile('--out'))
  .option('--svg <file>', 'write the timeline of one scenario as a picture', outputFile('--svg'))
  .option('--against <ref>', 'compare with the rendered rules of another commit')
  .option('--watch', 'replay again whenever code changes')
  .addOption(
    new Option('--engine <engine>', 'grafana: compare with the state machine of the Grafana at GRAFANA_URL')
      .choices(['promtool', 'grafana'])
      .default('promtool')
      .conflicts(['svg', 'against', 'format']),
  )
  .option('--openmetrics <file>', 'write the series of one scenario, to fill a Prometheus with them, and do no more');

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ scenarios }, { paintFor, writeResult }] = await Promise.all([
    import('../src/scenario/library/index.ts'),
    import('./support/terminal.ts'),
  ]);
  const options = command.opts<ReplayOptions>();
  if (options.list === true) {
    const width = Math.max(...scenarios.map(({ id }) => id.length));
    const lines = scenarios.map((one) => `${one.id.padEnd(width)}  ${one.title}${one.long === true ? ' (long)' : ''}`);
    await writeResult(lines.join('\n'), options.out);
    return EXIT.success;
  }
  if (options.watch === true) {
    const { runOnChange } = await import('./support/watch.ts');
    await runOnChange(process.argv.slice(1).filter((argument) => argument !== '--watch'));
    return EXIT.interrupted;
  }
  const chosen = choose(scenarios, command.args, options);
  const [{ buildProject, alertNames }, report, replay, { checkScenarios }] = await Promise.all([
    import('./support/desired.ts'),
    import('../src/report/index.ts'),
    import('../src/replay/index.ts'),
    import('../src/scenario/index.ts'),
  ]);
  const built = await buildProject();
  if (!built.ok) {
    process.stderr.write(`${report.renderDiagnostics(built.problems)}\n`);
    return EXIT.failure;
  }
  const { catalog, project, desired } = built;
  const rules = desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
  const wrong = checkScenarios(chosen, { catalog, alerts: new Set(alertNames) });
  if (wrong.length > 0) {
    process.stderr.write(`${report.renderDiagnostics(wrong)}\n`);
    return EXIT.failure;
  }
  if (options.openmetrics !== undefined) {
    const { writeOpenMetrics } = await import('./support/openmetrics.ts');
    await writeOpenMetrics(chosen, { catalog, project, detail: 'all' }, options.openmetrics);
    return EXIT.success;
  }
  let done = 0;
  const onDone = (id: string): void => {
    done += 1;
    if (options.all === true) process.stderr.write(`[${done}/${chosen.length}] ${id}\n`);
  };
  const context = { catalog, project, promtool: await replay.findPromtool(), onDone };
  if (options.engine === 'grafana') {
    const { compareEngines } = await import('./support/grafana-engine.ts');
    const comparison = await compareEngines(chosen, desired, context);
    await writeResult(comparison.text, options.out);
    return comparison.agrees ? EXIT.success : EXIT.failure;
  }
  const before = options.against === undefined ? undefined : await oldRules(options.against);
  const replays = await replay.replayScenarios(chosen, rules, context);
  const [only] = replays;
  if (options.svg !== undefined && only !== undefined) await writeResult(report.renderReplaySvg(only), options.svg);
  let changes: Awaited<ReturnType<typeof replay.compareReplays>> | undefined;
  if (before !== undefined) {
    const changed = replay.changedRules(before.rules, rules);
    const uids = new Set(changed.after.map(({ uid }) => uid));
    const then = await replay.replayScenarios(chosen, changed.before, context);
    const now = replays.map((one) => ({ ...one, alerts: one.alerts.filter(({ uid }) => uids.has(uid)) }));
    changes = replay.compareReplays(then, now);
  }
  const ref = options.against ?? '';
  const seconds = (performance.now() - started) / 1000;
  const text = {
    text: () =>
      [
        report.renderReplayText(replays, seconds, paintFor(process.stdout)),
        ...(changes === undefined ? [] : ['', report.renderChangesText(changes, ref)]),
      ].join('\n'),
    json: () =>
      report.renderReplayJson(
        replays,
        before === undefined || changes === undefined ? undefined : { ref, commit: before.commit, changes },
      ),
    md: () =>
      `${report.renderReplayMarkdown(replays)}${changes === undefined ? '' : `\n${report.renderChangesMarkdown(changes, ref)}`}`,
  }[options.format]();
  await writeResult(text, options.out);
  return replays.every(({ broken }) => broken.length === 0) ? EXIT.success : EXIT.failure;
});

async function oldRules(ref: string) {
  const { readRulesAt } = await import('./support/rules-at.ts');
  return readRulesAt(ref);
}

function choose<S extends { readonly id: string; readonly long?: true }>(
  known: readonly S[],
  ids: readonly string[],
  { all, svg, openmetrics }: ReplayOptions,
): readonly S[] {
  const strange = ids.filter((id) => !known.some((scenario) => scenario.id === id));
  if (strange.length > 0) {
    throw usage(strange.join(', '), 'is no scenario of the library', 'npm run replay -- --list shows them');
  }
  if (all === true && ids.length > 0) {
    throw usage('--all', `chooses every scenario, and ${ids.join(', ')} is named as well`, 'Leave out one of the two.');
  }
  for (const [flag, value] of [
    ['--svg', svg],
    ['--openmetrics', openmetrics],
  ] as const) {
    if (value !== undefined && ids.length !== 1) {
      throw usage(flag, 'is about one scenario', `npm run replay -- incident-linear ${flag} ${value}`);
    }
  }
  if (ids.length > 0) return known.filter(({ id }) => ids.includes(id));
  return all === true ? known : known.filter((scenario) => scenario.long !== true);
}

function usage(subject: string, message: string, remedy: string): UsageError {
  return new UsageError([{ code: 'C021', level: 'error', subject, message, remedy }]);
}
