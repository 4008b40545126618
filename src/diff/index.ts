export { applyEdits } from './apply-edits.ts';
export { diffJson } from './diff.ts';
export { meaningsOf } from './meaning.ts';
export { buildDiff } from './report.ts';
export { restartsAlert } from './restarts.ts';
export { undoEdits } from './undo-edits.ts';
