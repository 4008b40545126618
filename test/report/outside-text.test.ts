/** Text from a server, a file, git or a person, in every field of every report, over every format. */
import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderDiagnosticsMarkdown, renderFailure } from '../../src/report/common/diagnostics.ts';
import { renderGateJson, renderGateJunit, renderGateMarkdown, renderGateText } from '../../src/report/gate/gate.ts';
import * as report from '../../src/report/index.ts';
import { renderPoolsJson, renderPoolsMarkdown, renderPoolsText } from '../../src/report/pools/pools.ts';
import { renderYaml } from '../../src/report/rendered/yaml.ts';
import * as all from '../support/reports.ts';

/** What has once made a report do something. */
const TRICKS = [
  ...['\n::add-mask::y', '::error::x', '\n  ::set-output name=a::b', '\u00a0::x::', '##[command]rm', '\r::x::y'],
  ...['\u001b[31m', '\u009b31m', '\u007f', '\u0000', '\b', '\u202e', '\u2066', '\u2028', '\u0085', '\u200e', '\ufeff'],
  ...['@org/team', 'by @user', '.@user', '_@user', 'anna@evil.example', '#123', 'org/repo#1', 'GH-12', ':octocat:'],
  ...['![p](https://evil.example/t.png)', '[a](https://evil.example)', '[ref]: https://evil.example', '[^1]', '[ref]'],
  ...[
    'https://evil.example/x',
    'HTTP://evil.example',
    'www.evil.example',
    'ftp://evil.example',
    '<https://evil.example>',
  ],
  ...[
    '<img src=https://evil.example/x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '</style>',
    '</details>',
    '-->',
  ],
  ...[
    '<!-- grafana-as-code: diff -->',
    '</summary>',
    ']]>',
    '" onload="x',
    "' x='",
    '&lt;img&gt;',
    '&commat;user',
    '&#64;user',
  ],
  ...['| a | b |', '\\|', '\\\\|', '\\', '`', '``', '```', '\n```\n', '~~~', '# heading', '\n# heading', '- item'],
  ...[
    '\n- item',
    '1. item',
    '2) item',
    '> quote',
    '---',
    '\n===',
    '*b*',
    '**',
    '_i_',
    '~~s~~',
    '$x$',
    '$',
    '{{value}}',
  ],
  ...['mailto:a@evil.example', 'javascript:alert(1)', '\ud800', '\ufffe', '\n\n', '\t', '    code', ' ', '', 'plain'],
];
const hostile = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...TRICKS) }, { weight: 1, arbitrary: fc.string() }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''));

type Render = (text: () => string) => string;
const of =
  <R>(subject: R, render: (report: R) => string): Render =>
  (text) =>
    render(all.withText(subject, text));

const TEXT: Readonly<Record<string, Render>> = {
  plan: of(all.plan, (plan) => report.renderPlanText(plan)),
  outcome: of(all.outcome, (outcome) => report.renderOutcome(all.plan, outcome, 1)),
  diff: of(all.diff, (diff) => report.renderDiffText(diff)),
  replay: of(all.replay, (replay) => report.renderReplayText([replay], 1)),
  replays: of(all.replay, (replay) => report.renderReplayText([replay, replay], 1)),
  changes: of(all.firingChanges, (changes) => report.renderChangesText(changes, changes[0]?.alert ?? '')),
  gate: of(all.gate, (gate) => renderGateText(gate)),
  pools: of(all.pools, (pools) => renderPoolsText(pools)),
  diagnostics: of(all.diagnostics, (diagnostics) => report.renderDiagnostics(diagnostics)),
  failure: of(all.diagnostics, ([failure]) => (failure === undefined ? '' : renderFailure(failure))),
};
const MARKDOWN: Readonly<Record<string, Render>> = {
  plan: of(all.plan, report.renderPlanMarkdown),
  diff: of(all.diff, (diff) => report.renderDiffMarkdown(diff)),
  'cut diff': of(all.diff, (diff) => report.renderDiffMarkdown(diff, { limit: 2000 })),
  replay: of(all.replay, (replay) => report.renderReplayMarkdown([replay])),
  changes: of(all.firingChanges, (changes) => report.renderChangesMarkdown(changes, changes[0]?.alert ?? '')),
  gate: of(all.gate, renderGateMarkdown),
  pools: of(all.pools, renderPoolsMarkdown),
  diagnostics: of(all.diagnostics, renderDiagnosticsMarkdown),
};
const MARKUP: Readonly<Record<string, Render>> = {
  'page of a diff': of(all.diff, report.renderDiffHtml),
  'picture of a replay': of(all.replay, report.renderReplaySvg),
  'test report of a gate': of(all.gate, renderGateJunit),
};
const JSON_FORMATS: Readonly<Record<string, Render>> = {
  plan: of(all.plan, (plan) => report.renderPlanJson(plan, all.outcome, 1)),
  outcome: of(all.outcome, (outcome) => report.renderPlanJson(all.plan, outcome, 1)),
  diff: of(all.diff, report.renderDiffJson),
  replay: of(all.replay, (replay) => report.renderReplayJson([replay])),
  gate: of(all.gate, renderGateJson),
  pools: of(all.pools, renderPoolsJson),
};
const YAML = of(all.plan.changes as never, renderYaml);

/** Each field gets another of these texts. */
function inTurn(texts: readonly string[]): () => string {
  let next = 0;
  return () => {
    next += 1;
    return texts[next % texts.length] ?? '';
  };
}

/** C0 but for newlines, C1, DEL, marks of direction, and separators of lines. */
const CONTROLS = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

function expectHarmless(text: string): void {
  expect(text.split('\n').filter((line) => line.trimStart().startsWith('::'))).toEqual([]);
  expect(text).not.toContain('##[');
  expect(text).not.toMatch(CONTROLS);
}

const asHtml = (markdown: string) =>
  micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
/** Elements in their order. A formula's sign has one of its own, and code that is empty has none. */
const tagsOf = (html: string) =>
  [...html.replaceAll('<span>$</span>', '$').matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([tag]) => tag);
const textOf = (html: string) =>
  html
    .replace(/<(code|pre)\b[^>]*>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&amp;', '&');

const runs = { numRuns: 40 };
/** Parsing takes its time. Everything at once is tried in any case. */
const few = { numRuns: 5, examples: [[TRICKS.slice()]] as [string[]][] };
const fewAlike = { numRuns: 5, examples: [[TRICKS.join('')]] as [string][] };
const texts = fc.array(hostile, { minLength: 1, maxLength: 7 });

describe.each(Object.entries(TEXT))('%s as text', (_, render) => {
  test('shows text from outside, and obeys none of it', () => {
    fc.assert(
      fc.property(texts, (some) => {
        expectHarmless(render(inTurn(some)));
      }),
      runs,
    );
  });

  test('has the same lines, whatever the text is', () => {
    const lines = render(() => 'plain').split('\n').length;
    fc.assert(
      fc.property(hostile, (one) => {
        expect(render(() => `x${one}`).split('\n').length).toBe(lines);
      }),
      runs,
    );
  });
});

describe.each(Object.entries(MARKDOWN))('%s as Markdown', (name, render) => {
  test('shows text from outside: no command, mention, reference, image, link or HTML comes of it', () => {
    fc.assert(
      fc.property(texts, (some) => {
        const markdown = render(inTurn(some));
        expectHarmless(markdown);
        const html = asHtml(markdown);
        expect(html).not.toMatch(/<(?:img|a|script|input|iframe|style|svg|form)\b/i);
        const text = textOf(html);
        expect(text).not.toMatch(/[@#][A-Za-z0-9_]/);
        expect(text).not.toMatch(/\bGH-\d|:\/\/|www\./i);
      }),
      // An address whose domain begins with a dot is one for Markdown.
      { ...few, examples: [[['.@.A']], [['a@-b.c']]] },
    );
  });

  test.skipIf(name === 'cut diff')('has the same structure, whatever the text is', () => {
    const structure = tagsOf(asHtml(render(() => 'plain')));
    fc.assert(
      fc.property(hostile, (one) => {
        expect(tagsOf(asHtml(render(() => `${one}x`)))).toEqual(structure);
      }),
      fewAlike,
    );
  });
});

describe.each(Object.entries(MARKUP))('the %s', (_, render) => {
  test('has the same structure, whatever the text is, and nothing in it that could run or load', () => {
    const structure = tagsOf(render(() => 'plain'));
    fc.assert(
      fc.property(hostile, (one) => {
        const markup = render(() => `${one}x`);
        expectHarmless(markup);
        expect(tagsOf(markup)).toEqual(structure);
        expect(markup).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(markup).not.toMatch(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/);
        expect(markup).not.toMatch(/<[a-z][^>]*\s(?:href|src)="(?!#)/i);
        for (const [tag] of markup.matchAll(/<[a-z][^>]*>/gi))
          expect(tag.replace(/"[^"]*"/g, '')).not.toMatch(/\son\w+=|\sstyle=/i);
      }),
      runs,
    );
  });
});

describe.each(Object.entries(JSON_FORMATS))('%s as JSON', (_, render) => {
  test('holds the text as it was, and obeys none of it', () => {
    fc.assert(
      fc.property(hostile, (one) => {
        const json = render(() => one);
        expectHarmless(json);
        expect(JSON.stringify(JSON.parse(json))).toContain(JSON.stringify(one));
      }),
      runs,
    );
  });
});

test('YAML holds the text as it was, and obeys none of it', () => {
  fc.assert(
    fc.property(texts, (some) => {
      const yaml = YAML(inTurn(some));
      expectHarmless(yaml);
      expect(parse(yaml)).toEqual(JSON.parse(JSON.stringify(all.withText(all.plan.changes, inTurn(some)))));
    }),
    runs,
  );
});
