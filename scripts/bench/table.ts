/** One measured limit. */
export interface Measured {
  readonly place: string;
  readonly estate: string;
  readonly what: string;
  readonly value: string;
  readonly limit: string;
  readonly holds: boolean;
}

/** The table for docs/performance.md. */
export function renderBench(results: readonly Measured[]): string {
  return [
    '| Grafana | estate | what | measured | limit | |',
    '|---|---|---|---|---|---|',
    ...results.map(
      ({ place, estate, what, value, limit, holds }) =>
        `| ${place} | ${estate} | ${what} | ${value} | ${limit} | ${holds ? 'holds' : '**missed**'} |`,
    ),
  ].join('\n');
}
