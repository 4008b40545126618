import { Option } from 'commander';
import { defineCommand, refused, runCommand } from './support/command.ts';
import { EXIT, type ExitCode } from './support/exit-codes.ts';
import { folderName } from './support/options.ts';

interface ScreenshotsOptions {
  readonly panel?: string;
  readonly from: string;
  readonly to: string;
  readonly theme: 'dark' | 'light';
  readonly width: string;
  readonly timeout: string;
  readonly out: string;
  readonly env?: string;
}

const command = defineCommand('screenshots', 'Photographs dashboards of the Grafana at GRAFANA_URL with Chromium.')
  .argument('[dashboard...]', 'UIDs, or ids of services; default: all dashboards of the project')
  .option('--panel <title>', 'only the panel of this title, of one dashboard')
  .option('--from <time>', 'start of the time range: 2025-12-15T13:30:00Z, or how long ago', '3h')
  .option('--to <time>', 'end of the time range', '0s')
  .addOption(new Option('--theme <theme>', 'dark or light').choices(['dark', 'light']).default('dark'))
  .option('--width <pixels>', 'width of the pictures', '1600')
  .option('--timeout <duration>', 'how long a dashboard may take to draw', '30s')
  .option('--out <folder>', 'where to write them', folderName('--out'), 'dist/screenshots')
  .option('--env <name>', 'read .env.<name> instead of .env');

await runCommand(command, async (): Promise<ExitCode> => {
  const options = command.opts<ScreenshotsOptions>();
  const [{ configuration }, { buildProject }, { readDuration, readMoment }, { startChromium }, { photograph }] =
    await Promise.all([
      import('./support/configuration.ts'),
      import('./support/desired.ts'),
      import('./support/moment.ts'),
      import('./support/screenshots/browser.ts'),
      import('./support/screenshots/photograph.ts'),
    ]);
  const { toSeconds } = await import('../src/model/duration.ts');
  const now = Date.now() / 1000;
  const width = Number(options.width);
  if (!Number.isInteger(width) || width < 400 || width > 8000) {
    throw refused('C004', `--width ${options.width}`, 'is no number of pixels between 400 and 8000', '--width 1600');
  }
  const from = readMoment('--from', options.from, now);
  const to = readMoment('--to', options.to, now);
  if (from >= to) {
    throw refused(
      'K010',
      `--from ${options.from}`,
      `is not before --to ${options.to}`,
      'Give the earlier time as --from',
    );
  }
  if (options.panel !== undefined && command.args.length !== 1) {
    const remedy = `npm run screenshots -- user-service --panel ${JSON.stringify(options.panel)}`;
    throw refused('I003', `--panel ${JSON.stringify(options.panel)}`, 'is a panel of one dashboard: name it', remedy);
  }
  const config = configuration(options);
  if (config.grafanaUrl === undefined) {
    const remedy = 'Set it in the environment or in .env; npm run preview starts a Grafana';
    throw refused('C006', 'GRAFANA_URL', 'is not set, and pictures are taken of a Grafana', remedy);
  }
  const { grafanaToken, grafanaUser, grafanaPassword } = config;
  const basic = Buffer.from(`${grafanaUser ?? ''}:${grafanaPassword?.reveal() ?? ''}`).toString('base64');
  const built = await buildProject();
  const dashboards = built.ok ? built.desired.resources.filter((resource) => resource.kind === 'dashboard') : [];
  const named = command.args.map(
    (name) => dashboards.find(({ service, uid }) => service === name || uid === name)?.uid ?? name,
  );
  const studio = {
    url: config.grafanaUrl.replace(/\/+$/, ''),
    authorization:
      grafanaToken === undefined
        ? grafanaUser === undefined
          ? undefined
          : `Basic ${basic}`
        : `Bearer ${grafanaToken.reveal()}`,
    theme: options.theme,
    width,
    from: String(from * 1000),
    to: String(to * 1000),
    folder: options.out,
    timeout: toSeconds(readDuration('--timeout', options.timeout)) * 1000,
  };
  const browser = await startChromium(process.env);
  let problems = 0;
  try {
    for (const uid of named.length > 0 ? named : dashboards.map((dashboard) => dashboard.uid)) {
      const picture = await photograph({ ...studio, browser }, uid, options.panel);
      process.stdout.write(`${picture.file}  ${picture.width} × ${picture.height}\n`);
      for (const problem of picture.problems) process.stdout.write(`  ! ${problem}\n`);
      problems += picture.problems.length;
    }
  } finally {
    await browser.close();
  }
  return problems > 0 ? EXIT.failure : EXIT.success;
});
