/** Deployments as marks on the dashboards: `deploymentAnnotations` in src/build shows what carries these tags. */
import { TargetError } from '../../sync/index.ts';
import { type ConnectionOptions, createClient } from './client.ts';
import { paths } from './paths.ts';
import { type Annotation, annotations } from './shapes.ts';

/** A version of a service that went live, or was taken back. */
export interface Deployment {
  readonly service: { readonly id: string; readonly title: string };
  /** @example 'v1.2.3' */
  readonly version: string;
  /** The commit it was built from. */
  readonly sha?: string;
  /** Where to read on: the pipeline's run, or the release. */
  readonly link?: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** What was done: `marked` and `closed` wrote something, the others found it done. */
export interface MarkedDeployment {
  readonly outcome: 'marked' | 'already marked' | 'closed' | 'already closed';
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until?: number;
}

export interface Deployments {
  /** Marks the beginning; does nothing if this version is the last that was marked. */
  mark(deployment: Deployment): Promise<MarkedDeployment>;
  /**
   * Marks the end, which makes the mark a region.
   *
   * @throws TargetError N002 if the version has no mark, N003 if it began later.
   */
  close(deployment: Deployment): Promise<MarkedDeployment>;
  requests(): number;
}

/** Marks of a service that are looked through, the latest first. */
const LIMIT = 100;

/**
 * Opens the marks of a Grafana. They belong to the organisation and to no dashboard; the tags `deployment` and
 * `service:<id>` bring them to the service's dashboard and to the overview.
 *
 * @example await openDeployments({ url, token }).mark({ service, version: 'v1.2.3', at: Date.now() })
 */
export function openDeployments(options: ConnectionOptions): Deployments {
  const client = createClient(options);

  const marksOf = async ({ service }: Deployment): Promise<readonly Annotation[]> => {
    const tags = tagsOf(service.id).map((tag) => `tags=${encodeURIComponent(tag)}`);
    const query = [...tags, 'type=annotation', `limit=${LIMIT}`].join('&');
    const { body } = await client.request('GET', `${paths.annotations}?${query}`);
    const parsed = annotations.safeParse(body);
    if (!parsed.success) {
      throw new TargetError(
        'N004',
        `${client.url} answers ${paths.annotations} in a form that is not known`,
        'Is it a Grafana 12 or later? npm run plan checks that.',
      );
    }
    return [...parsed.data].sort((left, right) => right.time - left.time || right.id - left.id);
  };

  return {
    async mark(deployment) {
      const { at } = deployment;
      // What was deployed after this time is another story.
      const [last] = (await marksOf(deployment)).filter(({ time }) => time <= at);
      if (last !== undefined && isOf(last, deployment) && !isRegion(last)) {
        return { outcome: 'already marked', from: last.time };
      }
      const body = { time: at, tags: allTags(deployment), text: textOf(deployment) };
      await client.request('POST', paths.annotations, { body });
      return { outcome: 'marked', from: at };
    },
    async close(deployment) {
      const { service, version, at } = deployment;
      const own = (await marksOf(deployment)).filter((mark) => isOf(mark, deployment));
      const last = own.find(({ time }) => time < at) ?? own.at(-1);
      if (last === undefined) {
        throw new TargetError(
          'N002',
          `${version} of ${service.id} has no mark that could be closed`,
          `Mark deployments when they happen: npm run annotate -- --service ${service.id} --version ${version}`,
        );
      }
      if (isRegion(last)) return { outcome: 'already closed', from: last.time, until: last.timeEnd };
      if (at <= last.time) {
        throw new TargetError(
          'N003',
          `${version} of ${service.id} can not end before it began, at ${new Date(last.time).toISOString()}`,
          'Give the time of the rollback: --at 2025-12-15T16:00:00Z',
        );
      }
      const { id, time, text, tags } = last;
      // A PUT replaces the whole mark.
      const body = { time, timeEnd: at, tags: tags ?? [], text: `${text}\n${ROLLED_BACK}` };
      await client.request('PUT', paths.annotation(id), { body });
      return { outcome: 'closed', from: time, until: at };
    },
    requests: client.requests,
  };
}

const ROLLED_BACK = 'rolled back';

/** The tags that dashboards look for. */
function tagsOf(service: string): readonly string[] {
  return ['deployment', `service:${service}`];
}

function allTags({ service, version, sha }: Deployment): readonly string[] {
  return [...tagsOf(service.id), `version:${version}`, ...(sha === undefined ? [] : [`sha:${short(sha)}`])];
}

/** The same version, and the same commit where both say one: a tag such as `latest` moves. */
function isOf({ tags }: Annotation, { version, sha }: Deployment): boolean {
  const known = tags?.find((tag) => tag.startsWith('sha:'));
  const sameCommit = sha === undefined || known === undefined || known === `sha:${short(sha)}`;
  return sameCommit && (tags?.includes(`version:${version}`) ?? false);
}

function isRegion({ time, timeEnd }: Annotation): boolean {
  return timeEnd > time;
}

/** Grafana shows the text as HTML, with links. */
function textOf({ service, version, sha, link }: Deployment): string {
  const commit = sha === undefined ? '' : ` (${short(sha)})`;
  const more =
    link === undefined ? '' : `\n<a href="${inHtml(link)}" target="_blank">${inHtml(new URL(link).host)}</a>`;
  return `${inHtml(`${service.title} ${version}${commit}`)}${more}`;
}

function short(sha: string): string {
  return sha.slice(0, 12);
}

function inHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
