import { expect, test } from 'vitest';
import { buildDiff } from '../../src/diff/index.ts';
import type { Live } from '../../src/model/plan.ts';
import { seconds } from '../../src/model/quantity.ts';
import type { Desired } from '../../src/model/resource.ts';
import { defaultThresholds } from '../../src/model/service.ts';
import { renderDiffMarkdown, renderDiffText, renderPlanMarkdown, renderPlanText } from '../../src/report/index.ts';
import { plan } from '../../src/sync/index.ts';
import { aService, desiredOf } from '../support/world.ts';

/** Twenty services whose limit of response time is the same. */
function fleet(limit: number): Desired {
  const thresholds = { ...defaultThresholds, latencyP95: { above: seconds(limit), for: '2m' as const } };
  return desiredOf(
    Array.from({ length: 20 }, (_, index) => aService({ id: `s${index}`, title: `S${index}`, thresholds })),
  );
}

const [before, after] = [fleet(2), fleet(1)];
const MANY_SERVICES = 's0, s1, s2, s3, s4, s5, s6, s7 and 12 more';
const MANY_TITLES = 'S0, S1, S2, S3, S4, S5, S6, S7 and 12 more';

function planned(desired: Desired, live: Desired | undefined) {
  const objects = (live?.resources ?? []).map((resource) => {
    const { kind, uid, title } = resource;
    return { kind, uid, title, owned: true, pin: uid, resource };
  });
  const there: Live = { complete: true, objects, repairs: [], notes: [] };
  return plan(desired, there, { kind: 'directory', name: 'test' }, { scope: {}, maxDeletes: 1000 });
}

test('a plan for a fleet names the first of many services and how many more there are', () => {
  const made = planned(after, before);
  for (const text of [renderPlanText(made), renderPlanMarkdown(made)]) {
    expect(text).toContain(`ServiceLatencyP95High, ${MANY_SERVICES}`);
    expect(text).toContain(MANY_TITLES);
  }
  expect(renderPlanText(planned(after, undefined))).toMatch(/create dashboards +System overview, S0, .* and 13 more/);
});

test('a plan tells the same change of many panels of an overview once, with their number', () => {
  const lines = renderPlanText(planned(after, before)).split('\n');
  expect(lines.filter((line) => line.includes('panel "latency p95"'))).toEqual([
    expect.stringMatching(/panel "latency p95" in 20 rows +threshold line 2 s → 1 s$/),
  ]);
});

test('a plan names everything that it deletes, however much it is', () => {
  const text = renderPlanText(planned(desiredOf([]), before));
  for (let index = 0; index < 20; index += 1) expect(text).toMatch(new RegExp(`- delete dashboards .*\\bS${index}\\b`));
});

test('a diff of a fleet names the first of many services and how many more there are', () => {
  const report = buildDiff(before.resources, after.resources, { ref: 'main', commit: '3f2a9c1' });
  expect(renderDiffText(report)).toMatch(
    /! ServiceLatencyP95High, (?:s\d+, ){7}s\d+ and 12 more \(warning: bank-chat\)\n/,
  );
  expect(renderDiffText(report)).toMatch(/~ (?:S\d+, ){7}S\d+ and 12 more \(the same change\)/);
  expect(renderDiffMarkdown(report)).toMatch(
    /\| ServiceLatencyP95High \| (?:s\d+, ){7}s\d+ and 12 more \| warning: bank-chat \|/,
  );
});
