/** What alerting has to make of a trouble, by the rules and limits of the project that it happens in. */
import { SIGNAL_UNITS, type SignalId } from '../../model/signal.ts';
import {
  type MayFire,
  type MustFire,
  type Scenario,
  type ScenarioRule,
  type ScenarioWorld,
  secondsOf,
  type TimeOfDay,
} from '../../scenario/index.ts';
import { firesBetween, later, shiftOf } from './timing.ts';
import { NEAR, SURELY, towardsLimit } from './towards-limit.ts';
import type { Happening, Place } from './usage.ts';

/** A rule that fires. */
export interface Noticed {
  readonly signal: SignalId;
  readonly service: string;
  /** Minutes from its limit being passed to the alert, as measured with the usual timing: at least, at most. */
  readonly after: readonly [number, number];
  /** It has to fire before this, or there is no time left for it: trouble is made longer until it does. */
  readonly before: TimeOfDay;
  readonly untilAtLeast?: TimeOfDay;
  readonly resolvedBy?: TimeOfDay;
  readonly because: string;
}

/** What of a trouble its expectations are made from. */
export interface Noticeable extends Pick<Happening, 'services'> {
  readonly outages?: Scenario['outages'];
  /** Rules that fire, where the project has them and what happens passes their limits. */
  readonly must: readonly Noticed[];
  /** Said aloud where it is true: limits may be such that it is not. */
  readonly never: readonly { readonly signal: SignalId; readonly service?: string; readonly because: string }[];
  readonly resolvedBy?: TimeOfDay;
}

/** Seconds by which the slowest rule is resolved later than usual, in whole minutes. */
export function slowest(world: ScenarioWorld): number {
  const resolved = Math.max(0, ...world.rules.map((rule) => shiftOf(rule, world).resolved));
  return Math.ceil(resolved / 60) * 60;
}

/** An alert that has to fire, and by when there would be no time left for it. */
export type Must = MustFire & { readonly before: TimeOfDay };

/** The alert of something that is to be noticed; none where no rule of the project can. */
export function mustFire(noticed: Noticed, happening: Happening, world: ScenarioWorld): Must[] {
  const { signal, service, after, before, untilAtLeast, resolvedBy, because } = noticed;
  const rule = world.rules.find((one) => one.signal === signal && one.service === service && one.severity !== 'none');
  if (rule === undefined) return [];
  const passed = passedAt(rule, happening, world);
  if (passed === undefined) return [];
  const shift = shiftOf(rule, world);
  const resolved = Math.ceil(shift.resolved / 60) * 60;
  return [
    {
      alert: rule.alert,
      service,
      pages: rule.severity === 'critical',
      between: firesBetween(passed, after, shift),
      before,
      ...(untilAtLeast === undefined ? {} : { untilAtLeast }),
      ...(resolvedBy === undefined ? {} : { resolvedBy: later(resolvedBy, resolved) }),
      because,
    },
  ];
}

/** What alerting has to make of a trouble: what must fire is known, and what else may follows from what happens. */
export function expectations(
  trouble: Noticeable,
  must: readonly Must[],
  happening: Happening,
  world: ScenarioWorld,
): Scenario['expect'] {
  const expected = must.map(({ before: _before, ...one }) => one);
  const others = world.rules.filter(
    (rule) =>
      rule.severity !== 'none' &&
      !expected.some(({ alert, service }) => alert === rule.alert && service === rule.service),
  );
  const touched = touchedBy(trouble, world);
  const times = keyTimes(happening);
  const may = others.filter(
    (rule) => !STANDARD.has(rule.signal) || (touched(rule) && mayFire(rule, happening, times, world)),
  );
  const named = (signal: string, service: string | undefined, rule: ScenarioRule) =>
    rule.signal === signal && (service === undefined || rule.service === service);
  const never = trouble.never.flatMap(({ signal, service, because }) => {
    const rules = world.rules.filter((rule) => named(signal, service, rule));
    const [first] = rules;
    const silent = rules.every((rule) => others.includes(rule) && !may.includes(rule));
    return first === undefined || !silent
      ? []
      : [{ alert: first.alert, ...(service === undefined ? {} : { service }), because }];
  });
  return {
    must: expected,
    may: may.map((rule) => mayFireOf(rule, world)),
    never,
    ...(trouble.resolvedBy === undefined ? {} : { resolvedBy: later(trouble.resolvedBy, slowest(world)) }),
  };
}

const STANDARD: ReadonlySet<string> = new Set(Object.keys(SIGNAL_UNITS));

/** Whom a trouble reaches: the services that it is about, and those that call them. */
function touchedBy(
  { services, outages = [] }: Noticeable,
  { catalog }: ScenarioWorld,
): (rule: ScenarioRule) => boolean {
  const touched = catalog.services
    .filter(
      ({ id, dependencies }) =>
        services[id] !== undefined ||
        dependencies.some((one) => 'service' in one && services[one.service] !== undefined),
    )
    .map(({ id }) => id);
  const names = new Set(touched);
  return ({ service }) => outages.length > 0 || names.has(service);
}

function mayFireOf({ alert, service, signal, severity }: ScenarioRule, { catalog }: ScenarioWorld): MayFire {
  const known = catalog.services.find(({ id }) => id === service);
  const because = STANDARD.has(signal)
    ? `What happens comes near the limit of ${known?.title ?? 'the project'}, too.`
    : 'It is not one of the standard signals: what it makes of this is not stated here.';
  return { alert, service, because, ...(severity === 'critical' ? ({ pages: true } as const) : {}) };
}

/** When the limit of a rule is passed for certain. */
function passedAt(rule: ScenarioRule, happening: Happening, world: ScenarioWorld): number | undefined {
  const towards = towardsOf(rule, happening, world);
  const surely = rule.signal === 'degradation' ? 1 : SURELY;
  if (!keyTimes(happening).some((second) => (towards(second, SURELY) ?? 0) >= surely)) return undefined;
  const passes = (second: number) => (towards(second, 1) ?? 0) >= 1;
  const [from, until] = [secondsOf(happening.from), secondsOf(happening.until)];
  const minute = firstFrom(from, until, 60, passes);
  return minute === undefined ? undefined : firstFrom(Math.max(from, minute - 60), minute, 5, passes);
}

function firstFrom(from: number, until: number, step: number, holds: (second: number) => boolean): number | undefined {
  for (let second = from; second <= until; second += step) if (holds(second)) return second;
  return undefined;
}

function mayFire(rule: ScenarioRule, happening: Happening, times: readonly number[], world: ScenarioWorld): boolean {
  const towards = towardsOf(rule, happening, world);
  const near = rule.signal === 'degradation' ? 1 : NEAR;
  return times.some((second) => (towards(second, NEAR) ?? 0) >= near);
}

function towardsOf(rule: ScenarioRule, happening: Happening, world: ScenarioWorld) {
  const service = world.catalog.services.find(({ id }) => id === rule.service);
  // The project's own rules need a service as little as it has anything to do with them.
  const place = { service: service ?? world.catalog.services[0], happening, world };
  return (second: number, sign: number) =>
    place.service === undefined ? undefined : towardsLimit(place as Place, rule.signal, second, sign);
}

/** The times between which everything changes evenly: extremes are at one of them. */
function keyTimes({ from, until, services, outages }: Happening): readonly number[] {
  const stated = JSON.stringify([from, until, services, outages]).match(/(?<=")\d{1,2}:\d\d(:\d\d)?(?=")/g) ?? [];
  const seconds = [...new Set(stated)].map((time) => secondsOf(time as TimeOfDay));
  return [...new Set(seconds.flatMap((second) => [second - 1, second, second + 1]))];
}
