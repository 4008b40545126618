import { differs } from '../../scripts/support/drift.ts';
import { fitted, upsertIssue } from '../../scripts/support/hosting.ts';
import { addToSummary, hostingOf, readReport } from '../../scripts/support/runner.ts';
import type { Io } from './io.ts';

const MARK = '<!-- grafana-as-code: drift -->';

/** Keeps one open issue while Grafana differs from the code. Answers with what was done; undefined without a host. */
export async function keepDriftIssue(
  files: { readonly plan: string; readonly report: string },
  { environment }: Io,
): Promise<string | undefined> {
  const different = differs(await readReport('--plan', files.plan));
  const report = fitted(await readReport('--report', files.report));
  const hosting = hostingOf(environment);
  if (hosting === undefined) {
    await addToSummary(environment, different ? report : 'Grafana is as in the code.');
    return undefined;
  }
  return upsertIssue(hosting, MARK, 'Grafana differs from the code', different ? report : undefined);
}
