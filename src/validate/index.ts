export { validateDesired } from './desired.ts';
export { validateFacts } from './facts.ts';
