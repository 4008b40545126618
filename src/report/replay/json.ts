import {
  type AlertSpan,
  type FiringChange,
  firstFiring,
  formatSecond,
  type Replay,
  type Second,
} from '../../model/replay.ts';
import { jsonDocument } from '../common/escape.ts';
import type { ReplayJson } from './schema.ts';
import { leadOf, totalsOf } from './summary.ts';

/** A document as it is written: nothing changes it any more. */
type Written<T> = T extends readonly (infer Item)[]
  ? readonly Written<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Written<T[Key]> }
    : T;

/** Replays as JSON for other programs. Times are those of the scenario's day. docs/replay.md describes it. */
export function renderReplayJson(
  replays: readonly Replay[],
  against?: { readonly ref: string; readonly commit: string; readonly changes: readonly FiringChange[] },
): string {
  const document: Written<ReplayJson> = {
    format: 'grafana-as-code/replay',
    version: 1,
    holds: replays.every(({ broken }) => broken.length === 0),
    scenarios: replays.map((replay) => {
      const { firstWarning, firstPage, ...counts } = totalsOf(replay);
      return {
        id: replay.scenario.id,
        title: replay.scenario.title,
        day: replay.scenario.day,
        engine: replay.engine,
        rules: replay.rules,
        firstWarning: time(firstWarning),
        firstPage: time(firstPage),
        messages: counts,
        alerts: replay.alerts.map(({ signal: _signal, spans, prometheus, ...alert }) => ({
          ...alert,
          lead: leadOf(replay, firstFiring(spans)) ?? null,
          spans: spans.map(times),
          prometheus: prometheus.map(times),
        })),
        silent: replay.silent,
        notifications: replay.notifications.map((message) => ({ ...message, at: formatSecond(message.at) })),
        broken: replay.broken,
      };
    }),
    ...(against === undefined
      ? {}
      : {
          against: {
            ref: against.ref,
            commit: against.commit,
            changes: against.changes.map((change) => ({
              ...change,
              before: change.before.map(times),
              after: change.after.map(times),
            })),
          },
        }),
  };
  return jsonDocument(document);
}

function time(second: Second | undefined): string | null {
  return second === undefined ? null : formatSecond(second);
}

function times({
  pending,
  firing,
  resolved,
}: AlertSpan): ReplayJson['scenarios'][number]['alerts'][number]['spans'][number] {
  return { pending: time(pending), firing: time(firing), resolved: time(resolved) };
}
