/** Environment variables and `.env` files as typed configuration. The only code that reads the environment. */
import { inspect } from 'node:util';
import { z } from 'zod';
import { LIMITS, readInputFile } from '../adapters/files.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { visible } from '../model/outside-text.ts';
import { isOwnCredential } from '../model/own-credentials.ts';
import { closest, distance } from '../validate/closest.ts';
import { parseEnvFile } from './env-file.ts';

/** A value that shows itself only when asked by name: not in logs, errors, JSON or the debugger. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself; call it where it is sent, nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** What the environment says. */
export interface Config {
  /** Where to sync over HTTP; undefined means the directory. */
  readonly grafanaUrl: string | undefined;
  readonly grafanaToken: Secret | undefined;
  readonly grafanaUser: string | undefined;
  readonly grafanaPassword: Secret | undefined;
  /** The organisation, for user and password; a token belongs to one. */
  readonly grafanaOrgId: string | undefined;
  /** PEM file of an authority that signed Grafana's certificate and that Node does not know. */
  readonly grafanaCaFile: string | undefined;
  /** The commit that is synced, for messages and links. */
  readonly commit: string | undefined;
  /** Where notifications of contact points without secrets go. */
  readonly previewWebhook: string | undefined;
  /** Where the preview listens on this machine. */
  readonly previewPorts: { readonly grafana: number; readonly prometheus: number; readonly pager: number };
  /** Compose's name for the preview's containers, network and volume. */
  readonly previewProject: string;
  /** The Prometheus that `gate` and `pools` ask, with the prefix it is served from. */
  readonly prometheusUrl: string | undefined;
  readonly prometheusUser: string | undefined;
  readonly prometheusPassword: Secret | undefined;
  /** A bearer token, instead of user and password. */
  readonly prometheusToken: Secret | undefined;
  /** The tenant of Mimir, sent as X-Scope-OrgID. */
  readonly prometheusTenant: string | undefined;
  /** PEM file of an authority that signed its certificate and that Node does not know. */
  readonly prometheusCaFile: string | undefined;
  /** Any other variable, for secret references; never one of ours. Blanks and line ends around it are left out. */
  readonly secret: (name: string) => Secret | undefined;
  /** What is worth a look about the variables of contact points' secrets: one misspelt, one with a blank at its end. */
  readonly secretNotices: (names: readonly string[]) => readonly Diagnostic[];
}

/** The configuration, or all that is wrong with it. */
export type ConfigResult =
  | { readonly config: Config; readonly warnings: readonly Diagnostic[] }
  | { readonly problems: readonly Diagnostic[] };

type Values = Readonly<Record<string, string>>;

const httpUrl = z
  .string()
  .refine((text) => /^https?:\/\/[^/]/i.test(text) && URL.canParse(text), {
    error: 'is not an http or https address',
    abort: true,
  })
  // It would show up in messages, plans and links.
  .refine((text) => new URL(text).username + new URL(text).password === '', {
    error: 'has a user or password in the address; they have variables of their own',
  });
/** What paths are added to. */
export const baseUrl = httpUrl.refine((text) => !/[?#]/.test(text), {
  error: 'has a ? or # in the address; it ends with the path',
});
const port = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, {
    // A number is no secret.
    error: ({ input }) => `is not a port${/^\d{1,9}$/.test(String(input)) ? `: ${input}` : ''} (1 to 65535)`,
  })
  .transform(Number);
const PORTS = ['PREVIEW_GRAFANA_PORT', 'PREVIEW_PROMETHEUS_PORT', 'PREVIEW_PAGER_PORT'] as const;
const variables = z.object({
  GRAFANA_URL: baseUrl.optional(),
  GRAFANA_TOKEN: z.string().optional(),
  GRAFANA_USER: z.string().optional(),
  GRAFANA_PASSWORD: z.string().optional(),
  GRAFANA_ORG_ID: z.string().regex(/^\d+$/, 'is not the number of an organisation').optional(),
  GRAFANA_CA_FILE: z.string().optional(),
  GITHUB_SHA: z.string().optional(),
  PREVIEW_WEBHOOK_URL: httpUrl.optional(),
  PREVIEW_GRAFANA_PORT: port.default(3000),
  PREVIEW_PROMETHEUS_PORT: port.default(9090),
  PREVIEW_PAGER_PORT: port.default(9096),
  PREVIEW_PROJECT: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/, 'is not a name of a Compose project: small letters, digits, - and _')
    .default('grafana-as-code-preview'),
  PROMETHEUS_URL: baseUrl.optional(),
  PROMETHEUS_USER: z.string().optional(),
  PROMETHEUS_PASSWORD: z.string().optional(),
  PROMETHEUS_TOKEN: z.string().optional(),
  PROMETHEUS_TENANT: z.string().optional(),
  PROMETHEUS_CA_FILE: z.string().optional(),
});
const schema = variables.superRefine((values, { addIssue }) => {
  for (const [index, name] of PORTS.entries()) {
    const same = PORTS.slice(0, index).find((other) => values[other] === values[name]);
    if (same === undefined) continue;
    addIssue({ code: 'custom', path: [name], message: `is ${values[name]}, which is the port of ${same} too` });
  }
});

/** Variables that we read, whatever file or environment they are in. */
const KNOWN = Object.keys(variables.shape);
/** A password may begin or end with a blank; only the line end that a file or a pipeline added is none of it. */
const PASSWORDS: readonly string[] = ['GRAFANA_PASSWORD', 'PROMETHEUS_PASSWORD'];

/**
 * Reads `.env` (or `.env.<name>`) and the environment, which wins. Empty values count as absent, as pipelines set
 * them for secrets they do not have.
 *
 * @example readConfig({ environment: process.env, directory: '.', name: 'staging' })
 */
export function readConfig(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** `staging` reads `.env.staging`, which then has to exist. */
  readonly name?: string;
  /** It need not exist: whether the name is one is known elsewhere. Default: false. */
  readonly optional?: boolean;
}): ConfigResult {
  const { environment, directory, name, optional = false } = options;
  if (name !== undefined && !/^\w[\w.-]*$/.test(name)) {
    return {
      problems: [problem('C002', `--env ${visible(name)}`, 'is not a name of an environment', '--env staging')],
    };
  }
  const file = name === undefined ? '.env' : `.env.${name}`;
  const read = readInputFile(`${directory}/${file}`, LIMITS.environment);
  if ('problem' in read && (!read.missing || (name !== undefined && !optional))) {
    const [message, remedy] = read.missing
      ? ['does not exist', `Create it, with NAME=value in each line, or leave out --env ${name}`]
      : [read.problem, 'Make it a file that this user can read, or remove it'];
    return { problems: [problem('C002', file, message, remedy)] };
  }
  const parsedFile = parseEnvFile('text' in read ? read.text : '', file);
  const broken = parsedFile.problems.filter(({ level }) => level === 'error');
  if (broken.length > 0) return { problems: broken };
  const [inFile, outside] = [present(parsedFile.values), present(environment)];
  // An empty variable counts as absent, and hides what the file says.
  const raw: Values = present({ ...parsedFile.values, ...environment });
  const values = Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, trimmed(key, value)]));
  const parsed = schema.safeParse(present(values));
  const held = KNOWN.filter((key) => /\p{Cc}/u.test(values[key] ?? ''));
  if (!parsed.success || held.length > 0) {
    const remedy = `Set it in the environment or in ${file}`;
    // The value itself is never shown: it may be a secret pasted into the wrong variable.
    const found = held.map((key) =>
      problem('C003', key, 'has a line break or another control character in it', remedy),
    );
    for (const issue of parsed.success ? [] : parsed.error.issues) {
      const subject = String(issue.path[0]);
      if (!found.some((other) => other.subject === subject))
        found.push(problem('C003', subject, issue.message, remedy));
    }
    return { problems: found };
  }
  return {
    config: configOf(parsed.data, present(values), (names) => [
      ...trimNotices(names, raw),
      ...misspelt([...new Set([...Object.keys(inFile), ...Object.keys(outside)])], names, values),
    ]),
    warnings: [
      ...parsedFile.problems,
      ...trimNotices(KNOWN, raw),
      ...unknownNames(Object.keys(inFile), file),
      ...unknownNames(
        Object.keys(outside).filter((key) => /^(GRAFANA|PROMETHEUS|PREVIEW)_/.test(key)),
        'the environment',
      ),
    ],
  };
}

function configOf(
  data: z.infer<typeof schema>,
  values: Values,
  secretNotices: (names: readonly string[]) => readonly Diagnostic[],
): Config {
  const wrap = (value: string | undefined) => (value === undefined ? undefined : new Secret(value));
  return {
    grafanaUrl: data.GRAFANA_URL,
    grafanaToken: wrap(data.GRAFANA_TOKEN),
    grafanaUser: data.GRAFANA_USER,
    grafanaPassword: wrap(data.GRAFANA_PASSWORD),
    grafanaOrgId: data.GRAFANA_ORG_ID,
    grafanaCaFile: data.GRAFANA_CA_FILE,
    commit: data.GITHUB_SHA,
    previewWebhook: data.PREVIEW_WEBHOOK_URL,
    previewPorts: {
      grafana: data.PREVIEW_GRAFANA_PORT,
      prometheus: data.PREVIEW_PROMETHEUS_PORT,
      pager: data.PREVIEW_PAGER_PORT,
    },
    previewProject: data.PREVIEW_PROJECT,
    prometheusUrl: data.PROMETHEUS_URL,
    prometheusUser: data.PROMETHEUS_USER,
    prometheusPassword: wrap(data.PROMETHEUS_PASSWORD),
    prometheusToken: wrap(data.PROMETHEUS_TOKEN),
    prometheusTenant: data.PROMETHEUS_TENANT,
    prometheusCaFile: data.PROMETHEUS_CA_FILE,
    secret: (name) => (isOwnCredential(name) || !Object.hasOwn(values, name) ? undefined : wrap(values[name])),
    secretNotices,
  };
}

/** Those that say something. */
function present(all: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

function trimmed(name: string, value: string): string {
  return PASSWORDS.includes(name) ? value.replace(/^[\r\n]+|(?<![\r\n])[\r\n]+$/g, '') : value.trim();
}

/** A pasted line end, as a secret's store or `echo` adds it, never reaches a header or a pager. */
function trimNotices(names: readonly string[], raw: Values): Diagnostic[] {
  return names.flatMap((name) => {
    const value = raw[name];
    if (value === undefined || value === trimmed(name, value)) return [];
    const message = 'has a line end or a blank before or after its value, which is left out';
    return [
      warning(
        'C032',
        name,
        message,
        'Set it without; a Grafana that reads it from its own environment takes it as it is',
      ),
    ];
  });
}

/** Names that nobody reads, near to one of ours. */
function unknownNames(names: readonly string[], place: string): Diagnostic[] {
  return names.flatMap((name) => {
    const meant = KNOWN.includes(name) ? undefined : closest(name, KNOWN);
    if (meant === undefined || distance(name.toUpperCase(), meant.toUpperCase()) > 2) return [];
    return [warning('C031', name, `in ${place} is not read`, `Did you mean ${meant}?`)];
  });
}

/** Secrets that are not set, where a variable that nobody reads has almost their name. */
function misspelt(names: readonly string[], secrets: readonly string[], values: Values): Diagnostic[] {
  const unset = secrets.filter((name) => (values[name] ?? '') === '');
  return names.flatMap((name) => {
    const meant = secrets.includes(name) || KNOWN.includes(name) ? undefined : closest(name, unset);
    if (meant === undefined || distance(name.toUpperCase(), meant.toUpperCase()) > 2) return [];
    return [warning('C031', visible(name), `is set, and ${meant} is not`, `Did you mean ${meant}?`)];
  });
}

function warning(code: string, subject: string, message: string, remedy: string): Diagnostic {
  return { ...problem(code, subject, message, remedy), level: 'warning' };
}

function problem(code: string, subject: string, message: string, remedy: string): Diagnostic {
  return { code, level: 'error', subject, message, remedy };
}
