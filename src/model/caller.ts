import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const OWN_CODE = fileURLToPath(new URL('../', import.meta.url));

/**
 * The file, absolute, whose code called a `define*` function, so that a problem with what was defined names the file
 * to open. Undefined where the stack does not tell. Who loads a project makes it relative to that.
 */
export function callerFile(): string | undefined {
  for (const site of callSites()) {
    const name = site.getFileName();
    if (typeof name !== 'string' || !/^(file:|\/|[A-Za-z]:[\\/])/.test(name)) continue;
    const path = name.startsWith('file:') ? fileURLToPath(name) : name;
    if (!path.startsWith(OWN_CODE)) return path.split(sep).join('/');
  }
  return undefined;
}

/** The stack as data: as text, Node would read the source map of every file in it, for each service and alert anew. */
function callSites(): readonly NodeJS.CallSite[] {
  const prepare = Error.prepareStackTrace;
  try {
    Error.prepareStackTrace = (_, sites) => sites;
    const { stack } = new Error() as { readonly stack?: unknown };
    return Array.isArray(stack) ? stack : [];
  } finally {
    if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepare;
  }
}
