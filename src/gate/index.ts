export { parseBaseline, parseSavedBaseline, renderBaseline, type SavedBaseline } from './baseline.ts';
export type { Baseline } from './compare.ts';
export { type GateAnswer, type GateQuestion, runGate } from './gate.ts';
