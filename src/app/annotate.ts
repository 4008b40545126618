/** From the options of `annotate` to a mark. */

import { deploymentTags } from '../build/index.ts';
import { refused } from '../model/explained-error.ts';
import type { Service } from '../model/service.ts';
import type { Deployment, MarkedDeployment } from '../targets/grafana/deployments.ts';
import { openDeployments } from '../targets/grafana/deployments.ts';
import type { Config } from './config.ts';
import { configuration } from './configuration.ts';
import { inItsGrafana, projectIn } from './environment.ts';
import type { Io } from './io.ts';
import { readMoment } from './moment.ts';
import { serviceNamed } from './services.ts';

/** What the command was asked. */
export interface AnnotateRequest {
  readonly service: string;
  readonly version: string;
  readonly sha?: string;
  readonly link?: string;
  readonly at: string;
  readonly rollback?: true;
  readonly env?: string;
}

/**
 * Marks, or closes a mark. Answers with what was done, in words.
 *
 * @throws ExplainedError for a request that is wrong, and where Grafana cannot be used.
 */
export async function annotate(request: AnnotateRequest, io: Io): Promise<string> {
  const source = await projectIn(io, { env: request.env, reach: 'outside' });
  const own = readDeployment(request, source.services, io.clock.now());
  const deployment = { ...own, tags: deploymentTags(source.project) };
  const marks = openDeployments(connection(inItsGrafana(configuration(io, request), source), io));
  const done = await (request.rollback === true ? marks.close(deployment) : marks.mark(deployment));
  return sentence(deployment, done);
}

/** Clocks are apart by less, in milliseconds. */
const LATEST = 600_000;

/** What this project deploys itself: its marks stand on the overview. */
const DASHBOARDS = { id: 'project', title: 'Dashboards and alerts' } as const;

function readDeployment(
  { service: id, version, sha, link, at }: AnnotateRequest,
  services: readonly Pick<Service, 'id' | 'title'>[],
  now: number,
): Deployment {
  // Only ids and titles are needed here: other facts may be wrong while one deploys.
  const known = services.filter((each) => typeof each?.id === 'string' && typeof each.title === 'string');
  const service = serviceNamed([...known, DASHBOARDS], id);
  if (link !== undefined && !(URL.canParse(link) && /^https?:$/.test(new URL(link).protocol))) {
    throw refused(
      'N001',
      `--link ${link}`,
      'is not an http or https address',
      'Give the address of the run or the release',
    );
  }
  if (version.trim() === '' || /\s/.test(version)) {
    throw refused('N001', `--version "${version}"`, 'is not a version', 'Give it as it was deployed, such as v1.2.3');
  }
  const moment = readMoment('--at', at, now / 1000) * 1000;
  if (moment > now + LATEST) {
    throw refused(
      'N001',
      `--at ${at}`,
      'is in the future',
      'Give the time of the deployment, or leave it out for now.',
    );
  }
  return {
    service: { id, title: service.title },
    version,
    at: moment,
    ...(sha === undefined || sha === '' ? {} : { sha }),
    ...(link === undefined ? {} : { link }),
  };
}

function connection(config: Config, { http }: Io): Parameters<typeof openDeployments>[0] {
  const { grafanaUrl, grafanaToken, grafanaUser, grafanaPassword, grafanaOrgId, grafanaCaFile } = config;
  if (grafanaUrl === undefined) {
    throw refused(
      'N001',
      'GRAFANA_URL',
      'is not set: marks live in a Grafana',
      'Set GRAFANA_URL and GRAFANA_TOKEN in the environment or in .env',
    );
  }
  if (grafanaToken === undefined && (grafanaUser === undefined || grafanaPassword === undefined)) {
    throw refused(
      'N001',
      'GRAFANA_TOKEN',
      'is not set',
      'Set it: in Grafana, Administration, Service accounts, role Editor, Add token',
    );
  }
  return {
    url: grafanaUrl,
    token: grafanaToken,
    user: grafanaUser,
    password: grafanaPassword,
    orgId: grafanaOrgId,
    caFile: grafanaCaFile,
    world: http,
  };
}

function sentence({ service, version }: Deployment, { outcome, from, until }: MarkedDeployment): string {
  const time = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const what = `${service.title} ${version}`;
  switch (outcome) {
    case 'marked':
      return `Marked: ${what}, ${time(from)}`;
    case 'already marked':
      return `Nothing to do: ${what} is marked since ${time(from)}`;
    case 'closed':
      return `Marked as rolled back: ${what}, ${time(from)} to ${time(until ?? from)}`;
    case 'already closed':
      return `Nothing to do: ${what} was rolled back, ${time(from)} to ${time(until ?? from)}`;
    default:
      return outcome satisfies never;
  }
}
