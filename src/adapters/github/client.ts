/** GitHub's REST API, or a GitHub Enterprise of your own, over the HTTP client. */

import { z } from 'zod';
import { ExplainedError, refused } from '../../model/explained-error.ts';
import { BUSY, type HttpAnswer, type HttpWorld, openHttp, type Revealed, type ServerName } from '../http/index.ts';

/** Where and as whom. */
export interface GitHubOptions {
  /** Default: `https://api.github.com`. */
  readonly apiUrl?: string | undefined;
  /** @example 'owner/name' */
  readonly repository: string;
  readonly token: Revealed;
  /** PEM file of an authority that Node does not know. */
  readonly caFile?: string | undefined;
  /** Of the command: environment, time, secrets, warnings. */
  readonly world: HttpWorld;
}

/** One repository. */
export interface GitHub {
  /** Of the API. */
  readonly url: string;
  readonly repository: string;
  /** The token is a job's own: what it writes is written by a bot. */
  readonly asJob: boolean;
  /**
   * The JSON of the answer.
   *
   * @throws ExplainedError H001 with the status of the answer, if there was one; 429 where GitHub asks to slow down,
   *   which it does with a 403 too.
   */
  request(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown>;
}

const GITHUB: ServerName = {
  name: 'GitHub',
  addressSetting: 'GITHUB_API_URL',
  caSetting: 'GITHUB_CA_FILE',
  addressHint: 'give the address of the API, such as https://github.example.com/api/v3',
  redirectHint: 'Set GITHUB_REPOSITORY to its new name if it was renamed, or correct GITHUB_API_URL.',
  codes: {
    unreachable: 'H001',
    late: 'H001',
    tls: 'H001',
    redirect: 'H001',
    large: 'H001',
    unreadable: 'H001',
    'web page': 'H001',
  },
};

const said = z.looseObject({ message: z.string() });

/**
 * Opens a repository; nothing is sent yet.
 *
 * Own code over the one client instead of Octokit: of it only two routes and paging by number would be used, and its
 * `fetch` would have to be made of this client again to keep proxy, certificates, deadline and redaction.
 *
 * @throws ExplainedError H002 (usage) for a repository that is not `owner/name`.
 *
 * @example openGitHub({ repository: 'acme/grafana', token, world })
 */
export function openGitHub(options: GitHubOptions): GitHub {
  const { repository, token } = options;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || /(?:^|\/)\.{1,2}(?:\/|$)/.test(repository)) {
    throw refused('H002', 'GITHUB_REPOSITORY', 'is not a repository', 'Set it as owner/name.');
  }
  const http = openHttp({
    server: GITHUB,
    url: options.apiUrl ?? 'https://api.github.com',
    world: options.world,
    credential: { kind: 'bearer', token },
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    caFile: options.caFile,
    isBusy: (answer) => BUSY.has(answer.status) || (answer.status === 403 && 'retry-after' in answer.headers),
    refusal: (what, answer, quote) => {
      const parsed = said.safeParse(answer.body);
      return refusal(what, answer, parsed.success ? quote(parsed.data.message) : '');
    },
  });
  return {
    url: http.url,
    repository,
    asJob: token.reveal().startsWith('ghs_'),
    // A PATCH here sets what it names, and may come again.
    request: async (method, path, body) => (await http.request(method, path, { body, repeat: method !== 'POST' })).body,
  };
}

/** An answer that is not what this API gives. */
export function unknownForm({ url }: GitHub, place: string): ExplainedError {
  return new ExplainedError({
    code: 'H001',
    message: `${url} answers ${place} with something that is not a list of this API`,
    remedy: 'Correct GITHUB_API_URL: it ends before /repos.',
  });
}

function refusal(what: string, { status, headers }: HttpAnswer, text: string): ExplainedError {
  const limited = status === 429 || headers['x-ratelimit-remaining'] === '0' || 'retry-after' in headers;
  return new ExplainedError({
    code: 'H001',
    message: `${what}: GitHub answers ${status}${text === '' ? '' : ` (${text})`}`,
    remedy: remedyFor(status, limited),
    status: limited ? 429 : status,
  });
}

function remedyFor(status: number, limited: boolean): string {
  if (limited) return 'GitHub limits requests: run it again later. The comment is updated, never repeated.';
  if (status === 401) return 'GITHUB_TOKEN is wrong or has expired; give the job ${{ github.token }}.';
  if (status === 403 || status === 404) {
    return 'The job needs "permissions: pull-requests: write" (or issues: write); from a fork it never has them.';
  }
  return 'Run it again; the comment is updated, never repeated.';
}
