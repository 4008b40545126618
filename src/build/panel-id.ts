/**
 * The id of a panel from its key: the same on every machine and in every dashboard, whatever is around it. Links and
 * alerts point to it. Two keys of one dashboard with the same id are refused by validation; rename one.
 *
 * FNV-1a, 32 bit, folded into the positive numbers of 31: an overview of hundreds of services has thousands of panels.
 *
 * @example panelId('latency-quantiles')
 */
export function panelId(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return (hash % 0x7ffffffe) + 1;
}
