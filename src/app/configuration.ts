import { type Config, readConfig } from '../config.ts';
import { usageError } from '../model/explained-error.ts';
import type { Io } from './io.ts';

/**
 * The environment as configuration.
 *
 * @param env `staging` reads `.env.staging` of the project.
 * @throws ExplainedError of kind `usage` with all that is wrong.
 */
export function configuration(
  { environment, root }: Pick<Io, 'environment' | 'root'>,
  { env }: { readonly env?: string },
): Config {
  const result = readConfig({ environment, directory: root, ...(env === undefined ? {} : { name: env }) });
  if ('problems' in result) throw usageError(result.problems);
  return result.config;
}
