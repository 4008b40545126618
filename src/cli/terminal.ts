import { writeFile } from 'node:fs/promises';
import pc from 'picocolors';
import { noPaint, type Paint } from '../../src/report/index.ts';
import type { ApplyEvent, Target } from '../../src/sync/index.ts';

/** Whether a stream shows colours: a terminal, and nobody asked for none. */
export function coloured(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
}

/** Colours for a stream. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  if (!coloured(stream)) return noPaint;
  const { bold, dim, green, yellow, red, magenta } = pc.createColors(true);
  return { bold, dim, add: green, change: yellow, remove: red, warn: magenta };
}

/** Writes the result: to a file if one is asked for, else to stdout. */
export async function writeResult(text: string, out: string | undefined): Promise<void> {
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  if (out === undefined) {
    await new Promise<void>((resolve) => process.stdout.write(ended, () => resolve()));
    return;
  }
  await writeFile(out, ended, 'utf8');
}

/** What a command took, for the end of its result. @example '  9 requests, 0.7 s' */
export function spent(target: Target, started: number): string {
  const requests = target.requests?.();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return `  ${requests === undefined ? '' : `${requests} requests, `}${seconds} s`;
}

/** Progress of a sync: one line that changes on a terminal, plain lines in a pipeline. */
export function progressTo(stream: NodeJS.WriteStream): (event: ApplyEvent) => void {
  if (stream.isTTY !== true) {
    return (event) => {
      const line = progressLine(event);
      if (line !== undefined) stream.write(`${line}\n`);
    };
  }
  return (event) => {
    if (event.event === 'step-started') {
      const done = Math.round(((event.step - 1) / event.steps) * 20);
      stream.write(
        `\r\u001b[K[${'#'.repeat(done)}${'.'.repeat(20 - done)}] ${event.step}/${event.steps} ${event.label}`,
      );
      if (event.step === event.steps) stream.write('\r\u001b[K');
    } else if (event.event === 'step-failed' || event.event === 'backed-up')
      stream.write(`\r\u001b[K${progressLine(event) ?? ''}\n`);
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
