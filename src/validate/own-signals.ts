/** Signals that a project defines, and the limits that services have of them. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { isDuration, toSeconds } from '../model/duration.ts';
import type { AnyLimit, SignalDefinition } from '../model/own-signal.ts';
import type { Project } from '../model/project.ts';
import type { Catalog, Service } from '../model/service.ts';
import { isKnownSignal } from '../model/signal.ts';
import { closest } from './closest.ts';
import { onService } from './on-service.ts';

const DIRECTIONS = ['above', 'atLeast', 'below'] as const;

/** What is wrong with the signals themselves. */
export function signalProblems({ signals = [] }: Catalog, project: Project): Diagnostic[] {
  return signals.flatMap((signal) => {
    const at = (message: string, remedy: string): Diagnostic => ({
      code: 'F024',
      level: 'error',
      file: signal.source,
      subject: `signal ${signal.id}`,
      message,
      remedy,
    });
    return [
      ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(signal.id)
        ? []
        : [at('is not named by lower-case letters, digits and single hyphens', 'Name it such as queue-lag.')]),
      ...(isKnownSignal(signal.id)
        ? [at('has the name of a signal of the engine', 'Choose another one: two of a name would share panels.')]
        : []),
      ...valueProblems(signal, signal.limit, project).map(([message, remedy]) => at(message, remedy)),
    ];
  });
}

/** What is wrong with the limits that a service has of them. */
export function limitProblems(each: Service, { signals = [] }: Catalog, project: Project): Diagnostic[] {
  return each.limits.flatMap(({ signal: { id }, limit }) => {
    const signal = signals.find((one) => one.id === id);
    if (signal === undefined) {
      const near = closest(
        id,
        signals.map((one) => one.id),
      );
      return [
        onService(
          'F024',
          each,
          `has a limit of the signal "${id}", which no alert watches`,
          `${near === undefined ? '' : `Did you mean "${near}"? `}List an alert of it in alerts/index.ts, or leave the limit out.`,
        ),
      ];
    }
    return valueProblems(signal, { ...signal.limit, ...limit }, project).map(([message, remedy]) =>
      onService('F024', each, `has a limit of "${id}" that ${message}`, remedy),
    );
  });
}

/** The compiler holds units and directions, but not of what is written without it. */
function valueProblems(
  { unit }: SignalDefinition,
  limit: AnyLimit,
  { evaluationInterval }: Project,
): (readonly [message: string, remedy: string])[] {
  const stated = DIRECTIONS.flatMap((direction) => limit[direction] ?? []);
  const [value] = stated;
  const held = limit.for;
  const problems: (readonly [string, string])[] = [];
  if (stated.length !== 1 || value === undefined) {
    problems.push([
      `states ${stated.length} of above, atLeast and below`,
      'State the one that its signal has: it fires on one side only.',
    ]);
  } else if (value.unit !== unit) {
    problems.push([`is in ${value.unit}, and it is measured in ${unit}`, 'Write it in the unit of its signal.']);
  } else if (!Number.isFinite(value.value) || (unit === 'ratio' && (value.value < 0 || value.value > 1))) {
    problems.push([`is ${value.value}, which can never be right`, 'percent(5) is five percent, from 0 to 100.']);
  }
  if (held === undefined || !isDuration(held)) {
    problems.push([`has for = ${JSON.stringify(held)}, which is not a duration`, 'Write it such as 2m.']);
  } else if (isDuration(evaluationInterval) && toSeconds(held) < 2 * toSeconds(evaluationInterval)) {
    problems.push([
      `has for = ${held}, which is under two evaluations of ${evaluationInterval}`,
      'A single bad point would fire. Use a longer one.',
    ]);
  }
  return problems;
}
