/** Builds the package: the engine compiled, with its declarations, and all that it reads at run time. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { commandNames } from '../../src/cli/commands.ts';
import { commandForm, sayCommands } from '../../src/model/command-form.ts';
import { packageManifest, type RepositoryManifest } from './manifest.ts';
import { README } from './readme.ts';

/** Where it is built, relative to the repository's root. */
export const PACKAGE_FOLDER = 'dist/package';

/**
 * Writes the package, in place of what was there. It does not look at types: `npm run check` does.
 *
 * @param root of the repository, with a slash at its end
 * @returns its folder, absolute
 */
export async function buildPackage(root: string): Promise<string> {
  const folder = join(root, PACKAGE_FOLDER);
  await rm(folder, { recursive: true, force: true });
  const compiler = ['node_modules/typescript/bin/tsc', '--project', 'scripts/package/tsconfig.json', '--noCheck'];
  await promisify(execFile)(process.execPath, compiler, { cwd: root });
  const repository = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as RepositoryManifest;
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(packageManifest(repository), undefined, 2)}\n`);
  await copyFile(join(root, README), join(folder, 'README.md'));
  const variables = await readFile(join(root, '.env.example'), 'utf8');
  await writeFile(join(folder, '.env.example'), sayCommands(variables, commandForm(commandNames, {})));
  // What the engine reads at run time, wherever in it that lies.
  const isData = (path: string): boolean => basename(path).includes('.') && !path.endsWith('.ts');
  await cp(join(root, 'src'), folder, {
    recursive: true,
    filter: (path) => !basename(path).includes('.') || isData(path),
  });
  await chmod(join(folder, 'cli/bin.js'), 0o755);
  const missing = entriesOf(packageManifest(repository)).filter((entry) => !existsSync(join(folder, entry)));
  if (missing.length > 0) throw new Error(`The package has no ${missing.join(', ')}`);
  return folder;
}

/** Every file that the manifest names. */
function entriesOf(manifest: Readonly<Record<string, unknown>>): readonly string[] {
  const named = (value: unknown): readonly string[] =>
    typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(named);
  return [manifest['exports'], manifest['bin']].flatMap(named);
}
