import { programRunner } from '../adapters/program.ts';

/** Programs of this machine, with what they start. */
export const runProgram = programRunner((pid, signal) => process.kill(pid, signal));
