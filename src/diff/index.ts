export { applyEdits } from './apply-edits.ts';
export { diffJson } from './diff.ts';
export { meaningsOf } from './meaning.ts';
export { buildDiff, type Compared } from './report.ts';
