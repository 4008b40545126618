import type { CliCommand } from './command.ts';

/** Every command, loaded when it is asked for. */
export const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  validate: async () => (await import('./commands/validate.ts')).validate,
  plan: async () => (await import('./commands/plan.ts')).plan,
  sync: async () => (await import('./commands/sync.ts')).sync,
  render: async () => (await import('./commands/render.ts')).render,
  diff: async () => (await import('./commands/diff.ts')).diff,
  replay: async () => (await import('./commands/replay.ts')).replay,
  runbooks: async () => (await import('./commands/runbooks.ts')).runbooks,
  'new-service': async () => (await import('./commands/new-service.ts')).newService,
  gate: async () => (await import('./commands/gate.ts')).gate,
  pools: async () => (await import('./commands/pools.ts')).pools,
  preview: async () => (await import('./commands/preview.ts')).preview,
  annotate: async () => (await import('./commands/annotate.ts')).annotate,
  restore: async () => (await import('./commands/restore.ts')).restore,
  forget: async () => (await import('./commands/forget.ts')).forget,
  screenshots: async () => (await import('./commands/screenshots.ts')).screenshots,
  comment: async () => (await import('./commands/comment.ts')).comment,
  'drift-issue': async () => (await import('./commands/drift-issue.ts')).driftIssue,
  'setup:promtool': async () => (await import('./commands/setup-promtool.ts')).setupPromtool,
};

/** Their names, as in `npm run NAME`. */
export const commandNames: readonly string[] = Object.keys(COMMANDS);
