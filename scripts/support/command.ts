import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { ExplainedError } from '../../src/model/explained-error.ts';

export { refused } from '../../src/model/explained-error.ts';

export class UsageError extends ExplainedError {
  constructor(problems: readonly Diagnostic[]) {
    super({ code: problems[0]?.code ?? '', message: '', remedy: '', kind: 'usage', problems });
  }
}
