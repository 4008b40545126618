/**
 * The known name that is nearest to a mistyped one, if it is near. What names have in common, such as `-service`, makes
 * none of them nearer: `ledger` is not a misspelt `lender`.
 *
 * @example closest('paymints', ['payments', 'ledger']) // 'payments'
 */
export function closest(typed: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, away: distance(typed.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, away }) => away <= nearEnough(typed, candidate))
    .sort((left, right) => left.away - right.away);
  return ranked[0]?.candidate;
}

/** Two letters, a quarter of a long name; less where few letters tell the two names apart at all. */
function nearEnough(typed: string, candidate: string): number {
  const [left, right] = [typed.toLowerCase().split('-'), candidate.toLowerCase().split('-')];
  const own = left.filter((word) => !right.includes(word)).join('-');
  return own.length === 0
    ? typed.length
    : Math.min(Math.max(2, Math.floor(typed.length / 4)), Math.floor(own.length / 2));
}

/** Levenshtein's distance. */
export function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
