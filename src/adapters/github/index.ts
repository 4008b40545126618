export { openGitHub } from './client.ts';
export { fitted, upsertComment, upsertIssue } from './comments.ts';
export { addToSummary, openGitHubOf, pullRequestOf, readReport } from './runner.ts';
