/** A time of the scenario's day, `14:15` or `14:15:30`. Hours past 24 are the next day's: `26:30` is 02:30. */
export type TimeOfDay = `${number}:${number}` | `${number}:${number}:${number}`;

/**
 * Seconds since the scenario's midnight.
 *
 * @example secondsOf('14:15') // 51300
 * @throws RangeError if the text is not such a time: a mistake in a scenario, found when it is first used.
 */
export function secondsOf(time: TimeOfDay): number {
  const [, hours, minutes, seconds = '0'] = /^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$/.exec(time) ?? [];
  if (hours === undefined) throw new RangeError(`"${time}" is not a time of day such as 14:15`);
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** The way back, without seconds where there are none. @example timeOf(51300) // '14:15' */
export function timeOf(seconds: number): TimeOfDay {
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const text = `${two(seconds / 3600)}:${two((seconds % 3600) / 60)}`;
  return (seconds % 60 === 0 ? text : `${text}:${two(seconds % 60)}`) as TimeOfDay;
}
