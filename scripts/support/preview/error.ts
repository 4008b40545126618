import { EXIT } from '../exit-codes.ts';

/** The preview can not start: what is missing, and the way out. */
export class PreviewError extends Error {
  override readonly name = 'PreviewError';
  readonly exitCode = EXIT.failure;
  readonly code: string;
  readonly remedy: string;

  /** @param detail what the other program said, as it said it. */
  constructor(code: string, message: string, remedy: string, detail = '') {
    super(detail === '' ? message : `${message}:\n${detail.replace(/^/gm, '         ')}`);
    this.code = code;
    this.remedy = remedy;
  }
}
