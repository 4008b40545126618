/** Checks of the environments of a project: what tells their objects apart, and what they add to queries and rules. */
import type { Diagnostic } from '../model/diagnostic.ts';
import { fileNameProblem } from '../model/file-name.ts';
import { groupBy } from '../model/group-by.ts';
import type { Project } from '../model/project.ts';
import { isMark } from '../model/uid.ts';

/** What is looked at of an environment. */
type Stated = Pick<Project, 'mark' | 'matchers' | 'labels'>;

/** It leaves the most of a UID to what people read. */
const LONGEST_MARK = 10;
/** Labels that the engine gives every rule, and those that Grafana does. */
const TAKEN = ['as_code', 'severity', 'signal', 'system', 'team', 'service', 'alertname', 'grafana_folder'];
const MATCHER = /^[A-Za-z_]\w*\s*(=~|!~|!=|=)\s*"(?:[^"\\\n]|\\.)+"$/;

/** All that is wrong with the environments; nothing where there are none. */
export function environmentProblems(environments: Readonly<Record<string, Stated>> = {}): readonly Diagnostic[] {
  const all = Object.entries(environments);
  return [
    ...all.flatMap(([name, stated]) => [
      ...nameProblems(name),
      ...markProblems(name, stated),
      ...matcherProblems(name, stated),
      ...labelProblems(name, stated),
    ]),
    ...sameMarks(all),
  ];
}

/** It is a folder of rendered files, and the end of `.env.<name>`. */
function nameProblems(name: string): Diagnostic[] {
  if (/^[a-z][a-z0-9-]*$/.test(name) && fileNameProblem(name) === undefined) return [];
  return [
    error(
      'F030',
      name,
      'has a name that is not lower-case letters, digits and hyphens',
      'Name it such as production: folders and --env are called so.',
    ),
  ];
}

function markProblems(name: string, { mark }: Stated): Diagnostic[] {
  if (isMark(mark) && mark.length <= LONGEST_MARK) return [];
  return [
    error(
      'F030',
      name,
      `has the mark "${mark}", which is not up to ${LONGEST_MARK} lower-case letters and digits`,
      'Choose one without a hyphen, such as the owner and a short name of the environment: UIDs are taken apart at hyphens.',
    ),
  ];
}

/** Each would take the other's objects for its own, and delete them. */
function sameMarks(all: readonly (readonly [string, Stated])[]): Diagnostic[] {
  return [...groupBy(all, ([, { mark }]) => mark)].flatMap(([mark, [first, ...others]]) =>
    others.map(([name]) =>
      error(
        'F031',
        name,
        `has the mark "${mark}", which is that of ${first?.[0] ?? '?'}`,
        'Give each its own: by it a sync knows what it may change and delete.',
      ),
    ),
  );
}

function matcherProblems(name: string, { matchers = [] }: Stated): Diagnostic[] {
  return matchers
    .filter((matcher) => !MATCHER.test(matcher))
    .map((matcher) =>
      error('F033', name, `has the matcher ${matcher}, which is none`, `Write it such as env="${name}".`),
    );
}

function labelProblems(name: string, { labels = {} }: Stated): Diagnostic[] {
  return Object.entries(labels).flatMap(([label, value]) => {
    const fault = TAKEN.includes(label)
      ? 'which the engine or Grafana sets'
      : !/^[A-Za-z_]\w*$/.test(label)
        ? 'which is not the name of a label'
        : value.trim() === '' || value.includes('{{')
          ? 'whose value is empty or a template'
          : undefined;
    if (fault === undefined) return [];
    return [error('F033', name, `gives rules the label "${label}", ${fault}`, 'Choose another one.')];
  });
}

function error(code: string, name: string, message: string, remedy: string): Diagnostic {
  return { code, level: 'error', file: 'environments.ts', subject: `environment ${name}`, message, remedy };
}
