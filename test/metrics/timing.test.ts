import { describe, expect, test } from 'vitest';
import { timingOf } from '../../src/metrics/timing.ts';
import { pageLatency } from '../../src/model/alert-rule.ts';
import type { Duration } from '../../src/model/duration.ts';
import {
  bankServices,
  builtOf,
  dashboardsOf,
  desiredOf,
  panelsOf,
  project,
  ruleOf,
  rulesOf,
} from '../support/world.ts';

const usual = desiredOf();
const at = (scrapeInterval: Duration) => desiredOf(bankServices, { scrapeInterval });

describe('the timing of alerts', () => {
  test.each<[Duration, Duration, number]>([
    ['10s', '2m', 400],
    ['15s', '2m', 400],
    ['30s', '2m', 400],
    ['60s', '4m', 800],
    ['120s', '8m', 1600],
  ])('at %s makes a window of 2m one of %s, and 400 requests in it %i', (scrape, window, count) => {
    expect(timingOf(scrape).window('2m')).toBe(window);
    expect(timingOf(scrape).count(400, '2m')).toBe(count);
    expect(timingOf(scrape).window('30m')).toBe('30m');
  });
});

describe('a project scraped every', () => {
  test.each<Duration>(['10s', '15s', '30s', '60s', '120s'])(
    '%s is valid: no window holds too few scrapes',
    (scrape) => {
      const built = builtOf(bankServices, { scrapeInterval: scrape });
      expect(built.ok ? [] : built.problems.map(({ message }) => message)).toEqual([]);
    },
  );

  test.each<Duration>(['10s', '30s'])('%s has the same expressions as at 15s', (scrape) => {
    expect(rulesOf(at(scrape)).map(({ rule }) => rule.expr)).toEqual(rulesOf(usual).map(({ rule }) => rule.expr));
  });

  test('60s looks at four scrapes, with as many a second as before', () => {
    const expr = ruleOf(at('60s'), 'ServiceErrorRateHigh', 'user-account').expr.replace(/\s/g, '');
    expect(expr).toContain('[4m]))>=800');
    expect(expr).toContain('[5m]))>=5');
    expect(expr).not.toContain('[2m]');
    const degraded = ruleOf(at('60s'), 'ServiceDegradationConfirmed', 'user-account').expr;
    // Series that are younger than the window and three minutes.
    expect(degraded).toContain('offset 7m');
    expect(degraded).not.toMatch(/\[[1-3]m\]/);
  });

  test('60s promises its notifications 45 s later', () => {
    const rule = ruleOf(at('60s'), 'ServiceErrorRateHigh', 'user-account');
    expect(pageLatency(rule, { scrapeInterval: '60s' })).toBe('310s');
    expect(pageLatency(rule, project)).toBe('265s');
  });

  test('60s tells Grafana so in every query of its panels, and draws lines over a lost scrape', () => {
    for (const dashboard of dashboardsOf(at('60s'))) {
      const measured = panelsOf(dashboard).flatMap((panel) => panel.targets ?? []);
      for (const target of measured) expect(target).toMatchObject({ interval: '1m' });
      expect(JSON.stringify(dashboard.spec)).not.toContain('"spanNulls":120000');
    }
    expect(JSON.stringify(dashboardsOf(usual))).not.toContain('"interval"');
  });

  test('three minutes is refused: the last value would often be too old to be found', () => {
    const built = builtOf(bankServices, { scrapeInterval: '3m' });
    expect(built.ok ? [] : built.problems.map(({ code }) => code)).toEqual(['F013']);
  });
});
