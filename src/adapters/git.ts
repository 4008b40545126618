/** What the project needs of git: versions of rendered files, without a second checkout. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { type ExplainedError, refused } from '../model/explained-error.ts';
import { visible } from '../model/outside-text.ts';
import { withPlainLineEnds } from './files.ts';

/** Where git runs. */
export interface GitPlace {
  /** The project's root. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Git's answer, or what it said instead. */
type Answer = { readonly out: string } | { readonly failure: Failure };
interface Failure {
  /** `ENOENT` where there is no git. */
  readonly code: string;
  readonly said: string;
}

function git(args: readonly string[], { root, environment }: GitPlace): Promise<Answer> {
  const options = { cwd: root, env: inEnglish(environment), maxBuffer: 256 * 1024 ** 2 };
  return new Promise((resolve) => {
    execFile('git', [...args], options, (error, out, said) => {
      resolve(error === null ? { out } : { failure: { code: String(error.code ?? ''), said } });
    });
  });
}

/** Git's reasons are read, so that they have to be in a language that we know. */
function inEnglish(environment: GitPlace['environment']): Record<string, string | undefined> {
  return { ...environment, LC_ALL: 'C', LANGUAGE: '', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
}

/**
 * The commit to compare with: what a ref names, or, without one, where this branch left the main branch.
 *
 * @throws ExplainedError if there is no such commit, with git's own reason.
 */
export async function resolveBase(
  ref: string | undefined,
  mainBranch: string,
  place: GitPlace,
): Promise<{ readonly ref: string; readonly commit: string }> {
  if (ref !== undefined) return resolveCommit(ref, '--base', place);
  for (const candidate of [`origin/${mainBranch}`, mainBranch]) {
    const found = await git(['merge-base', '--end-of-options', 'HEAD', candidate], place);
    if ('out' in found) return { ref: candidate, commit: found.out.trim() };
  }
  throw await noCommit(
    `origin/${mainBranch} or ${mainBranch}`,
    '--base',
    place,
    'Give --base REF, or correct repository.branch in grafana.config.ts',
  );
}

/**
 * The commit that a ref names. A branch that only the remote has is found as well: `main` as `origin/main`.
 *
 * @param flag the option it was given by, for the error
 * @throws ExplainedError if there is none, with git's own reason.
 */
export async function resolveCommit(
  ref: string,
  flag: string,
  place: GitPlace,
): Promise<{ readonly ref: string; readonly commit: string }> {
  for (const candidate of [ref, `origin/${ref}`]) {
    const found = await git(['rev-parse', '--verify', '--end-of-options', `${candidate}^{commit}`], place);
    if ('out' in found) return { ref: candidate, commit: found.out.trim() };
  }
  throw await noCommit(ref, flag, place);
}

/** Why git knows no such commit, and what to do. */
async function noCommit(ref: string, flag: string, place: GitPlace, hint?: string): Promise<ExplainedError> {
  const repository = await git(['rev-parse', '--git-dir'], place);
  if ('failure' in repository) return unusable(flag, repository.failure, place);
  const head = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], place);
  const subject = `${flag} ${visible(ref)}`;
  if ('failure' in head) {
    const any = await git(['rev-list', '--all', '--max-count=1'], place);
    if ('failure' in any || any.out === '')
      return refused('C020', flag, 'needs a commit, and this repository has none yet', 'git add --all && git commit');
  }
  const looked = await git(['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`], place);
  const said = 'failure' in looked ? looked.failure.said : '';
  if (/is ambiguous/.test(said))
    return refused('C020', subject, 'is ambiguous: several objects begin like that', 'Give more of its digits.');
  const shallow = await git(['rev-parse', '--is-shallow-repository'], place);
  const remedy =
    'out' in shallow && shallow.out.trim() === 'true'
      ? 'This clone is shallow: fetch the other commit too (actions/checkout with fetch-depth: 0; git fetch --unshallow).'
      : (hint ?? 'git log --oneline --all shows those that exist.');
  if (said === '' || /Needed a single revision|unknown revision|bad revision|[Nn]ot a valid object/.test(said))
    return refused('C020', subject, 'is not a commit, branch or tag of this repository', remedy);
  return refused('C020', subject, `cannot be read: git says "${reasonIn(said)}"`, remedy);
}

/** Git does not work here at all: its own reason, with its own remedy where it has one. */
function unusable(flag: string, { code, said }: Failure, { root, environment }: GitPlace): ExplainedError {
  if (code === 'ENOENT') return refused('C020', flag, 'needs git, which is not installed', 'Install git.');
  if (/dubious ownership/.test(said)) {
    const command = /git config --global --add safe\.directory .*/.exec(said)?.[0];
    return refused(
      'C020',
      flag,
      'needs the history of this project, and git refuses it because it belongs to another user (dubious ownership)',
      visible(command ?? `git config --global --add safe.directory ${root.replace(/\/$/, '')}`),
    );
  }
  if (/not a git repository/.test(said)) {
    const set = environment['GIT_DIR'];
    return refused(
      'C020',
      flag,
      `needs the history of this project, and it is not a git repository${set === undefined ? '' : `: GIT_DIR is set to ${visible(set)}`}`,
      set === undefined ? 'Clone it with git instead of copying it.' : 'Unset GIT_DIR, or set it right.',
    );
  }
  return refused(
    'C020',
    flag,
    `needs the history of this project, and git says "${reasonIn(said)}"`,
    'Try it: git status',
  );
}

/** The line of git's words that says why. */
function reasonIn(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((each) => /^(fatal|error): /.test(each)) ?? lines.at(-1) ?? 'nothing';
  return visible(line.replace(/^(fatal|error): /, '').slice(0, 300));
}

/**
 * The files below some folders at a commit: path and content, with line ends as we write them.
 *
 * @throws ExplainedError where git cannot give them.
 */
export async function filesAt(
  commit: string,
  folders: readonly string[],
  place: GitPlace,
): Promise<ReadonlyMap<string, string>> {
  const listed = await git(['ls-tree', '-r', '-z', commit, '--', ...folders], place);
  if ('failure' in listed) throw unusable(commit.slice(0, 7), listed.failure, place);
  const entries = listed.out.split('\0').flatMap((line) => {
    const parsed = /^100\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line);
    return parsed === null ? [] : [{ hash: parsed[1] ?? '', path: parsed[2] ?? '' }];
  });
  if (entries.length === 0) return new Map();
  const contents = await catFiles(
    entries.map(({ hash }) => hash),
    commit,
    place,
  );
  return new Map(entries.map(({ path }, index) => [path, contents[index] ?? '']));
}

/**
 * `git cat-file --batch`, one process for all of them. Each answer is a header with the size, the content, and a line
 * break; of what a partial clone lacks, the word "missing".
 */
function catFiles(hashes: readonly string[], commit: string, place: GitPlace): Promise<string[]> {
  const fail = (said: string, code = ''): ExplainedError =>
    unusable(`commit ${commit.slice(0, 7)}`, { code, said }, place);
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['cat-file', '--batch'], { cwd: place.root, env: inEnglish(place.environment) });
    const chunks: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    // It may end before it has read all: why is said by its end.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => reject(fail(error.message, error.code)));
    child.on('close', (code) => {
      if (code !== 0) return reject(fail(said));
      const contents = readBatch(Buffer.concat(chunks));
      return contents === undefined || contents.length !== hashes.length
        ? reject(fail(said === '' ? 'fatal: an object of the commit is missing' : said))
        : resolve(contents);
    });
    child.stdin.end(`${hashes.join('\n')}\n`);
  });
}

function readBatch(all: Buffer): string[] | undefined {
  const contents: string[] = [];
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf(0x0a, at);
    const [, kind, length] = all.subarray(at, end).toString().split(' ');
    if (kind !== 'blob') return undefined;
    const size = Number(length);
    contents.push(withPlainLineEnds(all.subarray(end + 1, end + 1 + size).toString('utf8')));
    at = end + 1 + size + 1;
  }
  return contents;
}

/** The commit that is checked out, short, with `-dirty` for changes that are not in it; `unknown` where git says none. */
export function commitOf(directory: string): string {
  try {
    return execFileSync('git', ['describe', '--always', '--abbrev=12', '--exclude=*', '--dirty'], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
