/** What `grafana-as-code` says of itself. */
import { readFileSync } from 'node:fs';
import { ENGINE } from '../model/command-form.ts';
import { COMMANDS } from './commands.ts';
import { engineFolder } from './project-root.ts';

/** Every command with what it does. */
export async function helpText(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `Usage: ${ENGINE} <command> [options]`,
    '',
    'It works on the project whose grafana.config.ts is here, or in the nearest folder above.',
    '',
    'Commands:',
    ...commands.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
    '',
    `${ENGINE} <command> --help shows its options.`,
    '',
  ].join('\n');
}

/** The engine's own version. */
export function versionText(): string {
  const { version } = JSON.parse(readFileSync(`${engineFolder()}package.json`, 'utf8')) as { readonly version: string };
  return `${version}\n`;
}
