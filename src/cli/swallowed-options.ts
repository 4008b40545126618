/** An option that npm kept for itself. */
export interface SwallowedOption {
  /** As it was typed. @example '--service' */
  readonly option: string;
  /** What npm made of it; `true` where the value went its own way. */
  readonly value: string;
}

/**
 * Options that npm took for its own, because the `--` before them is missing: `npm run plan --service x` runs `plan x`
 * with `npm_config_service=true`, and `npm run plan --fail-on-change` runs `plan`, green whatever it finds.
 *
 * @param options names of the command's long options that are not among its arguments, without dashes
 * @example swallowedOptions({ npm_config_fail_on_change: 'true' }, ['fail-on-change']) // [{ option: '--fail-on-change', value: 'true' }]
 */
export function swallowedOptions(
  environment: Readonly<Record<string, string | undefined>>,
  options: readonly string[],
): readonly SwallowedOption[] {
  // npm says so in each script that it starts; elsewhere, and under npx, these variables are somebody's configuration.
  const script = environment['npm_lifecycle_event'];
  if (script === undefined || script === 'npx') return [];
  return options.flatMap((option) => {
    const value = environment[`npm_config_${option.replaceAll('-', '_')}`];
    return value === undefined || value === '' || value === 'false' ? [] : [{ option: `--${option}`, value }];
  });
}
