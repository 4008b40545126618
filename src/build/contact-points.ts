import { callerFile } from '../model/caller.ts';
import type { ContactPoint, Integration, SecretRef } from '../model/contact-point.ts';
import type { Project } from '../model/project.ts';

/** A contact point as people describe it, by its short name. */
export interface ContactPointFacts {
  /** Unique in the project. @example 'on-call' */
  readonly name: string;
  readonly integrations: readonly Integration[];
  /** The file that defines it. */
  readonly source: string;
}

/**
 * Describes a contact point.
 *
 * @example defineContactPoint('on-call', [pagerDuty({ integrationKey: secret('PAGERDUTY_KEY') })])
 */
export function defineContactPoint(name: string, integrations: readonly Integration[]): ContactPointFacts {
  return { name, integrations, source: callerFile() ?? 'alerts/routing.ts' };
}

/** The contact point of a project: the mark before it makes its name unique in Grafana's organisation. */
export function contactPointOf(
  { mark }: Pick<Project, 'mark'>,
  { name, integrations }: Pick<ContactPointFacts, 'name' | 'integrations'>,
): ContactPoint {
  return { name: `${mark}-${name}`, integrations };
}

/** PagerDuty, by an Events API v2 integration key. */
export function pagerDuty(settings: { readonly integrationKey: SecretRef }): Integration {
  return { type: 'pagerduty', settings: { integrationKey: settings.integrationKey } };
}

/** Slack, by an incoming webhook. */
export function slack(settings: { readonly url: SecretRef }): Integration {
  return { type: 'slack', settings: { url: settings.url } };
}

/** Any HTTP endpoint, with Grafana's JSON; `credentials` go into the Authorization header as a bearer token. */
export function webhook(settings: { readonly url: string | SecretRef; readonly credentials?: SecretRef }): Integration {
  const authorization =
    settings.credentials === undefined
      ? {}
      : { authorization_scheme: 'Bearer', authorization_credentials: settings.credentials };
  return { type: 'webhook', settings: { url: settings.url, httpMethod: 'POST', ...authorization } };
}

/** E-mail, by the server that Grafana is configured with. */
export function email(settings: { readonly addresses: readonly string[] }): Integration {
  return { type: 'email', settings: { addresses: settings.addresses.join(';'), singleEmail: true } };
}
