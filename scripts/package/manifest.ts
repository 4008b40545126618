/** The package's own package.json: what people who install it need, and nothing of this repository. */

/** What is taken from the repository's. */
export interface RepositoryManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  /** Entries, as sources: `{ "./panels": "./src/panels.ts" }`. */
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Loaded only by who asks for it: pictures, and a project's own tests. */
const OPTIONAL = ['playwright-core', 'vitest'];

/** The manifest of what `npm run build` writes. Licence and publishing are their owner's decision: it stays private. */
export function packageManifest(repository: RepositoryManifest): Readonly<Record<string, unknown>> {
  const { name, version, description, license, engines, exports, dependencies, devDependencies } = repository;
  const entries = Object.entries(exports).map(([entry, source]) => {
    const path = source.replace(/^\.\/src\//, './').replace(/\.ts$/, '');
    return [entry, { types: `${path}.d.ts`, default: `${path}.js` }];
  });
  return {
    name,
    version,
    private: true,
    description,
    license,
    type: 'module',
    engines,
    bin: { [name]: './cli/bin.js' },
    exports: { ...Object.fromEntries(entries), './package.json': './package.json' },
    dependencies,
    peerDependencies: Object.fromEntries(OPTIONAL.map((peer) => [peer, `^${devDependencies[peer]}`])),
    peerDependenciesMeta: Object.fromEntries(OPTIONAL.map((peer) => [peer, { optional: true }])),
  };
}
