import type { Diagnostic } from '../../model/diagnostic.ts';
import { noPaint, type Paint } from './paint.ts';

/**
 * Diagnostics as people read them: what, where, and what to do next.
 *
 * @example renderDiagnostics([diagnostic], { closing: 'Nothing was written.' })
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: { readonly paint?: Paint; readonly closing?: string /** Default: all. */; readonly most?: number } = {},
): string {
  const paint = options.paint ?? noPaint;
  const shown = diagnostics.slice(0, options.most ?? diagnostics.length);
  const blocks = shown.map(({ code, level, file, subject, message, remedy }) => {
    const label = level === 'error' ? paint.remove('error') : paint.warn('warning');
    const place = file === undefined ? '' : `\n       ${file}`;
    return `${label}  ${paint.bold(code)} ${subject} ${message}${place}\n       ${remedy}`;
  });
  const more = diagnostics.length - shown.length;
  const closing = [more > 0 ? `${more} more ${more === 1 ? 'problem' : 'problems'}.` : '', options.closing ?? '']
    .filter((part) => part !== '')
    .join(' ');
  return [...blocks, ...(closing === '' ? [] : [closing])].join('\n\n');
}

/** The same as a Markdown list. */
export function renderDiagnosticsMarkdown(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(
      ({ code, level, file, subject, message, remedy }) =>
        `- **${level} ${code}** ${subject} ${message}${file === undefined ? '' : ` (\`${file}\`)`}. ${remedy}`,
    )
    .join('\n');
}
