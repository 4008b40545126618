/** The package's README, relative to the repository's root. */
export const README = 'scripts/package/README.md';

/** The files of the project that it shows, each below its name. */
export function readmeFiles(readme: string): readonly (readonly [name: string, text: string])[] {
  const shown = readme.matchAll(/^\*\*`([^`\n]+)`\*\*[^\n]*\n\n```\w+\n([\s\S]*?)^```$/gm);
  return [...shown].map(([, name = '', text = '']) => [name, text]);
}
