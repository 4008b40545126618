/** Mute timings, as Grafana 12.4 keeps them: by name, with a version that is a hash of what they hold. */
import type { Context, Hono } from 'hono';
import { denied, reply } from './reply.ts';
import type { Account, FakeTiming, Json, State } from './state.ts';

const NEEDED =
  'any of alert.provisioning:write, alert.notifications.provisioning:write, all of alert.notifications:write, alert.provisioning.provenance:write';
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

export function muteTimingRoutes(app: Hono, state: State, accountOf: (context: Context) => Account): void {
  const base = '/api/v1/provisioning/mute-timings';
  const refused = (context: Context, status: number, id: string, message: string) =>
    reply(context, status, { statusCode: status, messageId: `alerting.${id}`, message });
  const conflict = (context: Context) => refused(context, 409, 'notifications.conflict', 'Conflict');
  const provenanceOf = (context: Context) => (context.req.header('x-disable-provenance') === undefined ? 'api' : '');
  const mismatch = (context: Context) =>
    refused(context, 409, 'provenanceMismatch', 'cannot change provenance from the stored one to none');
  const invalid = (context: Context) =>
    refused(
      context,
      400,
      'notifications.time-intervals.invalidFormat',
      'Time interval is in invalid format. Correct the payload and try again.',
    );
  const find = (name: string) => state.muteTimings.find((timing) => timing.name === name);

  app.get(base, (context) => {
    const sorted = [...state.muteTimings].sort((left, right) => (left.name < right.name ? -1 : 1));
    return reply(context, 200, sorted.map(shown));
  });

  app.post(base, async (context) => {
    if (accountOf(context) === 'viewer') return denied(context, NEEDED);
    const sent = await context.req.json<FakeTiming>();
    if (!isValid(sent)) return invalid(context);
    if (find(sent.name) !== undefined) {
      return refused(
        context,
        400,
        'notifications.time-intervals.nameExists',
        'Time interval with this name already exists. Use a different name or update existing one.',
      );
    }
    const made = { name: sent.name, time_intervals: sent.time_intervals, provenance: provenanceOf(context) };
    state.muteTimings.push(made);
    return reply(context, 201, shown(made));
  });

  app.put(`${base}/:name`, async (context) => {
    if (accountOf(context) === 'viewer') return denied(context, NEEDED);
    const sent = await context.req.json<FakeTiming & { version?: string }>();
    const held = find(context.req.param('name') ?? '');
    if (!isValid(sent)) return invalid(context);
    if (held === undefined) return refused(context, 404, 'notifications.time-intervals.notFound', 'Not found');
    const provenance = provenanceOf(context);
    if (held.provenance !== '' && provenance === '') return mismatch(context);
    if (sent.version && sent.version !== versionOf(held)) return conflict(context);
    Object.assign(held, { time_intervals: sent.time_intervals, provenance });
    return reply(context, 202, shown(held));
  });

  app.delete(`${base}/:name`, (context) => {
    if (accountOf(context) === 'viewer') return denied(context, NEEDED);
    const held = find(context.req.param('name') ?? '');
    if (held === undefined) return reply(context, 204, null);
    if (held.provenance !== '' && provenanceOf(context) === '') return mismatch(context);
    if (isUsed(state, held.name))
      return refused(context, 409, 'notifications.time-intervals.used', 'Time interval is used');
    const version = context.req.query('version');
    if (version && version !== versionOf(held)) return conflict(context);
    state.muteTimings.splice(state.muteTimings.indexOf(held), 1);
    return reply(context, 204, null);
  });
}

function shown(timing: FakeTiming): Json {
  const { provenance } = timing;
  const intervals = timing.time_intervals.map((interval) => ({
    ...interval,
    ...Object.fromEntries(
      ['weekdays', 'months', 'days_of_month', 'years']
        .filter((field) => Array.isArray(interval[field]))
        .map((field) => [field, (interval[field] as string[]).map((range) => printed(range, field === 'months'))]),
    ),
  }));
  return {
    name: timing.name,
    time_intervals: intervals,
    version: versionOf(timing),
    ...(provenance === '' ? {} : { provenance }),
  };
}

/** A range as Grafana prints it: months as numbers, one of one as that one. */
function printed(range: string, isMonths: boolean): string {
  const ends = range.split(':').map((end) => (isMonths ? String(numberIn(end, 'months')) : end.toLowerCase()));
  return new Set(ends).size === 1 ? (ends[0] ?? range) : ends.join(':');
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');

function numberIn(end: string, field: string): number {
  if (field === 'weekdays') return DAYS.indexOf(end.toLowerCase());
  const month = MONTHS.indexOf(end.toLowerCase());
  return field === 'months' && month >= 0 ? month + 1 : Number(end);
}

function endsOf(range: string, field: string): [number, number] {
  const [from = Number.NaN, to = from] = range.split(':').map((end) => numberIn(end, field));
  return [from, to];
}

/** As far as Alertmanager refuses it. */
function isValid({ name, time_intervals: intervals }: FakeTiming): boolean {
  return (
    typeof name === 'string' &&
    name !== '' &&
    intervals.every(
      (interval) =>
        ((interval['times'] as { start_time: string; end_time: string }[] | undefined) ?? []).every(
          ({ start_time: from, end_time: to }) => from < to && [from, to].every((each) => /^\d\d:\d\d$/.test(each)),
        ) &&
        ['weekdays', 'months', 'years'].every((field) =>
          ((interval[field] as string[] | undefined) ?? []).every((range) => {
            const [from, to] = endsOf(range, field);
            return from >= 0 && from <= to;
          }),
        ),
    )
  );
}

function isUsed(state: State, name: string): boolean {
  const names = (settings: unknown): boolean => {
    const { mute_time_intervals: muted, active_time_intervals: active } = (settings ?? {}) as Record<string, unknown>;
    return [muted, active].some((list) => Array.isArray(list) && list.includes(name));
  };
  const inTree = (policy: Json): boolean =>
    names(policy) || ((policy['routes'] as Json[] | undefined) ?? []).some(inTree);
  return inTree(state.policies) || [...state.rules.values()].some(({ form }) => names(form['notification_settings']));
}

/** FNV-1 over everything in a row, as Grafana's calculateMuteTimeIntervalFingerprint. */
function versionOf({ name, time_intervals: intervals }: FakeTiming): string {
  let hash = 0xcbf29ce484222325n;
  const write = (bytes: Iterable<number>): void => {
    for (const byte of [...bytes, 255]) hash = ((hash * 0x100000001b3n) & 0xffffffffffffffffn) ^ BigInt(byte);
  };
  const writeNumber = (number: number): void => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(number));
    write(bytes);
  };
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  write(Buffer.from(name));
  for (const interval of intervals) {
    for (const { start_time: from, end_time: to } of (interval['times'] as never[] | undefined) ?? []) {
      writeNumber(minutes(from));
      writeNumber(minutes(to));
    }
    for (const field of ['months', 'days_of_month', 'weekdays', 'years']) {
      for (const range of (interval[field] as string[] | undefined) ?? []) {
        for (const end of endsOf(range, field)) writeNumber(end);
      }
    }
    if (interval['location'] !== undefined) write(Buffer.from(String(interval['location'])));
  }
  return hash.toString(16).padStart(16, '0');
}
