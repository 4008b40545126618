import { defineCommand, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';

const started = performance.now();
const command = defineCommand(
  'preview',
  'Starts a Grafana with every dashboard and rule over data that lives, by docker, and syncs to it.',
)
  .option('--scenario <id>', 'what the services live through: healthy, incident, or one of npm run replay -- --list')
  .option('--from <time>', "the scenario's time that is now, such as 14:40; default: its first event")
  .option('--watch', 'sync whenever a file is saved, until Ctrl-C')
  .option('--timeout <duration>', 'how long everything may take to answer', '2m')
  .option('--down', 'remove containers, network and volumes');

interface PreviewOptions {
  readonly scenario?: string;
  readonly from?: string;
  readonly watch?: true;
  readonly timeout: string;
  readonly down?: true;
}

await runCommand(command, async (): Promise<ExitCode> => {
  const [{ configuration }, { openCompose }, { placesOf }, { readRun }, { readDuration }, { toSeconds }] =
    await Promise.all([
      import('./support/configuration.ts'),
      import('./support/preview/docker.ts'),
      import('./support/preview/places.ts'),
      import('./support/preview/read-run.ts'),
      import('./support/moment.ts'),
      import('../src/model/duration.ts'),
    ]);
  const options = command.opts<PreviewOptions>();
  const config = configuration({});
  const places = placesOf(config);
  const timeout = toSeconds(readDuration('--timeout', options.timeout)) * 1000;
  const run = readRun(options);
  const compose = await openCompose(config.previewProject, { ...portsOf(places), PREVIEW_USER: user() });
  if (options.down === true) {
    await compose.down();
    process.stdout.write('The preview is gone, and its data with it.\n');
    return EXIT.success;
  }
  const { placesText, startPreview } = await import('./support/preview/start.ts');
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const fresh = options.scenario !== undefined || options.from !== undefined;
  const { outcome, text } = await startPreview({ compose, places, run, fresh, timeout, say });
  say(text);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stdout.write(`\nThe preview is there, after ${seconds} s:\n\n${placesText(places)}\n`);
  if (options.watch === true) {
    const { runOnChange } = await import('./support/watch.ts');
    await runOnChange(['scripts/support/preview/resync.ts'], { atOnce: false });
    return EXIT.interrupted;
  }
  return outcome === 'invalid' ? EXIT.failure : outcome === 'partial' ? EXIT.partial : EXIT.success;
});

function portsOf(places: Readonly<Record<'grafana' | 'prometheus' | 'pager', string>>) {
  const port = (place: string) => new URL(place).port;
  return {
    PREVIEW_GRAFANA_PORT: port(places.grafana),
    PREVIEW_PROMETHEUS_PORT: port(places.prometheus),
    PREVIEW_PAGER_PORT: port(places.pager),
  };
}

/** Containers read the project as the user who owns it; never as root. */
function user(): string {
  const id = process.getuid?.() ?? 0;
  return id === 0 ? '1000:1000' : `${id}:${process.getgid?.() ?? id}`;
}
