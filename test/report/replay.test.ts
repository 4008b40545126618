import { describe, expect, it } from 'vitest';
import type { AlertSpan, FiringChange, Replay, ReplayedAlert } from '../../src/model/replay.ts';
import {
  renderChangesMarkdown,
  renderChangesText,
  renderFiredTable,
  renderReplayJson,
  renderReplayMarkdown,
  renderReplaySvg,
  renderReplayText,
} from '../../src/report/index.ts';

const at = (hours: number, minutes: number) => hours * 3600 + minutes * 60;

function alert(change: Partial<ReplayedAlert>): ReplayedAlert {
  const spans: readonly AlertSpan[] = [{ pending: at(14, 16), firing: at(14, 18), resolved: at(16, 24) }];
  return {
    uid: 'bank-user-account-regression',
    alert: 'ServiceLatencyRegression',
    service: 'user-account',
    severity: 'warning',
    series: {},
    spans,
    prometheus: spans,
    threshold: 3,
    comparison: 'gt',
    unit: 'factor',
    signal: [
      { at: at(14, 0), value: 0 },
      { at: at(14, 20), value: 12 },
    ],
    ...change,
  };
}

const pool = {
  uid: 'bank-user-account-pool',
  alert: 'ServicePoolSaturated',
  severity: 'critical',
  unit: 'ratio',
  threshold: 0.75,
  comparison: 'gte',
} as const;

const replay: Replay = {
  scenario: {
    id: 'incident-linear',
    title: 'Incident <linear> & "quoted"',
    because: 'of the review',
    day: '2026-03-16',
    from: at(11, 30),
    until: at(16, 45),
    events: [
      { at: at(14, 15), title: 'Latency climbs', sign: true },
      { at: at(15, 0), title: 'On-call paged', page: true },
    ],
    assumptions: [],
  },
  engine: 'promtool',
  rules: 37,
  silent: ['ServiceCpuHigh'],
  alerts: [
    alert({}),
    alert({ ...pool, series: { pool: 'a' }, spans: [{ pending: at(14, 21), firing: at(14, 23) }] }),
    alert({ ...pool, series: { pool: 'b' }, spans: [{ pending: at(14, 21), firing: at(14, 23) }] }),
    alert({ uid: 'pending', alert: 'OnlyPending', spans: [{ pending: at(14, 0), resolved: at(14, 1) }] }),
  ],
  notifications: [
    {
      at: at(14, 18) + 30,
      receiver: 'chat',
      severity: 'warning',
      alert: 'ServiceLatencyRegression',
      kind: 'first',
      firing: ['user-account'],
      resolved: [],
    },
    {
      at: at(14, 23) + 10,
      receiver: 'on-call',
      severity: 'critical',
      alert: 'ServicePoolSaturated',
      kind: 'first',
      firing: ['user-account (pool a)', 'user-account (pool b)'],
      resolved: [],
    },
  ],
  broken: [],
};
const bad: Replay = {
  ...replay,
  broken: [
    {
      scenario: 'incident-linear',
      alert: 'ServiceQueryP95High',
      service: 'user-account',
      expected: 'fires between 14:15 and 14:28',
      seen: 'never fires',
      because: 'Names the database.',
    },
  ],
};

describe('a replay as text', () => {
  it('tells of one scenario what fires when, how long before the page of that day, and what never', () => {
    expect(renderReplayText([replay], 2.13).split('\n')).toEqual([
      'Incident <linear> & "quoted"',
      '14:15 Latency climbs · 15:00 On-call paged',
      '',
      '  14:18  warning  ServiceLatencyRegression  user-account         pending 14:16  notified 14:18:30  until 16:24   42 min before the page of that day',
      '  14:23  PAGE     ServicePoolSaturated      user-account (a, b)  pending 14:21  notified 14:23:10  still firing   37 min before',
      '  never  ServiceCpuHigh',
      '',
      'First warning 3 min, first page 8 min after the first sign (was 45). 1 page, 1 warning sent. All expectations hold.  2.1 s',
    ]);
  });

  it('names scenario, alert, expected and seen where an expectation is broken', () => {
    const text = renderReplayText([bad, replay], 5);
    expect(text).toContain('× broken  incident-linear');
    expect(text).toContain(
      'ServiceQueryP95High, user-account: expected fires between 14:15 and 14:28, seen: never fires. Names the database.',
    );
    expect(text).toContain('2 scenarios. 1 expectation is broken.  5.0 s');
  });

  it('is short about silence', () => {
    const quiet = { ...replay, alerts: [], notifications: [] };
    expect(renderReplayText([quiet, quiet], 1)).toContain('✓ ok      incident-linear  Silent.');
  });
});

describe('a replay as Markdown', () => {
  it('has a line for each scenario, and a table of what fired', () => {
    const text = renderReplayMarkdown([bad, replay]);
    expect(text).toContain('### Incident replay: 1 broken expectation\n');
    expect(text).toContain('- **incident-linear** ServiceQueryP95High, user-account: expected');
    expect(text).toContain('| incident-linear | ok | First warning 3 min');
    expect(renderFiredTable(replay)).toContain(
      '| 14:23 | **page** | ServicePoolSaturated | user-account (a, b) | 14:21 | 14:23:10 |  | 37 |',
    );
  });
});

describe('a replay as JSON', () => {
  it('has every span, lead and message, and whether all holds', () => {
    const document = JSON.parse(renderReplayJson([bad])) as {
      holds: boolean;
      scenarios: { firstPage: string; alerts: { lead: number | null; spans: object[] }[]; broken: object[] }[];
    };
    expect(document).toMatchObject({ format: 'grafana-as-code/replay', version: 1, holds: false });
    const [scenario] = document.scenarios;
    expect(scenario).toMatchObject({ firstWarning: '14:18', firstPage: '14:23', messages: { pages: 1, warnings: 1 } });
    expect(scenario?.alerts.map(({ lead }) => lead)).toEqual([42, 37, 37, null]);
    expect(scenario?.alerts[0]?.spans).toEqual([{ pending: '14:16', firing: '14:18', resolved: '16:24' }]);
    expect(scenario?.broken).toHaveLength(1);
  });
});

describe('a replay as a picture', () => {
  const svg = renderReplaySvg(replay);

  it('draws signal, threshold and firing span of every alert that fired, and the events', () => {
    expect(svg.match(/<path /g)).toHaveLength(3);
    expect(svg.match(/stroke-dasharray="4 3"/g)).toHaveLength(3);
    expect(svg.match(/fill-opacity="0.3"/g)?.length).toBe(3 + 2);
    expect(svg).toContain('>15:00 On-call paged</text>');
    expect(svg).toContain('>user-account (pool a)  ≥ 75 %</text>');
    expect(svg).not.toContain('OnlyPending');
  });

  it('is the same every time, escapes what it is given, and says what it shows', () => {
    expect(renderReplaySvg(replay)).toBe(svg);
    expect(svg).toContain('Incident &lt;linear&gt; &amp; &quot;quoted&quot;');
    expect(svg).toContain('aria-label="Incident &lt;linear&gt;');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says so when nothing fired', () => {
    expect(renderReplaySvg({ ...replay, alerts: [] })).toContain('No alert fires.');
  });
});

describe('a comparison with another commit', () => {
  const change = (before: readonly AlertSpan[], after: readonly AlertSpan[]): FiringChange => ({
    scenario: 'incident-linear',
    alert: 'ServiceQueryP95High',
    service: 'user-account',
    series: {},
    severity: 'warning',
    before,
    after,
  });
  const firing = (minute: number, resolved = at(16, 0)): AlertSpan[] => [
    { pending: at(14, minute - 5), firing: at(14, minute), resolved },
  ];

  it.each([
    [firing(27), firing(31), 'fires 4 minutes later (14:31 instead of 14:27)'],
    [firing(27), firing(26), 'fires 1 minute earlier (14:26 instead of 14:27)'],
    [firing(27), [], 'no longer fires (was 14:27)'],
    [[], firing(27), 'fires at 14:27, and did not before'],
    [firing(27), firing(27, at(16, 5)), 'resolves at 16:05 instead of at 16:00'],
  ])('tells what is different', (before, after, told) => {
    expect(renderChangesText([change(before, after)], 'main')).toContain(
      `~ incident-linear: ServiceQueryP95High of user-account ${told}`,
    );
  });

  it('says so when nothing is', () => {
    expect(renderChangesText([], 'main')).toBe('Against main: every alert fires and resolves in the same minute.');
    expect(renderChangesMarkdown([], 'main')).toContain('Against `main`');
  });
});
