import { type ContactPoint, type Integration, secretsOf } from '../model/contact-point.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { LiveObject } from '../model/plan.ts';
import type { ContactPointResource, Desired } from '../model/resource.ts';

/**
 * What becomes of contact points whose secrets are not set here. One that already notifies for real stays as it is: a
 * machine that lacks a secret must not take anybody's pages away. Any other gets an integration that leads to the
 * preview instead. Either way with a warning, and rules keep naming the same receiver.
 *
 * @param live what the target has by now
 */
export function withPreviewReceivers(
  desired: Desired,
  isSet: (secret: string) => boolean,
  previewWebhook: string,
  live: readonly LiveObject[] = [],
): { readonly desired: Desired; readonly notes: readonly Diagnostic[] } {
  const held = new Map(live.map((object) => [`${object.kind}/${object.uid}`, object]));
  const notes: Diagnostic[] = [];
  const resources = desired.resources.map((resource) => {
    if (resource.kind !== 'contact-point') return resource;
    const missing = resource.contactPoint.integrations.flatMap(secretsOf).filter((name) => !isSet(name));
    if (missing.length === 0) return resource;
    const real = realOne(resource, held.get(`contact-point/${resource.uid}`), missing);
    const complete = resource.contactPoint.integrations.filter((integration) => secretsOf(integration).every(isSet));
    const outcome =
      real !== undefined
        ? 'it stays as it is'
        : complete.length > 0
          ? 'it notifies by its other integrations only'
          : 'its notifications go to the preview only';
    notes.push({
      code: 'C010',
      level: 'warning',
      file: resource.source,
      subject: `contact point ${resource.title}`,
      message: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set; ${outcome}`,
      remedy: `Set ${missing.join(', ')} in the environment or in .env`,
    });
    if (real !== undefined) return { ...resource, contactPoint: real };
    const integrations = complete.length > 0 ? complete : [preview(previewWebhook)];
    return { ...resource, contactPoint: { ...resource.contactPoint, integrations } };
  });
  return { desired: { resources }, notes };
}

/** Our contact point as it is, if it has an integration with the secrets that are missing here. */
function realOne(
  { contactPoint }: ContactPointResource,
  live: LiveObject | undefined,
  missing: readonly string[],
): ContactPoint | undefined {
  if (live?.owned !== true || live.resource?.kind !== 'contact-point') return undefined;
  const wanted = contactPoint.integrations.filter((integration) =>
    secretsOf(integration).some((name) => missing.includes(name)),
  );
  const { contactPoint: now } = live.resource;
  const isReal = now.integrations.some(
    (stored) => secretsOf(stored).length > 0 && wanted.some(({ type }) => type === stored.type),
  );
  return isReal ? now : undefined;
}

function preview(url: string): Integration {
  return { type: 'webhook', settings: { url, httpMethod: 'POST' } };
}
