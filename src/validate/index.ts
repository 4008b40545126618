export { shapeProblems } from './built.ts';
export { validateDesired } from './desired.ts';
export { validateFacts } from './facts.ts';
