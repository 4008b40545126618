import { findPromtool } from '../../src/replay/find-promtool.ts';

/** Gets promtool once, before any test, so that tests that need it find it and do not fetch it twice. */
export async function setup(): Promise<void> {
  try {
    await findPromtool();
  } catch (error) {
    // Tests that need it will fail with this same error; all others can still run.
    process.stderr.write(`promtool: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
