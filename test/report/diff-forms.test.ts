import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { buildDiff } from '../../src/diff/index.ts';
import { renderDiffHtml, renderDiffMarkdown } from '../../src/report/index.ts';
import { BASE, before, compared, type Panel, withPanel } from '../support/diffs.ts';
import { aService, bankServices, desiredOf, foundBy } from '../support/world.ts';

describe('a comment that would be too long', () => {
  const many = buildDiff(
    before,
    compared(
      desiredOf([
        ...Array.from({ length: 12 }, (_, index) => aService({ id: `new-${index}` })),
        ...bankServices.map((service) => ({ ...foundBy(service, [`job="${service.id}"`]), team: 'x' })),
      ]),
    ),
    BASE,
  );

  test('is cut to the limit, details first, and says what was cut', () => {
    const whole = renderDiffMarkdown(many);
    for (const limit of [65_536, 20_000, 8000]) {
      const cut = renderDiffMarkdown(many, { limit, fullReport: 'artifact grafana-diff' });
      expect(cut.length).toBeLessThanOrEqual(limit);
      expect(cut).toContain('**Affects paging**');
      if (whole.length > limit)
        expect(cut).toMatch(/_Cut to fit: (\d+ [a-z ]+, )*\d+ [a-z ]+\. The whole report: artifact grafana-diff\._/);
    }
  });

  test('keeps the beginning even where only that fits', () => {
    const cut = renderDiffMarkdown(many, { limit: 600 });
    expect(cut.length).toBeLessThanOrEqual(600);
    expect(cut).toContain('### Grafana changes:');
    expect(cut).toMatch(/_Cut to fit: \d+ changes that affect paging, /);
    expect(cut).toContain('Compared with `origin/main`');
  });
});

describe('the HTML page', () => {
  const page = renderDiffHtml(
    withPanel((panel) => Object.assign(panel, { title: '<script>alert(1)</script>', description: 'x' })),
  );

  test('needs nothing from elsewhere', () => {
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).not.toContain('@import');
  });

  test('has a policy that lets a browser load and run nothing, and take the page’s own style by its hash', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">`,
    );
    expect(page).not.toMatch(/ style=| on\w+=/);
  });

  test('shows titles as text, whatever is in them', () => {
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('draws each panel to scale before and after, and marks what changed', () => {
    expect([...page.matchAll(/<div class="board h104">/g)]).toHaveLength(2);
    expect(page).toContain('.h104{height:1352px}');
    expect(page.match(/<div class="changed /g)).toHaveLength(2);
    expect(page).toMatch(/class="same x12 y\d+ w12 h8"/);
    for (const rule of ['.x12{left:50%}', '.w12{width:50%}', '.h8{height:104px}']) expect(page).toContain(rule);
  });

  test('marks whole numbers in a changed query, not digits of them', () => {
    const changed = withPanel(({ targets }) =>
      targets.splice(1, 1, {
        ...(targets[1] as Panel['targets'][number]),
        expr: (targets[1]?.expr ?? '').replace('0.95', '0.99'),
      }),
    );
    expect(renderDiffHtml(changed)).toContain('<del>0.95</del><ins>0.99</ins>');
  });

  test('follows the reader’s choice of dark or light', () => {
    expect(page).toContain('prefers-color-scheme:dark');
  });
});
