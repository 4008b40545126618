/** Errors that come from files that people write: they are not a bug of the tool, and have a place. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';

/** What a project's root is known by: the file that states it. */
export const CONFIG = 'grafana.config.ts';

/**
 * What is wrong with services, dashboards or alerts that cannot be loaded or throw.
 *
 * @param cause whatever was thrown: that need not be an error
 * @param root where they were loaded from, with a slash at its end.
 * @param otherwise the file, or files, where the error names no place
 */
export function brokenCode(cause: unknown, root: string, otherwise: string): Diagnostic {
  const { message: said } = textOf(cause);
  const place = placeOf(cause, root) ?? otherwise;
  const [file = place] = place.split(':');
  // A compiler's error has its own first line; what is wrong stands below.
  const [first = '', ...others] = said.replaceAll(root, '').split('\n');
  const message = /^Transform failed/.test(first) ? (others[0] ?? first) : first;
  return {
    code: 'F000',
    level: 'error',
    file,
    subject: place,
    message: `cannot be used: ${visible(message.trim())}`,
    remedy: 'Correct it there; tsc --noEmit shows what the compiler knows.',
  };
}

/** Where in the files that people write an error comes from, such as `dashboards/payments.ts:12`. */
export function placeOf(cause: unknown, root: string): string | undefined {
  const { message, stack } = textOf(cause);
  return placeIn(`${message}\n${stack}`, root);
}

/** Runs code that people write. @throws ExplainedError F000 for whatever it throws */
export function ofCode<T>(file: string, root: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof ExplainedError) throw cause;
    const problem = brokenCode(cause, root, file);
    const { code, subject, message, remedy } = problem;
    throw new ExplainedError({ code, message: `${subject} ${message}`, remedy, problems: [problem], cause });
  }
}

/** Anything can be thrown, and its fields can be anything. */
function textOf(cause: unknown): { readonly message: string; readonly stack: string } {
  if (!(cause instanceof Error)) return { message: `it throws ${typeof cause}, which is no error`, stack: '' };
  const { message, stack } = cause as { readonly message: unknown; readonly stack: unknown };
  return {
    message: typeof message === 'string' ? message : 'an error without a message',
    stack: typeof stack === 'string' ? stack : '',
  };
}

/** The first place in an error that people write, such as `dashboards/payments.ts:12`. */
function placeIn(text: string, root: string): string | undefined {
  const places = text
    .replaceAll(`file://${root}`, '\0')
    .replaceAll(root, '\0')
    .matchAll(
      /\0((?:services|dashboards|alerts|scenarios)\/[^\s:)'"]+\.ts(?::\d+)?|(?:grafana\.config|environments)\.ts(?::\d+)?)/g,
    );
  const found = [...places].map(([, place]) => place);
  // A file that does not exist is missed by the one that imports it.
  return /Cannot find module/.test(text) ? (found[1] ?? found[0]) : found[0];
}
