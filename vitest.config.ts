import { defineConfig } from 'vitest/config';

const results = { json: '.cache/test-results.json' };

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/promtool-setup.ts', 'test/support/processes-setup.ts'],
    setupFiles: ['test/support/processes-watch.ts'],
    // Two cores: a process for each, and time for the tests that start processes themselves.
    maxWorkers: 2,
    testTimeout: 30_000,
    ...(process.env.CI === undefined ? {} : { reporters: ['default', 'json'], outputFile: results }),
  },
});
