/** What the project needs of git: versions of rendered files, without a second checkout. */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { refused, type UsageError } from '../../scripts/support/command.ts';
import { ROOT } from '../../scripts/support/root.ts';

const run = promisify(execFile);

async function git(args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', [...args], { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 });
  return stdout;
}

/**
 * The commit to compare with: what a ref names, or, without one, where this branch left the main branch.
 *
 * @throws UsageError if there is no such commit.
 */
export async function resolveBase(
  ref: string | undefined,
  mainBranch: string,
): Promise<{ readonly ref: string; readonly commit: string }> {
  if (ref !== undefined) return { ref, commit: await resolveCommit(ref, '--base') };
  for (const candidate of [`origin/${mainBranch}`, mainBranch]) {
    const commit = await git(['merge-base', 'HEAD', candidate]).catch(() => undefined);
    if (commit !== undefined) return { ref: candidate, commit: commit.trim() };
  }
  throw await noCommit(
    `origin/${mainBranch} or ${mainBranch}`,
    '--base',
    'Give --base REF, or correct repository.branch in src/project.ts',
  );
}

/**
 * The commit that a ref names.
 *
 * @param flag the option it was given by, for the error
 * @throws UsageError if there is none.
 */
export async function resolveCommit(ref: string, flag: string): Promise<string> {
  const commit = await git(['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`]).catch(() => undefined);
  if (commit === undefined) throw await noCommit(ref, flag);
  return commit.trim();
}

/** Why git knows no such commit, and what to do. */
async function noCommit(subject: string, flag: string, hint?: string): Promise<UsageError> {
  const problem = await git(['rev-parse', '--git-dir']).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
  if (problem?.code === 'ENOENT') return refused('C020', flag, 'needs git, which is not installed', 'Install git.');
  if (problem !== undefined) {
    return refused(
      'C020',
      flag,
      'needs the history of this project, and it is no git repository',
      'Clone it with git instead of copying it.',
    );
  }
  const shallow = (await git(['rev-parse', '--is-shallow-repository']).catch(() => '')).trim() === 'true';
  const remedy = shallow
    ? 'This clone is shallow: fetch the other commit too (actions/checkout with fetch-depth: 0).'
    : (hint ?? 'git log --oneline shows those that exist.');
  return refused('C020', `${flag} ${subject}`, 'is no commit, branch or tag of this repository', remedy);
}

/** The files below some folders at a commit: path and content. One process for all of them. */
export async function filesAt(commit: string, folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const listed = await git(['ls-tree', '-r', '-z', commit, '--', ...folders]);
  const entries = listed.split('\0').flatMap((line) => {
    const parsed = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line);
    return parsed === null ? [] : [{ hash: parsed[1] ?? '', path: parsed[2] ?? '' }];
  });
  if (entries.length === 0) return new Map();
  const contents = await catFiles(entries.map(({ hash }) => hash));
  return new Map(entries.map(({ path }, index) => [path, contents[index] ?? '']));
}

/** `git cat-file --batch`: each answer is a header with the size, the content, and a line break. */
function catFiles(hashes: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['cat-file', '--batch'], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => {
      const all = Buffer.concat(chunks);
      const contents: string[] = [];
      let at = 0;
      while (at < all.length) {
        const end = all.indexOf(0x0a, at);
        const size = Number(all.subarray(at, end).toString().split(' ')[2]);
        contents.push(all.subarray(end + 1, end + 1 + size).toString('utf8'));
        at = end + 1 + size + 1;
      }
      resolve(contents);
    });
    child.stdin.end(`${hashes.join('\n')}\n`);
  });
}
