import { type Integration, secretsOf } from '../model/contact-point.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Desired } from '../model/resource.ts';

/**
 * Replaces the integrations whose secrets are not set by one that leads to the preview, with a warning for each
 * contact point. Rules keep naming the same receiver, so that they are the same on every machine.
 */
export function withPreviewReceivers(
  desired: Desired,
  isSet: (secret: string) => boolean,
  previewWebhook: string,
): { readonly desired: Desired; readonly notes: readonly Diagnostic[] } {
  const notes: Diagnostic[] = [];
  const resources = desired.resources.map((resource) => {
    if (resource.kind !== 'contact-point') return resource;
    const complete = resource.contactPoint.integrations.filter((integration) => secretsOf(integration).every(isSet));
    const missing = resource.contactPoint.integrations.flatMap(secretsOf).filter((name) => !isSet(name));
    if (missing.length === 0) return resource;
    const integrations = complete.length > 0 ? complete : [preview(previewWebhook)];
    notes.push({
      code: 'C010',
      level: 'warning',
      file: resource.source,
      subject: `contact point ${resource.title}`,
      message: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set; ${complete.length > 0 ? 'it notifies by its other integrations only' : 'its notifications go to the preview only'}`,
      remedy: `Set ${missing.join(', ')} in the environment or in .env`,
    });
    return { ...resource, contactPoint: { ...resource.contactPoint, integrations } };
  });
  return { desired: { resources }, notes };
}

function preview(url: string): Integration {
  return { type: 'webhook', settings: { url, httpMethod: 'POST' } };
}
