/** What a person sees at a terminal: colours, results, progress. */
import { resolve } from 'node:path';
import pc from 'picocolors';
import { writeFileSafely } from '../adapters/files.ts';
import type { ApplyEvent, Target } from '../app/apply-plan.ts';
import type { Io, Output } from '../app/io.ts';
import { sayCommands } from '../model/command-form.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { visible } from '../model/outside-text.ts';
import { renderDiagnostics } from '../report/common/diagnostics.ts';
import { noPaint, type Paint } from '../report/common/paint.ts';

/** Colours for a stream: on a terminal, unless somebody asked for none. */
export function paintFor({ isTerminal }: Output, environment: Io['environment']): Paint {
  if (!isTerminal || environment['NO_COLOR'] !== undefined || environment['TERM'] === 'dumb') return noPaint;
  const { bold, dim, green, yellow, red, magenta } = pc.createColors(true);
  return { bold, dim, add: green, change: yellow, remove: red, warn: magenta };
}

/** Writes the result: to a file if one is asked for, else to stdout. */
export async function writeResult(text: string, out: string | undefined, io: Io): Promise<void> {
  const { stdout, cwd, http, commands } = io;
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  if (out === undefined) return stdout.write(ended);
  await writeFileSafely(resolve(cwd, out), http.secrets.redact(sayCommands(ended, commands)));
}

/** Where a plan is for. @example 'directory dist/grafana' */
export function targetName({ identity: { kind, name } }: Target): string {
  return `${kind} ${visible(name)}`;
}

/** What a command took, for the end of its result. @example '  9 requests, 0.7 s' */
export function spent(target: Target, seconds: number): string {
  const requests = target.requests?.();
  return `  ${requests === undefined ? '' : `${requests} requests, `}${seconds.toFixed(1)} s`;
}

/** Progress of a sync: one line that changes on a terminal, plain lines in a pipeline. */
export function progressTo(stream: Output): (event: ApplyEvent) => void {
  if (!stream.isTerminal) {
    return (event) => {
      const line = progressLine(event);
      if (line !== undefined) void stream.write(`${line}\n`);
    };
  }
  return (event) => {
    if (event.event === 'step-started') {
      const done = Math.round(((event.step - 1) / event.steps) * 20);
      const bar = `[${'#'.repeat(done)}${'.'.repeat(20 - done)}] ${event.step}/${event.steps} ${event.label}`;
      void stream.write(`\r\u001b[K${bar}${event.step === event.steps ? '\r\u001b[K' : ''}`);
    } else if (event.event === 'step-failed' || event.event === 'backed-up')
      void stream.write(`\r\u001b[K${progressLine(event) ?? ''}\n`);
  };
}

function progressLine(event: ApplyEvent): string | undefined {
  switch (event.event) {
    case 'started':
      return undefined;
    case 'backed-up':
      return `Backed up ${event.resources} ${event.resources === 1 ? 'resource' : 'resources'} to ${event.place}`;
    case 'step-started':
      return `[${event.step}/${event.steps}] ${event.label}`;
    case 'step-failed':
      return `failed: ${event.label}: ${event.error.message}`;
    case 'step-skipped':
      return `skipped: ${event.label}: ${event.because}`;
    case 'step-done':
      return undefined;
    default:
      return event satisfies never;
  }
}

/** Shows what is wrong with the code. @param closing what did not happen because of it */
export async function showProblems(problems: readonly Diagnostic[], closing: string, io: Io): Promise<void> {
  const paint = paintFor(io.stderr, io.environment);
  await io.stderr.write(`${renderDiagnostics(problems, { paint, closing })}\n`);
}
