/** As many names as a line shows; a fleet has hundreds. */
const MOST = 8;

/**
 * Names in a sentence; of many the first, and how many more there are.
 *
 * @example someOf(['a', 'b']) // 'a, b'
 */
export function someOf(names: readonly string[]): string {
  // One more name is as short as `and 1 more`.
  return names.length <= MOST + 1
    ? names.join(', ')
    : `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more`;
}
