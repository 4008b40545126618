/** Answers in Grafana's two forms. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Json } from './state.ts';

export function reply(context: Context, status: number, body: unknown): Response {
  if (status === 204) return context.body(null, 204);
  return context.json(body as Json, status as ContentfulStatusCode);
}

/** Kubernetes' form, of `/apis`. */
export function failure(context: Context, status: number, message?: string, more: Json = {}): Response {
  const text = message === undefined ? {} : { message };
  return reply(context, status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    ...text,
    ...more,
    code: status,
  });
}

export function notFound(context: Context, resource: 'folders' | 'dashboards', name: string): Response {
  const group = resource === 'folders' ? 'folder.grafana.app' : 'dashboard.grafana.app';
  return failure(context, 404, `${resource}.${group} "${name}" not found`, {
    reason: 'NotFound',
    details: { name, group, kind: resource },
  });
}

export function conflict(context: Context, resource: 'folders' | 'dashboards', name: string): Response {
  const group = resource === 'folders' ? 'folder.grafana.app' : 'dashboard.grafana.app';
  return failure(
    context,
    409,
    `Operation cannot be fulfilled on ${resource}.${group} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { reason: 'Conflict', details: { name, group, kind: resource } },
  );
}

/** What a missing right looks like below `/api`. */
export function denied(context: Context, needed: string): Response {
  return reply(context, 403, {
    accessErrorId: 'ACE0000000000',
    message: `You'll need additional permissions to perform this action. Permissions needed: ${needed}`,
    title: 'Access denied',
  });
}
