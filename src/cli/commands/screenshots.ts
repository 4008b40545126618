import { basename, join } from 'node:path';
import process from 'node:process';
import { Option } from 'commander';
import type { Chromium } from '../../adapters/chromium.ts';
import type { Io } from '../../app/io.ts';
import type { ScreenshotsRequest } from '../../app/screenshots.ts';
import { type CliCommand, defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { ENV_HELP, folderName } from '../options.ts';

/** @param start tests have a browser of their own */
export function screenshotsCommand(start: (io: Io) => Promise<Chromium> = ownChromium): CliCommand {
  return defineCommand<Omit<ScreenshotsRequest, 'names'>>({
    name: 'screenshots',
    description: 'Photographs dashboards of the Grafana at GRAFANA_URL with Chromium.',
    stopsInOrder: true,
    declare: (command) =>
      command
        .argument('[dashboard...]', 'UIDs, or ids of services; default: all dashboards of the project')
        .option('--panel <title>', 'only the panel of this title, of one dashboard')
        .option('--from <time>', 'start of the time range: 2026-01-14T13:30:00Z, or how long ago', '3h')
        .option('--to <time>', 'end of the time range', '0s')
        .addOption(new Option('--theme <theme>', 'dark or light').choices(['dark', 'light']).default('dark'))
        .option('--width <pixels>', 'width of the pictures', '1600')
        .option('--timeout <duration>', 'how long a dashboard may take to draw', '30s')
        .option('--out <folder>', 'where to write them', folderName('--out'), 'dist/screenshots')
        .option('--env <name>', ENV_HELP),
    run: async ({ options, args, io }) => {
      const { takeScreenshots } = await import('../../app/screenshots.ts');
      try {
        const problems = await takeScreenshots(
          { ...options, names: args },
          {
            io,
            startChromium: () => start(io),
            onPicture: async ({ file, width, height, problems: found }) => {
              const lines = [`${join(options.out, basename(file))}  ${width} × ${height}`];
              await io.stdout.write([...lines, ...found.map((problem) => `  ! ${problem}`), ''].join('\n'));
            },
          },
        );
        return problems > 0 ? EXIT.failure : EXIT.success;
      } catch (error) {
        // A browser that is ended fails in its own ways.
        if (io.interrupted.aborted) return EXIT.interrupted;
        throw error;
      }
    },
  });
}

export const screenshots = screenshotsCommand();

async function ownChromium({ environment }: Io): Promise<Chromium> {
  const { startChromium } = await import('../../adapters/chromium.ts');
  return startChromium(environment, { asRoot: process.getuid?.() === 0 });
}
