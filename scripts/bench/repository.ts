/** A copy of the project, with services and an owner of its own: what the bench runs touches nothing of anybody's. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.ts';

/** A repository of this code in a folder of its own. */
export interface BenchRepository {
  readonly owner: string;
  readonly folder: string;
  /** Runs it as this many services with this limit of response time, in seconds. */
  readonly environment: (services: number, limit: number) => Readonly<Record<string, string>>;
  /** Renders that many services and commits what that writes. */
  readonly commit: (services: number, limit: number) => void;
  readonly remove: () => void;
}

/** More services like the user service, as many as there are to be with the project's three. */
const SERVICES = `import { defineService, otel, seconds } from 'grafana-as-code';
import { userService } from './user-service.ts';

const latencyP95 = { above: seconds(Number(process.env['BENCH_LIMIT'])), for: '2m' } as const;
export const more = Array.from({ length: Number(process.env['BENCH_SERVICES']) - 3 }, (_, index) =>
  defineService({
    ...userService,
    id: \`service-\${index}\`,
    title: \`Service \${index}\`,
    metrics: otel({ job: \`shop/service-\${index}\` }),
    thresholds: { latencyP95 },
  }),
);
`;

/** The project's facts, for another owner in another folder. */
function projectOf(owner: string): string {
  return `import own from './own.config.ts';

export default { ...own, owner: '${owner}', folder: { uid: '${owner}-services', title: 'Bench ${owner}' } };
`;
}

/** Copies this code as it stands, uncommitted changes too. @param owner whose everything is */
export function benchRepository(owner: string): BenchRepository {
  const folder = mkdtempSync(join(tmpdir(), 'bench-diff-'));
  for (const name of [
    'alerts',
    'dashboards',
    'scenarios',
    'scripts',
    'services',
    'src',
    'package.json',
    'tsconfig.json',
  ])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'services/more.ts'), SERVICES);
  cpSync(join(ROOT, 'grafana.config.ts'), join(folder, 'own.config.ts'));
  writeFileSync(join(folder, 'grafana.config.ts'), projectOf(owner));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: folder });
  git('init', '--quiet');
  const environment = (services: number, limit: number) => ({
    BENCH_SERVICES: String(services),
    BENCH_LIMIT: String(limit),
  });
  return {
    owner,
    folder,
    environment,
    commit: (services, limit) => {
      execFileSync(process.execPath, ['--import', 'tsx', 'scripts/render.ts'], {
        cwd: folder,
        env: { ...process.env, ...environment(services, limit) },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      git('add', '--all');
      git('commit', '--quiet', '--message', `${services} services`);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
