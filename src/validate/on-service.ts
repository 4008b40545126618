import type { Diagnostic } from '../model/diagnostic.ts';
import type { Service } from '../model/service.ts';

/** A problem with the facts of a service; its file is where the reader is sent. */
export function onService(code: string, each: Service, message: string, remedy: string): Diagnostic {
  return { code, level: 'error', file: each.source, subject: `service ${named(each)}`, message, remedy };
}

/** Facts can be of any shape while they are checked. */
function named({ id }: { readonly id: unknown }): string {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '?';
}
