import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const results = { json: '.cache/test-results.json' };

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/promtool-setup.ts', 'test/support/processes-setup.ts'],
    setupFiles: ['test/support/processes-watch.ts'],
    // A process for each core, and time for the tests that start processes themselves.
    maxWorkers: availableParallelism(),
    // Loading the engine once for each of a hundred files takes longer than most tests: a worker loads it once.
    isolate: false,
    testTimeout: 30_000,
    ...(process.env.CI === undefined ? {} : { reporters: ['default', 'json'], outputFile: results }),
  },
});
