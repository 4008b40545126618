import { type Config, readConfig, type Secret } from '../config.ts';
import { usageError } from '../model/explained-error.ts';
import type { Io } from './io.ts';

/**
 * The environment as configuration. Its secrets are known to `http.secrets` from then on.
 *
 * @param env `staging` reads `.env.staging` of the project.
 * @throws ExplainedError of kind `usage` with all that is wrong.
 */
export function configuration(
  { environment, root, http }: Pick<Io, 'environment' | 'root' | 'http'>,
  { env }: { readonly env?: string },
): Config {
  const result = readConfig({ environment, directory: root, ...(env === undefined ? {} : { name: env }) });
  if ('problems' in result) throw usageError(result.problems);
  const { config } = result;
  const known = (secret: Secret | undefined): Secret | undefined => {
    if (secret !== undefined) http.secrets.add(secret.reveal());
    return secret;
  };
  known(config.grafanaToken);
  known(config.grafanaPassword);
  known(config.prometheusToken);
  known(config.prometheusPassword);
  return { ...config, secret: (name) => known(config.secret(name)) };
}
