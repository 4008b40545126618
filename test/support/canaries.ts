/** Secrets that are easy to find again: in every variable that holds one, to see that no output does. */
import { expect } from 'vitest';

/** Every variable whose value is a secret, with a value that is in no other text. */
export const CANARIES = {
  GRAFANA_TOKEN: 'glsa_canary-Gt51c2+/x',
  GRAFANA_PASSWORD: 'canary-Gp"51c2<&>',
  PROMETHEUS_TOKEN: 'canary-Pt51c2==x',
  PROMETHEUS_PASSWORD: 'canary-Pp 51c2%7',
  PROMETHEUS_TENANT: 'canary-Tn51c2-key',
  GITHUB_TOKEN: 'ghs_canary-Hb51c2~good',
  PAGERDUTY_KEY: 'canary-Pd51c2-0f0f',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/canary-Sl51c2',
} as const satisfies Readonly<Record<string, string>>;

/** Users whose Basic form is a secret too. */
export const CANARY_USERS = { GRAFANA_USER: 'reader', PROMETHEUS_USER: 'reader' } as const;

/**
 * Fails if a text holds a canary: as it is, its middle, or in base64 at any of the three places of a byte.
 *
 * @param texts all that a command let out: stdout, stderr, files
 *
 * @example
 * const { stdout, stderr } = await run('plan', [], { ...CANARIES, GRAFANA_URL: url });
 * expectNoCanary(stdout, stderr);
 */
export function expectNoCanary(...texts: readonly string[]): void {
  const all = texts.join('\n');
  const readable = [all, ...decodings(all)];
  for (const [name, value] of Object.entries(CANARIES)) {
    const mark = /51c2/.test(value) ? (/canary-\w\w/.exec(value)?.[0] ?? value) : value;
    const found = readable.find((text) => text.includes(mark));
    expect(found === undefined ? undefined : around(found, mark), `${name} is in the output`).toBeUndefined();
  }
}

function around(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return text.slice(Math.max(0, at - 60), at + 60);
}

/** What stands in base64 in a text, whole words of it. */
function decodings(text: string): readonly string[] {
  const words = text.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? [];
  return [
    words
      .flatMap((word) => [0, 1, 2, 3].map((skipped) => Buffer.from(word.slice(skipped), 'base64').toString('latin1')))
      .join('\n'),
    decodeSafely(text),
  ];
}

function decodeSafely(text: string): string {
  return text.replace(/(?:%[\dA-Fa-f]{2})+/g, (code) => {
    try {
      return decodeURIComponent(code);
    } catch {
      return code;
    }
  });
}
