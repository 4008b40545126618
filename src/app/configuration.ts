import { type Config, readConfig } from '../../src/config.ts';
import { UsageError } from './command.ts';
import { ROOT } from './root.ts';

/** The environment as configuration. */
export function configuration({ env }: { readonly env?: string }): Config {
  const result = readConfig({ environment: process.env, directory: ROOT, ...(env === undefined ? {} : { name: env }) });
  if ('problems' in result) throw new UsageError(result.problems);
  return result.config;
}
