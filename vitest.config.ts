import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** For the last line of `.ci/run`. */
const results = { together: { json: '.cache/test-results.json' }, packed: { json: '.cache/packed-results.json' } };

/** Tests of what is loaded, and when: nobody else may have loaded it. */
const ALONE = ['test/adapters/github.test.ts'];
/** Builds, packs and installs the engine, and runs what was installed: `npm run test:packed` alone. */
const PACKED = ['test/packed/**/*.test.ts'];
/** What is about the shop. `npm run test:engine` leaves it out: it holds whatever project lies beside the engine. */
const ESTATE = ['test/estate/**'];

const reporting = (outputFile: { readonly json: string }) =>
  process.env.CI === undefined ? {} : { reporters: ['default', 'json'], outputFile };

const packed = defineConfig({
  test: {
    globalSetup: ['test/support/promtool-setup.ts'],
    include: PACKED,
    // Each builds the package, into the same folder.
    fileParallelism: false,
    testTimeout: 60_000,
    ...reporting(results.packed),
  },
});

const together = (mode: string) =>
  defineConfig({
    test: {
      globalSetup: ['test/support/promtool-setup.ts', 'test/support/processes-setup.ts'],
      setupFiles: ['test/support/processes-watch.ts'],
      // A process for each core, and time for the tests that start processes themselves.
      maxWorkers: availableParallelism(),
      // Loading the engine once for each of a hundred files takes longer than most tests: a worker loads it once.
      projects: [
        {
          extends: true,
          // Not inherited: tests of a real Grafana, or of docker, ask for it.
          mode,
          test: {
            name: 'together',
            include: ['test/**/*.test.ts'],
            exclude: [...ALONE, ...PACKED, ...(mode === 'engine' ? ESTATE : [])],
            isolate: false,
          },
        },
        { extends: true, mode, test: { name: 'alone', include: ALONE, isolate: true } },
      ],
      testTimeout: 60_000,
      ...reporting(results.together),
    },
  });

export default defineConfig(({ mode }) => (mode === 'packed' ? packed : together(mode)));
