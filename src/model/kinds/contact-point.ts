import type { ContactPoint, Integration } from '../contact-point.ts';
import type { JsonObject } from '../json.ts';
import { anObject, aText, listOf, withFields } from './form.ts';
import type { Common, KindSpec } from './kind.ts';

export interface ContactPointResource extends Common {
  readonly kind: 'contact-point';
  readonly contactPoint: ContactPoint;
}

const problems = withFields({
  contactPoint: withFields({ name: aText, integrations: listOf(withFields({ type: aText, settings: anObject })) }),
});

export const contactPoint: KindSpec<ContactPointResource> = {
  name: 'contact point',
  part: 'alerts',
  shared: true,
  content: ({ contactPoint: { name, integrations } }) => ({ name, integrations }) as unknown as JsonObject,
  anonymous: true,
  wayOut: 'rename it in alerts/, or the other one in Grafana',
  // The digests are those of the secrets of that day.
  restored: (resource) => {
    const { name, integrations } = resource.contactPoint;
    const known = integrations.map(({ type, settings }) => ({ type, settings }));
    return { ...resource, contactPoint: { name, integrations: known } };
  },
  effect: {
    of: ({ integrations }) => (integrations as unknown as readonly Integration[]).map(({ type }) => type).join(', '),
    gone: 'nobody is notified any more',
  },
  rendered: {
    file: '_contact-points.yaml',
    list: 'contactPoints',
    read: ({ uid, ...point }) => {
      const { name } = point as unknown as ContactPoint;
      return { kind: 'contact-point', uid: String(uid), title: name, contactPoint: point as unknown as ContactPoint };
    },
  },
  problems,
};
