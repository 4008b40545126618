/** Plans: of the code, or one that was saved. */
import { resolve } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { refused } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import { isNoOp, type Plan } from '../model/plan.ts';
import { hasOwnerPrefix, makePlan, planAsDiff, type Target } from '../sync/index.ts';
import { buildProject, contactPointsOf } from './build-project.ts';
import { configuration } from './configuration.ts';
import { inItsGrafana, projectIn } from './environment.ts';
import type { Io } from './io.ts';
import { isTarget, openTarget, secretOptions, type TargetChoice } from './open-target.ts';
import { readPlan, savePlan } from './plan-file.ts';
import { chosenServices } from './services.ts';

export { isNoOp, planAsDiff };

/** What to plan. */
export interface PlanRequest extends TargetChoice {
  readonly env?: string;
  readonly only?: 'dashboards' | 'alerts';
  readonly service?: string;
  readonly maxDeletes?: number;
  readonly overwriteDrift?: boolean;
  /** Keeps the plan in this file. */
  readonly save?: string;
}

/** A plan and what is needed to apply it, or what is wrong with the code. */
export type Planned =
  | { readonly ok: true; readonly target: Target; readonly plan: Plan; readonly because: string }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Reads, builds, checks and plans. @throws ExplainedError where the target cannot be used */
export async function planSync(request: PlanRequest, io: Io): Promise<Planned> {
  const read = configuration(io, request);
  const built = await buildProject(io, { env: request.env, reach: 'outside' });
  if (!built.ok) return built;
  chosenServices(built.catalog.services, request.service);
  const config = inItsGrafana(read, built.source);
  const { target, because } = await openTarget(request, config, built.source, io);
  const { only, service, maxDeletes, overwriteDrift } = request;
  const plan = await makePlan(target, built.desired, {
    scope: { ...(only === undefined ? {} : { only }), ...(service === undefined ? {} : { service }) },
    ...(maxDeletes === undefined ? {} : { maxDeletes }),
    ...(overwriteDrift === true ? { overwriteDrift } : {}),
    ...secretOptions(config, built.project),
  });
  if (request.save !== undefined) await savePlan(resolve(io.cwd, request.save), plan, io.http.secrets);
  return { ok: true, target, plan, because };
}

/** A saved plan and the target it was made for. Nothing is built: what was reviewed is what is applied. */
export async function openSavedPlan(file: string, request: PlanRequest, io: Io): Promise<Planned> {
  const source = await projectIn(io, { env: request.env, reach: 'outside' });
  const { mark } = source.project;
  const plan = readPlan(
    resolve(io.cwd, file),
    contactPointsOf(source).map(({ contactPoint }) => contactPoint),
  );
  const another = plan.changes.find(({ uid }) => !hasOwnerPrefix(mark, uid));
  if (another !== undefined) {
    throw refused(
      'C009',
      file,
      `was made for another environment or owner: it has ${another.kind} ${visible(another.uid)}, and this one's mark is ${mark}`,
      'Use the same --env as for the plan, or make a new one: npm run plan -- --save FILE',
    );
  }
  const config = inItsGrafana(configuration(io, request), source);
  const choice = { ...request, target: request.target ?? plan.target.kind };
  const { target, because } = await openTarget(choice, config, source, io);
  if (!(await isTarget(target, plan.target))) {
    const { kind, name } = target.identity;
    throw refused(
      'C009',
      file,
      `was made for ${plan.target.kind} ${plan.target.name}, and this is ${kind} ${name}`,
      'Use the same GRAFANA_URL, --env and --dir as for the plan, or make a new one: npm run plan -- --save FILE',
    );
  }
  return { ok: true, target, plan, because };
}
