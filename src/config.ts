/** Environment variables and `.env` files as typed configuration. The only code that reads the environment. */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { parse } from 'dotenv';
import { z } from 'zod';
import type { Diagnostic } from './model/diagnostic.ts';

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
  /** Any other variable, for secret references. */
  readonly secret: (name: string) => Secret | undefined;
}

/** The configuration, or all that is wrong with it. */
export type ConfigResult = { readonly config: Config } | { readonly problems: readonly Diagnostic[] };

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'is no http or https address' })
  // It would show up in messages, plans and links.
  .refine((text) => URL.canParse(text) && new URL(text).username + new URL(text).password === '', {
    error: 'has a user or password in the address; they have variables of their own',
  });
/** What paths are added to. */
const baseUrl = httpUrl.refine((text) => !/[?#]/.test(text), {
  error: 'has a ? or # in the address; it ends with the path',
});
const port = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, {
    // A number is no secret.
    error: ({ input }) => `is no port${/^\d{1,9}$/.test(String(input)) ? `: ${input}` : ''} (1 to 65535)`,
  })
  .transform(Number);
const PORTS = ['PREVIEW_GRAFANA_PORT', 'PREVIEW_PROMETHEUS_PORT', 'PREVIEW_PAGER_PORT'] as const;
const variables = z.object({
  GRAFANA_URL: baseUrl.optional(),
  GRAFANA_TOKEN: z.string().optional(),
  GRAFANA_USER: z.string().optional(),
  GRAFANA_PASSWORD: z.string().optional(),
  GRAFANA_ORG_ID: z.string().regex(/^\d+$/, 'is no number of an organisation').optional(),
  GRAFANA_CA_FILE: z.string().optional(),
  GITHUB_SHA: z.string().optional(),
  PREVIEW_WEBHOOK_URL: httpUrl.optional(),
  PREVIEW_GRAFANA_PORT: port.default(3000),
  PREVIEW_PROMETHEUS_PORT: port.default(9090),
  PREVIEW_PAGER_PORT: port.default(9096),
  PREVIEW_PROJECT: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/, 'is no name of a Compose project: small letters, digits, - and _')
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
}): ConfigResult {
  const file = options.name === undefined ? '.env' : `.env.${options.name}`;
  const read = readOptional(`${options.directory}/${file}`);
  if (read !== undefined && 'problem' in read) {
    return { problems: [problem('C002', file, read.problem, 'Make it a file that this user can read, or remove it')] };
  }
  const text = read?.text;
  if (text === undefined && options.name !== undefined) {
    return {
      problems: [
        problem('C002', file, 'does not exist', `Create it from .env.example, or leave out --env ${options.name}`),
      ],
    };
  }
  const broken = brokenLines(text ?? '', file);
  if (broken.length > 0) return { problems: broken };
  const merged = { ...parse(text ?? ''), ...options.environment };
  const values = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    // The value itself is never shown: it may be a secret pasted into the wrong variable.
    return {
      problems: parsed.error.issues.map((issue) =>
        problem(
          'C003',
          String(issue.path[0]),
          issue.message,
          `Set it as in .env.example, in the environment or in ${file}`,
        ),
      ),
    };
  }
  const { GRAFANA_URL, GRAFANA_TOKEN, GRAFANA_USER, GRAFANA_PASSWORD, GITHUB_SHA, PREVIEW_WEBHOOK_URL } = parsed.data;
  const wrap = (value: string | undefined) => (value === undefined ? undefined : new Secret(value));
  return {
    config: {
      grafanaUrl: GRAFANA_URL,
      grafanaToken: wrap(GRAFANA_TOKEN),
      grafanaUser: GRAFANA_USER,
      grafanaPassword: wrap(GRAFANA_PASSWORD),
      grafanaOrgId: parsed.data.GRAFANA_ORG_ID,
      grafanaCaFile: parsed.data.GRAFANA_CA_FILE,
      commit: GITHUB_SHA,
      previewWebhook: PREVIEW_WEBHOOK_URL,
      previewPorts: {
        grafana: parsed.data.PREVIEW_GRAFANA_PORT,
        prometheus: parsed.data.PREVIEW_PROMETHEUS_PORT,
        pager: parsed.data.PREVIEW_PAGER_PORT,
      },
      previewProject: parsed.data.PREVIEW_PROJECT,
      prometheusUrl: parsed.data.PROMETHEUS_URL,
      prometheusUser: parsed.data.PROMETHEUS_USER,
      prometheusPassword: wrap(parsed.data.PROMETHEUS_PASSWORD),
      prometheusToken: wrap(parsed.data.PROMETHEUS_TOKEN),
      prometheusTenant: parsed.data.PROMETHEUS_TENANT,
      prometheusCaFile: parsed.data.PROMETHEUS_CA_FILE,
      secret: (name) => wrap(values[name]),
    },
  };
}

function readOptional(path: string): { readonly text: string } | { readonly problem: string } | undefined {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : { problem: `can not be read (${code ?? String(cause)})` };
  }
}

/** dotenv skips what it does not understand; a skipped token would fail later and far from its cause. */
function brokenLines(text: string, file: string): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const lines = text.split(/\r?\n/);
  let quote: { mark: string; line: number } | undefined;
  lines.forEach((line, index) => {
    if (quote !== undefined) {
      if (line.includes(quote.mark)) quote = undefined;
      return;
    }
    if (/^\s*(#.*)?$/.test(line)) return;
    const value = /^\s*(?:export\s+)?[\w.-]+\s*=\s*(.*)$/.exec(line)?.[1];
    if (value === undefined) {
      problems.push(
        problem(
          'C001',
          `${file}, line ${index + 1}`,
          'is no assignment such as NAME=value',
          'Correct the line, or put # before it',
        ),
      );
      return;
    }
    const mark = /^(["'`])/.exec(value)?.[1];
    if (mark !== undefined && !value.slice(1).includes(mark)) quote = { mark, line: index + 1 };
  });
  if (quote !== undefined) {
    problems.push(
      problem(
        'C001',
        `${file}, line ${quote.line}`,
        `opens a quote (${quote.mark}) that is never closed`,
        'Close the quote',
      ),
    );
  }
  return problems;
}

function problem(code: string, subject: string, message: string, remedy: string): Diagnostic {
  return { code, level: 'error', subject, message, remedy };
}
