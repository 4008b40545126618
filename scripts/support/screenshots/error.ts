/** Why no picture could be taken, and what to do. */
export class ScreenshotError extends Error {
  override readonly name = 'ScreenshotError';
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}
