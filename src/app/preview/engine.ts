/** Where the engine itself lies on this machine: the preview's containers run its code. */
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What compose.yaml mounts of the engine, and where its programs are in a container. */
export interface EnginePlaces {
  /** The folder of compose.yaml and of the programs, absolute, with a slash at its end. */
  readonly containers: string;
  /** Values for the variables of compose.yaml. */
  readonly variables: Readonly<
    Record<'PREVIEW_ENGINE' | 'PREVIEW_PACKAGE' | 'PREVIEW_MODULES' | 'PREVIEW_PROGRAMS' | 'PREVIEW_EXTENSION', string>
  >;
}

const PROGRAMS = 'preview/containers';
/** A package that the programs need: where it lies, the others do. */
const NEEDED = 'prom-client';

/**
 * Finds the engine by one of its own modules: in a repository, where its sources lie beside the packages, or installed, where
 * it lies among them.
 *
 * @param module the address of this module. @throws Error if the engine's packages are not installed.
 * @example enginePlaces().variables.PREVIEW_MODULES // '/home/me/acme/node_modules'
 */
export function enginePlaces(module: string = import.meta.url): EnginePlaces {
  const file = realpathSync(fileURLToPath(module));
  // src/app/preview/engine.ts, or the same without src where it is compiled.
  const code = dirname(dirname(dirname(file)));
  const folders = createRequire(file).resolve.paths(NEEDED) ?? [];
  const beside = folders.find((folder) => existsSync(join(folder, NEEDED)));
  if (beside === undefined) throw new Error(`${NEEDED}, which the preview needs, is not installed beside ${code}`);
  const among = outermost(code);
  return {
    containers: `${join(code, PROGRAMS)}/`,
    variables: {
      PREVIEW_ENGINE: code,
      PREVIEW_PACKAGE: packageOf(code),
      PREVIEW_MODULES: among ?? beside,
      PREVIEW_PROGRAMS:
        among === undefined
          ? `engine/${PROGRAMS}`
          : `node_modules/${relative(among, join(code, PROGRAMS)).split(sep).join('/')}`,
      PREVIEW_EXTENSION: file.endsWith('.ts') ? '.ts' : '.js',
    },
  };
}

/** The outermost folder of packages that a file lies in: links between packages stay within it. */
function outermost(path: string): string | undefined {
  const parts = path.split(sep);
  const first = parts.indexOf('node_modules');
  return first === -1 ? undefined : parts.slice(0, first + 1).join(sep);
}

function packageOf(folder: string): string {
  const file = join(folder, 'package.json');
  return existsSync(file) || folder === dirname(folder) ? file : packageOf(dirname(folder));
}
