import { z } from 'zod';
import { type Integration, isSecretRef } from '../../model/contact-point.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ContactPointResource } from '../../model/resource.ts';
import type { DirectoryKind, ParsedResource } from './kind.ts';
import { escaped, unescaped, yamlFile } from './yaml.ts';

export function contactPointsPath(owner: string): string {
  return `grafana/alerting/${owner}-contact-points.yaml`;
}

function pointsIn(points: readonly ContactPointResource[]): JsonObject {
  return {
    apiVersion: 1,
    contactPoints: points.map(({ contactPoint }) => ({
      orgId: 1,
      name: escaped(contactPoint.name),
      receivers: contactPoint.integrations.map(({ type, settings }, index) => ({
        uid: integrationUid(contactPoint.name, index),
        type,
        disableResolveMessage: false,
        settings: Object.fromEntries(
          Object.entries(settings).map(([name, value]) => [
            name,
            isSecretRef(value) ? `$${value.secret}` : escapedIfText(value),
          ]),
        ),
      })),
    })),
  };
}

/** The UID of a contact point's integration, by its place. */
export function integrationUid(name: string, index: number): string {
  return `${name}-${index + 1}`;
}

function escapedIfText(value: string | number | boolean): string | number | boolean {
  return typeof value === 'string' ? escaped(value) : value;
}

const pointsFile = z.looseObject({
  contactPoints: z.array(
    z.looseObject({
      name: z.string(),
      receivers: z.array(
        z.looseObject({
          type: z.enum(['pagerduty', 'slack', 'webhook', 'email']),
          settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        }),
      ),
    }),
  ),
});

function parseContactPoints(document: unknown, path: string): readonly ParsedResource[] {
  return pointsFile.parse(document).contactPoints.map(({ name: written, receivers }) => {
    const name = unescaped(written);
    const integrations = receivers.map(
      ({ type, settings }): Integration => ({
        type,
        settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, reference(value)])),
      }),
    );
    return {
      resource: { kind: 'contact-point', uid: name, title: name, source: path, contactPoint: { name, integrations } },
    };
  });
}

function reference(value: string | number | boolean) {
  if (typeof value !== 'string') return value;
  return /^\$[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? { secret: value.slice(1) } : unescaped(value);
}

export const contactPoints: DirectoryKind<'contact-point'> = {
  holds: (path, owner) => path === contactPointsPath(owner),
  render: (all, owner) => (all.length === 0 ? [] : [yamlFile(contactPointsPath(owner), pointsIn(all), all, owner)]),
  parse: parseContactPoints,
  deletedBy: 'deleteContactPoints names its UID',
};
