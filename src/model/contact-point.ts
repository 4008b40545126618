/** A secret by the name of the environment variable that holds it. Its value is in no plan, file, log or error. */
export interface SecretRef {
  readonly secret: string;
}

/**
 * Refers to a secret by its environment variable.
 *
 * @example pagerDuty({ integrationKey: secret('PAGERDUTY_KEY') })
 */
export function secret(name: string): SecretRef {
  return { secret: name };
}

export function isSecretRef(value: unknown): value is SecretRef {
  return typeof value === 'object' && value !== null && typeof (value as SecretRef).secret === 'string';
}

/** One way a contact point notifies: Grafana's integration type and its settings, secrets by reference. */
export interface Integration {
  readonly type: 'pagerduty' | 'slack' | 'webhook' | 'email';
  readonly settings: Readonly<Record<string, string | boolean | number | SecretRef>>;
  /** Short slow hash of the secrets' values, where a target notices rotation by it. Never the values. */
  readonly digest?: string;
}

/** Where notifications go. Rules name it; it keeps its name when its integrations change. */
export interface ContactPoint {
  /** Unique in the organisation; carries the owner's prefix. @example 'acme-on-call' */
  readonly name: string;
  readonly integrations: readonly Integration[];
}

/** The secrets an integration needs. */
export function secretsOf(integration: Integration): readonly string[] {
  return Object.values(integration.settings).flatMap((value) => (isSecretRef(value) ? [value.secret] : []));
}
