import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContactPoint, Integration } from '../../src/model/contact-point.ts';
import type { ContactPointResource } from '../../src/model/resource.ts';
import { isNoTextToGrafana, secretProblems, strangeSecrets } from '../../src/sync/secret-values.ts';

const pagerDuty = (secret = 'PAGERDUTY_KEY'): Integration => ({
  type: 'pagerduty',
  settings: { integrationKey: { secret } },
});
const webhook = (url: string, secret = 'HOOK_TOKEN'): Integration => ({
  type: 'webhook',
  settings: { url, httpMethod: 'POST', authorization_credentials: { secret } },
});
const slack: Integration = { type: 'slack', settings: { url: { secret: 'SLACK_WEBHOOK_URL' } } };
const point = (...integrations: Integration[]): ContactPoint => ({ name: 'bank-on-call', integrations });
const resource = (...integrations: Integration[]): ContactPointResource => ({
  kind: 'contact-point',
  uid: 'bank-on-call',
  title: 'bank-on-call',
  source: 'a file',
  contactPoint: point(...integrations),
});
const codes = (
  points: readonly ContactPoint[],
  values: Record<string, string>,
  target: 'grafana' | 'directory' = 'grafana',
) => secretProblems(points, (name) => values[name], target).map(({ code }) => code);

describe('a secret', () => {
  test.each(['hooks.slack.com/x', 'ftp://x', 'xoxb-123', 'https://', 'https://a b', ''])(
    'that has to be an address and is none (%j) is refused, unseen',
    (value) => {
      const [problem] = secretProblems([point(slack)], () => value, 'grafana');
      expect(problem).toMatchObject({ code: 'C033', message: expect.stringContaining('SLACK_WEBHOOK_URL') });
      if (value.length > 8) expect(JSON.stringify(problem)).not.toContain(value);
    },
  );

  test('with a line break inside is refused', () => {
    expect(codes([point(pagerDuty())], { PAGERDUTY_KEY: 'ab\ncd' })).toEqual(['C033']);
  });

  test('that is not set, or fine, has no problem', () => {
    expect(codes([point(pagerDuty(), slack)], {})).toEqual([]);
    const values = { PAGERDUTY_KEY: '123', SLACK_WEBHOOK_URL: 'https://hooks.slack.com/x' };
    expect(codes([point(pagerDuty(), slack)], values)).toEqual([]);
  });

  test('that no variable can be called is refused', () => {
    for (const name of ['my-key', '1X', 'A B', '', '$X']) expect(codes([point(pagerDuty(name))], {})).toEqual(['C033']);
  });

  test('that this project gets in with is refused', () => {
    for (const name of ['GRAFANA_TOKEN', 'PROMETHEUS_PASSWORD', 'GITHUB_TOKEN'])
      expect(codes([point(pagerDuty(name))], { [name]: 'x' })).toEqual(['C034']);
  });

  test('in several places has its problem once', () => {
    expect(codes([point(pagerDuty(), pagerDuty())], { PAGERDUTY_KEY: '1' }, 'directory')).toEqual(['D015']);
  });
});

describe('what Grafana takes for a number, or for true or false, in a provisioned setting', () => {
  test.each([
    '123',
    '-5',
    '+5',
    '0',
    '007',
    '1e3',
    '1E-3',
    '.5',
    '5.',
    '1.5',
    'true',
    'T',
    'FALSE',
    'f',
    'inf',
    '-Infinity',
    'NaN',
    '0x1p-2',
    '1'.repeat(32),
  ])('is %s', (value) => {
    expect(isNoTextToGrafana(value)).toBe(true);
    expect(codes([point(pagerDuty())], { PAGERDUTY_KEY: value }, 'directory')).toEqual(['D015']);
    expect(codes([point(pagerDuty())], { PAGERDUTY_KEY: value })).toEqual([]);
  });

  test.each([
    '0x1F',
    '1_000',
    '1e999',
    'null',
    '~',
    '2026-01-05',
    'yes',
    'tRUE',
    '12a',
    '1 ',
    'e3',
    '.',
    '- 1',
    '+nan',
    '#a',
    '{a}',
    '*a',
    '1:30',
  ])('is not %s', (value) => expect(isNoTextToGrafana(value)).toBe(false));

  test('is every number that prints', () => {
    fc.assert(fc.property(fc.double(), (number) => isNoTextToGrafana(String(number))));
  });
});

describe('a plan or a backup', () => {
  const code = [point(pagerDuty(), webhook('https://good.example/hook'))];
  test('sends secrets where the code sends them', () => {
    const hook = webhook('https://good.example/hook');
    expect(strangeSecrets([resource(pagerDuty(), { ...hook, digest: 'x' })], code)).toEqual([]);
    expect(strangeSecrets([resource({ type: 'webhook', settings: { url: 'http://preview' } })], code)).toEqual([]);
  });

  test.each([
    ['our own credentials', pagerDuty('GRAFANA_TOKEN'), 'would send GRAFANA_TOKEN'],
    ['a variable that no contact point has', pagerDuty('AWS_SECRET_ACCESS_KEY'), 'would send AWS_SECRET_ACCESS_KEY'],
    ['a secret to another address', webhook('https://evil.example'), 'would send HOOK_TOKEN to another place'],
    [
      'a key as an address',
      { type: 'webhook', settings: { url: { secret: 'PAGERDUTY_KEY' } } } as Integration,
      'to another place',
    ],
    [
      'a secret in another setting',
      { type: 'pagerduty', settings: { class: { secret: 'PAGERDUTY_KEY' } } } as Integration,
      'to another place',
    ],
    [
      'a secret beside another address',
      {
        type: 'pagerduty',
        settings: { integrationKey: { secret: 'PAGERDUTY_KEY' }, url: 'https://evil.example' },
      } as Integration,
      'to another place',
    ],
  ])('that sends %s is refused', (_, integration, message) => {
    expect(strangeSecrets([resource(integration)], code)).toMatchObject([
      { code: 'C034', message: expect.stringContaining(message) },
    ]);
  });

  test('shows names from outside in one line', () => {
    const [problem] = strangeSecrets([resource(pagerDuty('X\n::error::'))], code);
    expect(problem?.message).not.toContain('\n');
  });
});
