import { findPromtool, PROMTOOL_FOLDER } from '../../src/adapters/promtool/find.ts';
import { httpWorld } from './http-world.ts';
import { REPOSITORY } from './places.ts';

/** Where tests look for promtool: where the repository keeps it. */
export const findOptions = {
  environment: process.env,
  cache: `${REPOSITORY}${PROMTOOL_FOLDER}`,
  http: httpWorld({ environment: process.env }),
} as const;

/** Gets promtool once, before any test, so that tests that need it find it and do not fetch it twice. */
export async function setup(): Promise<void> {
  try {
    await findPromtool(findOptions);
  } catch (error) {
    // Tests that need it will fail with this same error; all others can still run.
    process.stderr.write(`promtool: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
