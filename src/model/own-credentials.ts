/**
 * Whether a variable holds what this project itself gets in with. Such a variable is never the secret of a contact
 * point: it would be sent to whoever is notified.
 */
export function isOwnCredential(name: string): boolean {
  return /^(GRAFANA_(TOKEN|USER|PASSWORD)|(PROMETHEUS|GITHUB|ACTIONS)_.*)$/i.test(name);
}
