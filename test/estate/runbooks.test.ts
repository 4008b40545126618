/** The shop's runbooks, as they are committed. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { type Built, buildProject } from '../../src/app/build-project.ts';
import { checkRunbooks } from '../../src/app/check-runbooks.ts';
import { fillRunbooks } from '../../src/app/fill-runbooks.ts';
import { answersOf, INCIDENT_FILE, readIncident } from '../../src/app/incident.ts';
import { readRunbooks } from '../../src/app/runbook-pages.ts';
import { pageSource } from '../../src/app/runbooks.ts';
import { replayScenarios } from '../../src/replay/index.ts';
import type { Incident } from '../../src/scenario/source.ts';
import { REPOSITORY } from '../support/places.ts';
import { replayContext } from '../support/replays.ts';
import { ioOf } from '../support/run.ts';
import { rulesOf } from '../support/world.ts';

let built: Extract<Built, { readonly ok: true }>;
let incident: Incident;

beforeAll(async () => {
  const world = await buildProject(ioOf({}, REPOSITORY));
  if (!world.ok) throw new Error(world.problems.map(({ message }) => message).join('; '));
  built = world;
  if (built.source.incident === undefined) throw new Error('the shop knows no incident');
  incident = built.source.incident;
});

test('are right, and say what the rules say; npm run runbooks brings them up to date', async () => {
  const pages = readRunbooks(REPOSITORY);
  const lookup = readIncident(REPOSITORY, incident);
  const source = { ...built, ...pageSource(built) };
  const { filled, unfillable } = fillRunbooks(pages, source, REPOSITORY, { title: incident.title, lookup });
  expect([...unfillable, ...checkRunbooks(filled, built, REPOSITORY)]).toEqual([]);
  const committed = new Map(pages.map(({ path, text }) => [path, text]));
  expect(filled.filter(({ path, text }) => text !== committed.get(path)).map(({ path }) => path)).toEqual([]);
  expect(rulesOf(built.desired).filter(({ rule }) => lookup(rule) === undefined)).toEqual([]);
  expect(pages.map(({ alert }) => alert).sort()).toEqual([...built.alertNames].sort());
});

test('give the answers of the replay', async () => {
  const { linear } = incident.scenarios;
  if (linear === undefined) throw new Error('the incident has no linear shape');
  const [service] = Object.keys(linear.services);
  // The rules of one service tell whether the file is that of this replay; npm run runbooks -- --replay makes it anew.
  const rules = rulesOf(built.desired).flatMap(({ rule }) => (rule.labels['service'] === service ? [rule] : []));
  const context = { ...(await replayContext()), catalog: built.catalog, project: built.project };
  const { rules: again } = answersOf(incident, rules, await replayScenarios([linear], rules, context));
  const kept = JSON.parse(await readFile(`${REPOSITORY}${INCIDENT_FILE}`, 'utf8')) as {
    rules: Record<string, { answers: { linear: string } }>;
  };
  expect(rules.length).toBeGreaterThan(5);
  for (const { uid } of rules) expect(kept.rules[uid]?.answers.linear).toBe(again[uid]?.answers['linear']);
});
