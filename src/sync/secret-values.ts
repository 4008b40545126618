/** What may be sent as a secret, and where to: checked before anything is written. */
import { type ContactPoint, type Integration, isSecretRef, secretsOf } from '../model/contact-point.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { visible } from '../model/outside-text.ts';
import { isOwnCredential } from '../model/own-credentials.ts';
import type { Plan } from '../model/plan.ts';
import { ofKind, type Resource } from '../model/resource.ts';

/** The contact points among some resources. */
export function contactPointsIn(resources: readonly Resource[]): readonly ContactPoint[] {
  return ofKind(resources, 'contact-point').map(({ contactPoint }) => contactPoint);
}

/** The secrets of some contact points by name, each once. */
export function secretNames(points: readonly ContactPoint[]): readonly string[] {
  return [...new Set(points.flatMap(({ integrations }) => integrations.flatMap(secretsOf)))];
}

/**
 * Secrets that cannot do what they are for: an address that is none, a sign that no header carries, a key that a Grafana
 * which reads files takes for a number. No value is shown. What is not set is not looked at.
 *
 * @param reveal the value of a secret, where it is set
 */
export function secretProblems(
  points: readonly ContactPoint[],
  reveal: (name: string) => string | undefined,
  target: Plan['target']['kind'],
): readonly Diagnostic[] {
  const problems = points.flatMap(({ name, integrations }) =>
    integrations.flatMap(({ settings }) =>
      Object.entries(settings).flatMap(([setting, value]) =>
        isSecretRef(value) ? problemOf(value.secret, setting, name, reveal, target) : [],
      ),
    ),
  );
  // One secret may stand in several places.
  return problems.filter(
    (each, index) =>
      problems.findIndex((other) => other.code === each.code && other.message === each.message) === index,
  );
}

function problemOf(
  secret: string,
  setting: string,
  point: string,
  reveal: (name: string) => string | undefined,
  target: Plan['target']['kind'],
): Diagnostic[] {
  const subject = `contact point ${visible(point)}`;
  const shown = visible(secret);
  const problem = (code: string, message: string, remedy: string): Diagnostic[] => [
    { code, level: 'error', subject, message, remedy },
  ];
  if (isOwnCredential(secret))
    return problem('C034', `would send ${shown}, which this project gets in with`, 'Give it a secret of its own.');
  if (!/^[A-Za-z_]\w*$/.test(secret)) {
    const remedy = 'Letters, digits and _, such as PAGERDUTY_KEY';
    return problem('C033', `has a secret called ${JSON.stringify(shown)}, which no variable can be called`, remedy);
  }
  const value = reveal(secret);
  if (value === undefined) return [];
  if (/\p{Cc}/u.test(value))
    return problem(
      'C033',
      `would send ${shown}, which has a line break or a control character in it`,
      `Set ${shown} anew`,
    );
  if (setting === 'url' && !isHttpUrl(value)) {
    const remedy = `Set ${shown} to the whole address, with https://`;
    return problem('C033', `would notify ${shown}, which is not an http or https address`, remedy);
  }
  if (target === 'directory' && isNoTextToGrafana(value)) {
    return problem(
      'D015',
      `has ${shown}, which reads like a number or like true or false: a Grafana that provisions it from files does not start`,
      'Sync over HTTP (GRAFANA_URL), or use a key with other signs in it.',
    );
  }
  return [];
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text) && !/\s/.test(text) && URL.canParse(text);
}

/**
 * Whether a provisioned setting that is only a variable loses its being a text: Grafana 12 asks Go's ParseInt, ParseFloat
 * and ParseBool of what the variable holds, and takes what they say (pkg/services/provisioning/values,
 * interpolateIfaceValue). There is no way to write it that keeps the text, as `$$` always leaves a dollar.
 *
 * @example isNoTextToGrafana('1e3') // true
 */
export function isNoTextToGrafana(value: string): boolean {
  if (/^[+-]?\d+$/.test(value)) return true;
  // Go refuses what is out of range, and then it is a text.
  if (/^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(value)) return Number.isFinite(Number(value));
  if (/^[+-]?0x_?[\da-f_]*(?:\.[\da-f_]*)?p[+-]?\d+$/i.test(value)) return true;
  return /^([+-]?(inf|infinity)|nan)$/i.test(value) || /^(t|T|true|TRUE|True|f|F|false|FALSE|False)$/.test(value);
}

/**
 * Secrets that a plan or a backup would send elsewhere than the code does. Such a file comes from somewhere: it may name
 * any variable of this environment, and any address.
 *
 * @param resources what the file wants written
 * @param code the contact points of the code
 */
export function strangeSecrets(resources: readonly Resource[], code: readonly ContactPoint[]): readonly Diagnostic[] {
  const known = code.flatMap(({ integrations }) => integrations);
  const names = secretNames(code);
  return contactPointsIn(resources).flatMap(({ name, integrations }) =>
    integrations.flatMap((integration): Diagnostic[] => {
      const secrets = secretsOf(integration);
      const own = secrets.filter((secret) => isOwnCredential(secret) || !names.includes(secret));
      if (own.length === 0 && (secrets.length === 0 || known.some((each) => sendsAlike(integration, each)))) return [];
      const what = visible((own.length > 0 ? own : secrets).join(', '));
      return [
        {
          code: 'C034',
          level: 'error',
          subject: `contact point ${visible(name)}`,
          message:
            own.length > 0
              ? `would send ${what}, which no contact point of the code does`
              : `would send ${what} to another place than the code does`,
          remedy: 'If that is meant, put it into the contact points of alerts/ first.',
        },
      ];
    }),
  );
}

/** Whether secrets go where those of another one go: the same kind, the same secrets, and the same texts beside them. */
function sendsAlike(left: Integration, right: Integration): boolean {
  const texts = ({ settings }: Integration): string =>
    JSON.stringify(
      Object.entries(settings)
        .map(([name, value]) => [name, isSecretRef(value) ? { secret: value.secret } : value] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  return left.type === right.type && texts(left) === texts(right);
}
