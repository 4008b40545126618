import { usageError } from '../model/explained-error.ts';
import { renderDiagnostics } from '../report/common/diagnostics.ts';
import { type Config, readConfig, type Secret } from './config.ts';
import { statesEnvironments } from './environment.ts';
import type { Io } from './io.ts';

/**
 * The environment as configuration. Its secrets are known to `http.secrets` from then on. What is odd about it, such as
 * a name that is almost one of ours, is said on stderr.
 *
 * @param env `staging` reads `.env.staging` of the project, which has to exist unless `environments.ts` knows the names.
 * @throws ExplainedError of kind `usage` with all that is wrong.
 */
export function configuration(
  { environment, root, http, stderr }: Pick<Io, 'environment' | 'root' | 'http' | 'stderr'>,
  { env }: { readonly env?: string | undefined },
): Config {
  const result = readConfig({
    environment,
    directory: root,
    ...(env === undefined ? {} : { name: env, optional: statesEnvironments(root) }),
  });
  if ('problems' in result) throw usageError(result.problems);
  if (result.warnings.length > 0) void stderr.write(`${renderDiagnostics(result.warnings)}\n`);
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
