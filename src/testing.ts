/** A project's own tests, for vitest: what it builds is valid, what it has committed is current, and replay holds. */
export { projectSuite, type SuiteOptions } from './testing/project-suite.ts';
