export { shapeProblems } from './built.ts';
export { validateDesired } from './desired.ts';
export { environmentProblems } from './environments.ts';
export { validateFacts } from './facts.ts';
