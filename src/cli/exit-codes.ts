/** What a command's exit code says; the README lists them too. */
export const EXIT = {
  /** All is as wanted. */
  success: 0,
  /** The command found what it looks for: invalid code, a breach, or it failed. */
  failure: 1,
  /** Wrong arguments or configuration; nothing was done. */
  usage: 2,
  /** Grafana refuses access (sync), or there is too little evidence (gate). */
  accessDenied: 3,
  inconclusive: 3,
  /** Partly applied: something failed, was blocked, or was kept because of a hand edit. */
  partial: 4,
  /** Changes are pending, and `--fail-on-change` asked for this exit code. */
  changesPending: 10,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
