/** A plan that deletes the objects of a mark that no environment has any more. */
import { refused } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { isMark } from '../model/uid.ts';
import { environmentNames, inEnvironment } from '../project/in-environment.ts';
import type { LoadedProject } from '../project/source.ts';
import { makePlan, type Target } from '../sync/index.ts';
import { configuration } from './configuration.ts';
import { inItsGrafana } from './environment.ts';
import type { Io } from './io.ts';
import { openTarget, secretOptions } from './open-target.ts';

/** What to forget, and where. */
export interface ForgetRequest {
  readonly mark: string;
  /** The system whose objects may go. Default: the project's. Another team's mark is not deleted by a slip. */
  readonly system?: string;
  /** The directory that was synced to. Default: the Grafana of `GRAFANA_URL`. */
  readonly dir?: string;
  /** An environment in whose Grafana they are, or one that is gone and whose `.env.<name>` is still there. */
  readonly env?: string;
  readonly overwriteDrift?: true;
}

/**
 * Plans what deletes all that carries a mark. Nothing else is looked at, and nothing is written.
 *
 * @throws ExplainedError C055 for a mark that is none or that an environment has, C056 where objects of another system have it
 */
export async function openForget(
  request: ForgetRequest,
  io: Io,
): Promise<{ readonly plan: Plan; readonly target: Target }> {
  const { mark, dir, env } = request;
  const loaded = await io.loadProject();
  refuseMarkInUse(mark, loaded);
  const known = env !== undefined && environmentNames(loaded).includes(env);
  const source = inEnvironment(loaded, known ? env : undefined);
  const read = configuration(io, { env });
  const config = known ? inItsGrafana(read, source) : read;
  const project = { ...source.project, mark };
  const choice = {
    target: dir === undefined ? 'grafana' : 'directory',
    ...(dir === undefined ? {} : { dir }),
  } as const;
  const { target } = await openTarget(choice, config, { project, environment: undefined }, io);
  const plan = await makePlan(
    target,
    { resources: [] },
    {
      scope: {},
      // All of it goes, which is what was asked for.
      maxDeletes: Number.MAX_SAFE_INTEGER,
      ...(request.overwriteDrift === true ? { overwriteDrift: true } : {}),
      ...secretOptions(config, project),
    },
  );
  refuseOtherSystems(plan, request, project.system);
  return { plan, target };
}

function refuseMarkInUse(mark: string, loaded: LoadedProject): void {
  const refuse = (message: string, remedy: string) => refused('C055', `--mark ${visible(mark)}`, message, remedy);
  if (!isMark(mark)) {
    throw refuse('is not a mark: lower-case letters and digits', 'The tag as-code:… of a dashboard ends with it.');
  }
  const user = Object.entries(loaded.environments ?? {}).find(([, environment]) => environment.mark === mark);
  const users = user?.[0] ?? (loaded.environments === undefined && loaded.project.owner === mark ? 'this project' : '');
  if (users === '') return;
  throw refuse(
    `is the mark of ${users}, whose objects are in use`,
    'Take the environment out of environments.ts first. What only left the code goes with the next sync.',
  );
}

/** Marks of other projects in the same Grafana are known to nobody here; what is theirs names their system. */
function refuseOtherSystems(plan: Plan, { mark, system }: ForgetRequest, own: string): void {
  const meant = system ?? own;
  const found = plan.changes.flatMap((change) => (change.action === 'delete' ? systemsOf(change.live) : []));
  const others = [...new Set(found.filter((each) => each !== meant))];
  if (others.length === 0) return;
  throw refused(
    'C056',
    `--mark ${mark}`,
    `is on objects of the system ${others.map(visible).join(', ')}, and not of ${visible(meant)} alone`,
    `If they are meant, say so: --system ${visible(others[0] ?? '')}`,
  );
}

function systemsOf(resource: Resource): readonly string[] {
  if (resource.kind === 'rule') return [resource.rule.labels['system'] ?? ''].filter((system) => system !== '');
  const tags = resource.kind === 'dashboard' ? resource.spec['tags'] : undefined;
  return (Array.isArray(tags) ? tags.map(String) : [])
    .filter((tag) => tag.startsWith('system:'))
    .map((tag) => tag.slice('system:'.length));
}
