/** What the replay of the incident says about each rule, kept beside the runbooks so that checking them is quick. */

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import stringify from 'safe-stable-stringify';
import { z } from 'zod';
import { LIMITS, readInputFile, writeFileSafely } from '../adapters/files.ts';
import type { AlertRule } from '../model/alert-rule.ts';
import { parseJson } from '../model/json.ts';
import type { Project } from '../model/project.ts';
import { firstFiring, formatSecond, type Replay, type ReplayedAlert } from '../model/replay.ts';
import type { Catalog } from '../model/service.ts';
import type { IncidentAnswer } from '../report/runbook/facts.ts';
import type { Scenario } from '../scenario/index.ts';
import type { Incident } from '../scenario/source.ts';
import type { Io } from './io.ts';

/** Where the answers are kept, relative to the project. */
export const INCIDENT_FILE = 'alerts/runbooks/incident.json';

const schema = z.strictObject({
  note: z.string(),
  scenarios: z.record(z.string(), z.string()),
  rules: z.record(z.string(), z.strictObject({ rule: z.string(), answers: z.record(z.string(), z.string()) })),
});
type Answers = z.infer<typeof schema>;

/** A rule's answers in the incident; undefined where they are not known. */
export type IncidentLookup = (rule: AlertRule) => readonly IncidentAnswer[] | undefined;

/** The kept answers. Those of rules and scenarios that have changed since are not known. */
export function readIncident(root: string, incident: Incident): IncidentLookup {
  const kept = readAnswers(root);
  return kept === undefined ? () => undefined : lookupIn(kept, incident);
}

function readAnswers(root: string): Answers | undefined {
  const read = readInputFile(`${root}${INCIDENT_FILE}`, LIMITS.small);
  return 'problem' in read ? undefined : schema.safeParse(parseJson(read.text)).data;
}

/**
 * Replays the incident in each of its shapes for some of the rules, and keeps their answers beside those of the others.
 * Rules are evaluated each by itself, so that what is known of one stays true.
 */
export async function replayIncident(
  incident: Incident,
  rules: readonly AlertRule[],
  unknown: readonly AlertRule[],
  context: { readonly catalog: Catalog; readonly project: Project },
  io: Pick<Io, 'root' | 'environment' | 'clock' | 'http'>,
): Promise<IncidentLookup> {
  const [{ replayScenarios }, { openPromtool }] = await Promise.all([
    import('../replay/index.ts'),
    import('../adapters/promtool/index.ts'),
  ]);
  const { root } = io;
  const all = { ...context, processes: availableParallelism(), ...(await openPromtool(io)) };
  const replays = await replayScenarios(Object.values(incident.scenarios), unknown, all);
  const [kept, found] = [readAnswers(root), answersOf(incident, unknown, replays)];
  const known = { ...kept?.rules, ...found.rules };
  const entries = rules.flatMap(({ uid }) => (known[uid] === undefined ? [] : [[uid, known[uid]] as const]));
  const answers = { ...found, rules: Object.fromEntries(entries) };
  await writeFileSafely(`${root}${INCIDENT_FILE}`, `${stringify(answers, undefined, 2)}\n`, { within: root });
  return lookupIn(answers, incident);
}

/** The answers of replays, one for each shape. */
export function answersOf(incident: Incident, rules: readonly AlertRule[], replays: readonly Replay[]): Answers {
  const shapes = Object.entries(incident.scenarios);
  const said = (rule: AlertRule) =>
    shapes.flatMap(([shape, { id }]) => {
      const replay = replays.find(({ scenario }) => scenario.id === id);
      return replay === undefined ? [] : [[shape, answerOf(rule, replay)] as const];
    });
  return {
    note: `Written by the command runbooks: when each rule would have fired (${incident.title}), and of which rule that is true.`,
    scenarios: Object.fromEntries(shapes.map(([shape, scenario]) => [shape, digestOfEvents(scenario)])),
    rules: Object.fromEntries(
      rules.map((rule) => [rule.uid, { rule: evaluated(rule), answers: Object.fromEntries(said(rule)) }]),
    ),
  };
}

function answerOf({ uid }: AlertRule, { alerts, scenario }: Replay): string {
  const fired = alerts
    .flatMap((alert) => {
      const at = alert.uid === uid ? firstFiring(alert.spans) : undefined;
      return at === undefined ? [] : [{ at, alert }];
    })
    .sort((left, right) => left.at - right.at);
  const [first] = fired;
  if (first === undefined) return 'never';
  const page = scenario.events.find((event) => event.page === true)?.at;
  return `${formatSecond(first.at)}${nameOf(first.alert)}${page === undefined ? '' : lead(page - first.at)}`;
}

function nameOf({ series }: ReplayedAlert): string {
  const labels = Object.entries(series).map(([label, value]) => `${label} ${value}`);
  return labels.length === 0 ? '' : ` (${labels.join(', ')})`;
}

function lead(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  return seconds === 0 ? ', as the page of that day' : `, ${minutes} min ${seconds > 0 ? 'before' : 'after'} the page`;
}

function lookupIn({ scenarios, rules }: Answers, incident: Incident): IncidentLookup {
  const shapes = Object.entries(incident.scenarios);
  const fresh = shapes.every(([shape, scenario]) => scenarios[shape] === digestOfEvents(scenario));
  return (rule) => {
    const kept = rules[rule.uid];
    if (!fresh || kept?.rule !== evaluated(rule)) return undefined;
    return shapes.flatMap(([shape]) => {
      const text = kept.answers[shape];
      return text === undefined ? [] : [{ shape, text }];
    });
  };
}

/** A digest of what decides when a rule fires; its texts and receiver do not. */
function evaluated({ expr, comparison, threshold, evaluationInterval, ...rule }: AlertRule): string {
  return digest({ expr, comparison, threshold, evaluationInterval, for: rule.for, noDataState: rule.noDataState });
}

/** A digest of what happens in a scenario; what is expected of the alerts decides nothing. */
function digestOfEvents({ expect: _, ...events }: Scenario): string {
  return digest(events);
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(stringify(value) ?? '')
    .digest('hex')
    .slice(0, 16);
}
