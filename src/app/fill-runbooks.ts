/** The pages as they should be: the engine's part written from the project's facts, the team's as it is. */
import { createHash } from 'node:crypto';
import { LIMITS, readInputFile } from '../adapters/files.ts';
import { runbookText } from '../defaults/runbooks/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { groupBy } from '../model/group-by.ts';
import type { RuleResource } from '../model/resource.ts';
import { NEW_PAGE, ownHeadings, partsOf, withGenerated } from '../model/runbook-page.ts';
import { findService } from '../model/service.ts';
import type { SignalId } from '../model/signal.ts';
import { type FactsContext, renderRunbookFacts, withRunbookFacts } from '../report/runbook/facts.ts';
import { renderRunbookText } from '../report/runbook/page.ts';
import type { RunbookPage } from '../validate/runbooks.ts';
import type { IncidentLookup } from './incident.ts';
import { type FactSource, factOf } from './runbook-facts.ts';
import { pathOf } from './runbook-pages.ts';

/** What pages are filled from. */
export interface PageSource extends FactSource {
  /** The alerts that the project has chosen, with or without a rule. */
  readonly alerts: readonly { readonly alert: string; readonly signal: SignalId }[];
}

/** What the pages say of the project's incident. */
export interface PageIncident {
  readonly title: string;
  readonly lookup: IncidentLookup;
}

export interface FilledPages<Page extends RunbookPage> {
  /** Those there are, and one for each alert that had none and that the engine knows a text for. */
  readonly filled: readonly Page[];
  readonly unfillable: readonly Diagnostic[];
}

/**
 * Pages that cannot be written without a loss: nobody can say what is the team's, or somebody has edited what is
 * not. Nothing is written before they are put right.
 *
 * @param overwriteEdits lets the engine win over edits of its part
 */
export function unsafePages(pages: readonly RunbookPage[], overwriteEdits: boolean): readonly Diagnostic[] {
  return pages.flatMap(({ alert, path, text }) => {
    const parts = partsOf(text);
    if (parts.kind === 'generated') {
      const { inside, stamp, line } = parts;
      if (overwriteEdits || inside.trim() === '' || digest(inside) === stamp) return [];
      return [
        {
          code: 'M011',
          level: 'error',
          file: `${path}:${line}`,
          subject: `page ${alert}`,
          message: 'was edited by hand in the part that is generated',
          remedy:
            'Move what you wrote below <!-- /generated -->, then: npm run runbooks -- --overwrite-edits. To change the text itself, take both markers out: the page is yours then.',
        },
      ];
    }
    if (parts.kind === 'own') return [];
    const { line, problem } = parts;
    return [
      {
        code: 'M009',
        level: 'error',
        file: `${path}:${line}`,
        subject: `page ${alert}`,
        message: `has damaged markers: ${problem}`,
        remedy: 'Put them back as they were, once each, or take both out: the page is all yours then.',
      },
    ];
  });
}

/**
 * The pages with what the engine knows written in.
 *
 * @param root where the project's files are: a page links to those there are
 * @param incident undefined where the project knows none
 * @param say names commands as the project calls them. Default: as they are written
 */
export function fillRunbooks<Page extends RunbookPage>(
  pages: readonly Page[],
  built: PageSource,
  root: string,
  incident: PageIncident | undefined,
  say: (text: string) => string = (text) => text,
): FilledPages<Page | RunbookPage> {
  const rules = groupBy(
    built.desired.resources.filter((resource) => resource.kind === 'rule'),
    ({ rule }) => rule.alert,
  );
  const all = { built, context: contextOf(root, incident), lookup: incident?.lookup ?? NOTHING, say };
  const filled: (Page | RunbookPage)[] = [];
  const unfillable: Diagnostic[] = [];
  for (const page of withNewPages(pages, built.alerts)) {
    const text = filledText(page, rules.get(page.alert) ?? [], all);
    if (text !== undefined) filled.push({ ...page, text });
    else if (page.text !== undefined) unfillable.push(withoutPlace(page));
  }
  return { filled, unfillable };
}

interface Surroundings {
  readonly built: PageSource;
  readonly context: FactsContext;
  readonly lookup: IncidentLookup;
  readonly say: (text: string) => string;
}

/** The page's text; undefined where it has no place for facts, or is new and the engine knows no text. */
function filledText(
  page: Maybe<RunbookPage>,
  rules: readonly RuleResource[],
  { built, context, lookup, say }: Surroundings,
): string | undefined {
  const facts = rules.map((resource) => factOf(resource, built, lookup));
  const chosen = built.alerts.find(({ alert }) => alert === page.alert);
  const parts =
    page.text === undefined
      ? ({ kind: 'generated', before: NEW_PAGE.before, after: say(NEW_PAGE.after) } as const)
      : partsOf(page.text);
  if (parts.kind !== 'generated') {
    // That a page is about no alert is said by the checks.
    return withRunbookFacts(page.text ?? '', facts, context, say) ?? (chosen === undefined ? page.text : undefined);
  }
  const services = rules.flatMap(({ service }) =>
    service === undefined ? [] : (findService(built.catalog, service) ?? []),
  );
  const dashboards = built.desired.resources.filter((resource) => resource.kind === 'dashboard');
  const text = chosen === undefined ? undefined : runbookText(chosen, services, { ...built, dashboards });
  if (text === undefined) return page.text;
  const rendered = renderRunbookText(text, {
    title: page.alert,
    facts: renderRunbookFacts(facts, context),
    ownHeadings: ownHeadings(parts),
  });
  return withGenerated(parts, rendered, digest, say);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

const NOTHING: IncidentLookup = () => [];

type Maybe<Page extends RunbookPage> = Omit<Page, 'text'> & { readonly text: string | undefined };

/** The pages there are, and those that are missing, in the order of their names. */
function withNewPages<Page extends RunbookPage>(
  pages: readonly Page[],
  alerts: PageSource['alerts'],
): readonly (Maybe<Page> | Maybe<RunbookPage>)[] {
  const there = new Set(pages.map(({ alert }) => alert));
  const missing = [...new Set(alerts.map(({ alert }) => alert))].filter((alert) => !there.has(alert));
  return [...pages, ...missing.map((alert) => ({ alert, path: pathOf(alert), text: undefined }))].sort((left, right) =>
    left.alert < right.alert ? -1 : 1,
  );
}

/** A project's own page about its replays, as a page beside the alerts links to it. */
function contextOf(root: string, incident: PageIncident | undefined): FactsContext {
  const there = 'text' in readInputFile(`${root}docs/replay.md`, LIMITS.small);
  return { incident: incident?.title, replayPage: there ? '../../docs/replay.md' : undefined };
}

function withoutPlace({ alert, path }: Pick<RunbookPage, 'alert' | 'path'>): Diagnostic {
  return {
    code: 'M007',
    level: 'error',
    file: path,
    subject: `page ${alert}`,
    message: 'has no place, or several, for its facts',
    remedy: 'Write <!-- facts --> and <!-- /facts --> once, on lines of their own, below the first paragraph.',
  };
}
