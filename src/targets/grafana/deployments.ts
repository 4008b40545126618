/** Deployments as marks on the dashboards: `deploymentAnnotations` in src/build shows what carries these tags. */

import { z } from 'zod';
import { ExplainedError } from '../../model/explained-error.ts';
import { type ConnectionOptions, openGrafanaClient } from './client.ts';

const ANNOTATIONS = '/api/annotations';

/** Marks on dashboards. A mark that is not a region ends where it begins. */
const annotations = z.array(
  z.looseObject({
    id: z.number(),
    time: z.number(),
    timeEnd: z.number().default(0),
    text: z.string().default(''),
    tags: z.array(z.string()).nullish(),
  }),
);
type Annotation = z.infer<typeof annotations>[number];

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
  /** Further tags that tell it from deployments of the same service elsewhere. Default: none. @example ['as-code:acmestg'] */
  readonly tags?: readonly string[];
}

/** What was done: `marked` and `closed` wrote something, the others found it done. */
export interface MarkedDeployment {
  readonly outcome: 'marked' | 'already marked' | 'closed' | 'already closed';
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until?: number;
}

export interface Deployments {
  /** Marks the beginning; does nothing if this version is the last that was marked, or was marked at this very time. */
  mark(deployment: Deployment): Promise<MarkedDeployment>;
  /**
   * Marks the end, which makes the mark a region.
   *
   * @throws ExplainedError N002 if the version has no mark, N003 if it began later.
   */
  close(deployment: Deployment): Promise<MarkedDeployment>;
  requests(): number;
}

/** Marks that are looked through, the latest first. */
const LIMIT = 100;

/** Clocks of machines that deploy are apart by less, in milliseconds; a mark so little later is the same deployment. */
const SKEW = 600_000;

/**
 * Opens the marks of a Grafana. They belong to the organisation and to no dashboard; the tags `deployment` and
 * `service:<id>` bring them to the service's dashboard and to the overview.
 *
 * @example await openDeployments({ url, token, world }).mark({ service, version: 'v1.2.3', at: Date.now() })
 */
export function openDeployments(options: ConnectionOptions): Deployments {
  const client = openGrafanaClient(options);

  const find = async (tags: readonly string[], range = ''): Promise<readonly Annotation[]> => {
    const query = [
      ...tags.map((tag) => `tags=${encodeURIComponent(tag)}`),
      'type=annotation',
      `limit=${LIMIT}${range}`,
    ].join('&');
    const { body } = await client.request('GET', `${ANNOTATIONS}?${query}`);
    const parsed = annotations.safeParse(body);
    if (!parsed.success) {
      throw new ExplainedError({
        code: 'N004',
        message: `${client.url} answers ${ANNOTATIONS} in a form that is not known`,
        remedy: 'Is it a Grafana 12 or later? npm run plan checks that.',
      });
    }
    return [...parsed.data].sort((left, right) => right.time - left.time || right.id - left.id);
  };

  return {
    async mark(deployment) {
      const { at } = deployment;
      // What was deployed after this time is another story.
      const found = await find(tagsOf(deployment), `&from=1&to=${at + SKEW}`);
      const last = found.find(({ time }) => time <= at);
      const same = [...found.filter(({ time }) => time > at), ...(last === undefined ? [] : [last])].find(
        (mark) => isOf(mark, deployment) && (!isRegion(mark) || mark.time === at),
      );
      if (same !== undefined) return { outcome: 'already marked', from: same.time };
      const body = { time: at, tags: allTags(deployment), text: textOf(deployment) };
      await client.request('POST', ANNOTATIONS, { body });
      return { outcome: 'marked', from: at };
    },
    async close(deployment) {
      const { service, version, at } = deployment;
      const found = await find([...tagsOf(deployment), versionTag(version)]);
      const own = found.filter((mark) => isOf(mark, deployment));
      const last = own.find(({ time }) => time < at) ?? own.at(-1);
      if (last === undefined) {
        throw new ExplainedError({
          code: 'N002',
          message: `${version} of ${service.id} has no mark that could be closed`,
          remedy: `Mark deployments when they happen: npm run annotate -- --service ${service.id} --version ${version}`,
        });
      }
      if (isRegion(last)) return { outcome: 'already closed', from: last.time, until: last.timeEnd };
      if (at <= last.time) {
        throw new ExplainedError({
          code: 'N003',
          message: `${version} of ${service.id} cannot end before it began, at ${new Date(last.time).toISOString()}`,
          remedy: 'Give the time of the rollback: --at 2026-01-14T16:00:00Z',
        });
      }
      const { id, time, text, tags } = last;
      // A PUT replaces the whole mark.
      const body = { time, timeEnd: at, tags: tags ?? [], text: `${text}\n${ROLLED_BACK}` };
      await client.request('PUT', `${ANNOTATIONS}/${id}`, { body });
      return { outcome: 'closed', from: time, until: at };
    },
    requests: client.requests,
  };
}

const ROLLED_BACK = 'rolled back';

/** The tags that dashboards look for. */
function tagsOf({ service: { id }, tags = [] }: Deployment): readonly string[] {
  return ['deployment', `service:${id}`, ...tags];
}

function allTags(deployment: Deployment): readonly string[] {
  const { version, sha } = deployment;
  return [...tagsOf(deployment), versionTag(version), ...(sha === undefined ? [] : [`sha:${short(sha)}`])];
}

/** Grafana keeps of a tag what stands before a second colon, as in the tag of an image. */
function versionTag(version: string): string {
  return `version:${version.replaceAll('%', '%25').replaceAll(':', '%3A')}`;
}

/** The same version, and the same commit where both say one: a tag such as `latest` moves. */
function isOf({ tags }: Annotation, { version, sha }: Deployment): boolean {
  const known = tags?.find((tag) => tag.startsWith('sha:'));
  const sameCommit = sha === undefined || known === undefined || known === `sha:${short(sha)}`;
  return sameCommit && (tags?.includes(versionTag(version)) ?? false);
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

/** Twelve digits of a commit or of an image's digest. */
function short(sha: string): string {
  return sha.replace(/^[^:]*:/, '').slice(0, 12);
}

function inHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
