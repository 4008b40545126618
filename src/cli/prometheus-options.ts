import type { Command } from 'commander';
import { ENV_HELP } from './options.ts';

/** Declares the options of every command that asks a Prometheus. */
export function addPrometheusOptions(command: Command): Command {
  return command
    .option('--prometheus <url>', 'the Prometheus, Mimir or Thanos to ask; default: PROMETHEUS_URL')
    .option('--timeout <duration>', 'for one query', '30s')
    .option('--env <name>', ENV_HELP);
}
