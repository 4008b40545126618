export { type ApplyEvent, type ApplyOptions, apply, type Outcome } from './apply.ts';
export { comparable } from './comparable.ts';
export { contentHash } from './content-hash.ts';
export { makePlan } from './make-plan.ts';
export { hasOwnerPrefix } from './ownership.ts';
export { type PlanPolicy, plan } from './plan.ts';
export { withPreviewReceivers } from './preview-receivers.ts';
export { type Backup, parseBackup, parsePlan } from './saved-plan.ts';
export { type Step, type Target, TargetError } from './target.ts';
