import type { Diagnostic } from '../model/diagnostic.ts';
import type { Service } from '../model/service.ts';

/** A problem with the facts of a service; its file is where the reader is sent. */
export function onService(code: string, each: Service, message: string, remedy: string): Diagnostic {
  return { code, level: 'error', file: each.source, subject: `service ${each.id}`, message, remedy };
}
