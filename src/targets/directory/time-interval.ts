import { z } from 'zod';
import { decodeIntervals, encodeIntervals, storedIntervals } from '../../encode/index.ts';
import type { JsonObject } from '../../model/json.ts';
import type { TimeIntervalResource } from '../../model/resource.ts';
import type { DirectoryKind } from './kind.ts';
import { yamlFile } from './yaml.ts';

function timeIntervalsPath(owner: string): string {
  return `grafana/alerting/${owner}-time-intervals.yaml`;
}

/** Grafana calls them mute times here, and expands no variables in them. */
function muteTimes(all: readonly TimeIntervalResource[]): JsonObject {
  return {
    apiVersion: 1,
    muteTimes: all.map(({ timeInterval: { name, intervals } }) => ({
      orgId: 1,
      name,
      time_intervals: encodeIntervals(intervals),
    })),
  };
}

const muteTimesFile = z.looseObject({
  muteTimes: z.array(z.looseObject({ name: z.string(), time_intervals: storedIntervals })),
});

export const timeIntervals: DirectoryKind<'time-interval'> = {
  holds: (path, owner) => path === timeIntervalsPath(owner),
  render: (all, owner) => (all.length === 0 ? [] : [yamlFile(timeIntervalsPath(owner), muteTimes(all), all, owner)]),
  parse: (document, path) =>
    muteTimesFile.parse(document).muteTimes.map(({ name, time_intervals: held }) => {
      const { intervals, rest } = decodeIntervals(held);
      return {
        resource: { kind: 'time-interval', uid: name, title: name, source: path, timeInterval: { name, intervals } },
        ...(rest === undefined ? {} : { unmodelled: rest }),
      };
    }),
  foreign: (document) => {
    const read = muteTimesFile.safeParse(document);
    return read.success ? read.data.muteTimes.map(({ name }) => name) : [];
  },
  // Grafana deletes mute times before it provisions rules: even those of ours that no longer name it are in the way then.
  deletedBy: 'deleteMuteTimes names it',
};
