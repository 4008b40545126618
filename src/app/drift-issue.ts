import { addToSummary, fitted, openGitHubOf, readReport, upsertIssue } from '../adapters/github/index.ts';
import { planDiffers } from '../report/plan/read.ts';
import type { Io } from './io.ts';

const MARK = '<!-- grafana-as-code: drift -->';

/** Keeps one open issue while Grafana differs from the code. Answers with what was done; undefined without a host. */
export async function keepDriftIssue(
  files: { readonly plan: string; readonly report: string },
  { environment, http, cwd, stdout }: Io,
): Promise<string | undefined> {
  const different = planDiffers(readReport('--plan', files.plan, cwd));
  const report = fitted(readReport('--report', files.report, cwd));
  const github = openGitHubOf(http);
  if (github === undefined) {
    await addToSummary(environment, stdout, different ? report : 'Grafana is as in the code.');
    return undefined;
  }
  return upsertIssue(github, MARK, 'Grafana differs from the code', different ? report : undefined);
}
