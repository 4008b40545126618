/** Writes the pages of alerts/runbooks from what is built, and checks them. */
import type { AlertRule } from '../model/alert-rule.ts';
import { sayCommands } from '../model/command-form.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { refused } from '../model/explained-error.ts';
import type { Incident } from '../scenario/source.ts';
import { type BuiltProject, buildProject } from './build-project.ts';
import { checkRunbooks } from './check-runbooks.ts';
import { fillRunbooks, type PageIncident, unsafePages } from './fill-runbooks.ts';
import { INCIDENT_FILE, readIncident, replayIncident } from './incident.ts';
import type { Io } from './io.ts';
import { readRunbooks, writeRunbook } from './runbook-pages.ts';

/** What became of the pages, or what is wrong with them or with the code. */
export type UpdatedRunbooks =
  | {
      readonly ok: true;
      /** How many there are. */
      readonly pages: number;
      /** Files that were missing or out of date, and are written unless it was a check. */
      readonly stale: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Diagnostic[]; readonly closing: string };

/** No page is wrong where no rule is there to be wrong about. */
const NOTHING: Diagnostic = {
  code: 'T107',
  level: 'error',
  subject: 'the project',
  message: 'has no alert rule, so that no page can be checked',
  remedy: 'Define alerts in alerts/, and a service in services/.',
};

/**
 * Writes the pages from the rules, and checks them. What a team wrote in its own part of a page stays as it is.
 *
 * @param request.check writes nothing. @param request.replay replays the incident even if no rule has changed since.
 * @param request.overwriteEdits lets the engine win over edits of its own part.
 * @throws ExplainedError M010 for `replay` where the project knows no incident
 */
export async function updateRunbooks(
  request: {
    readonly check: boolean;
    readonly replay: boolean;
    readonly overwriteEdits: boolean;
    readonly env?: string | undefined;
  },
  io: Io,
): Promise<UpdatedRunbooks> {
  const built = await buildProject(io, { env: request.env });
  if (!built.ok) return { ...built, closing: 'Nothing was written.' };
  const { incident } = built.source;
  if (request.replay && incident === undefined) {
    throw refused('M010', '--replay', 'has no incident to replay', 'Name one in grafana.config.ts, or leave it out.');
  }
  const rules = rulesOf(built);
  if (rules.length === 0) return { ok: false, problems: [NOTHING], closing: 'Nothing was written.' };
  const there = readRunbooks(io.root);
  const unsafe = unsafePages(there, request.overwriteEdits);
  if (unsafe.length > 0) return { ok: false, problems: unsafe, closing: 'Nothing was written.' };
  const minutes = incident === undefined ? undefined : await minutesOf(incident, built, request, io);
  const { filled, unfillable } = fillRunbooks(there, pageSource(built), io.root, minutes, (text) =>
    sayCommands(text, io.commands),
  );
  const unfilled = there.filter(({ path }) => unfillable.some(({ file }) => file === path));
  const problems = [...unfillable, ...checkRunbooks([...filled, ...unfilled], built, io.root)];
  if (problems.length > 0) return { ok: false, problems, closing: 'No page was written.' };
  const stale = filled.filter(({ text, path }) => text !== there.find((page) => page.path === path)?.text);
  if (!request.check) await Promise.all(stale.map((page) => writeRunbook(io.root, page)));
  const outdated = request.check && minutes?.complete === false ? [INCIDENT_FILE] : [];
  return { ok: true, pages: filled.length, stale: [...outdated, ...stale.map(({ path }) => path)] };
}

/** What pages are filled from, as the project was built. */
export function pageSource({ source, ...built }: BuiltProject) {
  return { ...built, alerts: [...source.alerts.service, ...source.alerts.project] };
}

/** When each rule would have fired in the incident; what is not known is replayed, unless nothing may be written. */
async function minutesOf(
  incident: Incident,
  built: BuiltProject,
  { check, replay }: { readonly check: boolean; readonly replay: boolean },
  io: Io,
): Promise<PageIncident & { readonly complete: boolean }> {
  const rules = rulesOf(built);
  const kept = readIncident(io.root, incident);
  const forgotten = rules.filter((rule) => kept(rule) === undefined);
  const again = check ? [] : replay ? rules : forgotten;
  if (again.length > 0) {
    await io.stderr.write(`Replaying the incident for ${again.length} of ${rules.length} rules\n`);
  }
  const lookup = again.length > 0 ? await replayIncident(incident, rules, again, built, io) : kept;
  return { title: incident.title, lookup, complete: forgotten.length === 0 };
}

function rulesOf({ desired }: BuiltProject): readonly AlertRule[] {
  return desired.resources.flatMap((resource) => (resource.kind === 'rule' ? [resource.rule] : []));
}
