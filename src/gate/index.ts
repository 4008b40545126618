export { parseBaseline, parseSavedBaseline, renderBaseline } from './baseline.ts';
export type { Baseline } from './compare.ts';
export { type GateAnswer, runGate } from './gate.ts';
