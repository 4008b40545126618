import type { Diagnostic } from '../../model/diagnostic.ts';
import { groupBy } from '../../model/group-by.ts';
import { escapeMarkdown, markdownCode, visibleData, withoutCommands } from './escape.ts';
import { noPaint, type Paint } from './paint.ts';
import { someOf } from './some-of.ts';

/** What several diagnostics say alike is said once, with all their subjects. */
export function distinctDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const alike = groupBy(diagnostics, ({ code, level, file, message, remedy }) =>
    JSON.stringify([code, level, file, message, remedy]),
  );
  return [...alike.values()].flatMap((members) => {
    const subjects = [...new Set(members.map(({ subject }) => subject))];
    return members.slice(0, 1).map((first) => ({ ...first, subject: someOf(subjects) }));
  });
}

/**
 * Diagnostics as people read them: what, where, and what to do next. The same of many is said once.
 *
 * @example renderDiagnostics([diagnostic], { closing: 'Nothing was written.' })
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: { readonly paint?: Paint; readonly closing?: string /** Default: all. */; readonly most?: number } = {},
): string {
  const paint = options.paint ?? noPaint;
  const all = distinctDiagnostics(visibleData(diagnostics));
  const shown = all.slice(0, options.most ?? all.length);
  const blocks = shown.map(({ code, level, file, subject, message, remedy }) => {
    const label = level === 'error' ? paint.remove('error') : paint.warn('warning');
    const place = file === undefined ? '' : `\n       ${file}`;
    return `${label}  ${paint.bold(code)} ${subject} ${message}${place}\n       ${remedy}`;
  });
  const more = all.length - shown.length;
  const closing = [more > 0 ? `${more} more ${more === 1 ? 'problem' : 'problems'}.` : '', options.closing ?? '']
    .filter((part) => part !== '')
    .join(' ');
  return withoutCommands([...blocks, ...(closing === '' ? [] : [closing])].join('\n\n'));
}

/** One failure: its code, what happened, and what to do next. */
export function renderFailure(
  failure: { readonly code: string; readonly message: string; readonly remedy: string },
  paint: Paint = noPaint,
): string {
  const { code, message, remedy } = visibleData({
    code: failure.code,
    message: failure.message,
    remedy: failure.remedy,
  });
  return withoutCommands(`${paint.remove('error')}  ${paint.bold(code)} ${message}\n       ${remedy}`);
}

/** The same as a Markdown list. */
export function renderDiagnosticsMarkdown(diagnostics: readonly Diagnostic[]): string {
  const items = distinctDiagnostics(diagnostics).map(
    ({ code, level, file, subject, message, remedy }) =>
      `- **${level} ${escapeMarkdown(code)}** ${escapeMarkdown(subject)} ${escapeMarkdown(message)}${file === undefined ? '' : ` (${markdownCode(file)})`}. ${escapeMarkdown(remedy)}`,
  );
  return withoutCommands(items.join('\n'));
}
