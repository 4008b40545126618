import { parse } from 'yaml';
import { z } from 'zod';
import { filesAt, type GitPlace } from '../adapters/git.ts';
import { type ExplainedError, refused } from '../model/explained-error.ts';
import { isJsonObject, type JsonObject, parseJson } from '../model/json.ts';
import { type Resource, specOf } from '../model/resource.ts';
import { parseRenderedRules } from '../replay/index.ts';
import { LIST_FILES, type RenderedFile } from '../report/rendered/files.ts';
import { filesOf, RENDERED_FOLDERS, type RenderedOf } from './rendered-places.ts';

const RENDERED = /^(dashboards\/rendered\/[^/]+\.json|alerts\/rendered\/[^/]+\.yaml)$/;

/**
 * What was built at a commit, from the rendered files that were committed with it. What is as it is rendered now is
 * not parsed: it is the resource of `now`. A fleet of hundreds of services feels that. Kinds that the commit did not
 * render yet are taken to be as they are now, because nothing is known of them.
 *
 * @param now at the paths that they have in a project of one place. @param project the environment that is looked at
 */
export async function readRenderedAt(
  commit: string,
  now: readonly RenderedFile[],
  project: Pick<RenderedOf, 'project' | 'source'>,
  place: GitPlace,
): Promise<readonly Resource[]> {
  const files = filesOf(await filesAt(commit, RENDERED_FOLDERS, place), project);
  const known = new Map(now.map((file) => [file.path, file]));
  const { environment } = project.source;
  // Of an environment that was not there yet everything is known: it had nothing.
  const isNew = files.size === 0 && environment?.alone === false;
  const unknown = [...LIST_FILES.keys()].filter((path) => !isNew && !files.has(path));
  const assumed = unknown.flatMap((path) => known.get(path)?.resources ?? []);
  const read = [...files].flatMap(([path, content]): readonly Resource[] => {
    // What else lies there is not the render's.
    if (!RENDERED.test(path)) return [];
    const same = known.get(path);
    if (same?.content === content) return same.resources;
    if (LIST_FILES.has(path)) return listedIn(path, content);
    return path.endsWith('.json') ? dashboardIn(path, content) : rulesIn(path, content, same);
  });
  return [...read, ...assumed];
}

/** What a file lists, each with the form of its kind. */
function listedIn(path: string, content: string): readonly Resource[] {
  const listed = LIST_FILES.get(path);
  if (listed === undefined) return [];
  const { kind, list, read } = listed;
  return (
    readYaml(z.looseObject({ [list]: z.array(entry) }), path, content)[list]?.map((each) => {
      const resource = { ...read(each as JsonObject), source: path } as Resource;
      if (specOf(kind).problems(resource as unknown as JsonObject).length > 0) throw broken(path);
      return resource;
    }) ?? []
  );
}

const entry = z.looseObject({ uid: z.string() });

function readYaml<T>(schema: z.ZodType<T>, path: string, content: string): T {
  try {
    return schema.parse(parse(content));
  } catch {
    throw broken(path);
  }
}

function broken(path: string): ExplainedError {
  return unreadable(path, 'is not a file of this project: it was cut off or edited');
}

function dashboardIn(path: string, content: string): Resource[] {
  const spec = parseJson(content);
  if (!isJsonObject(spec) || typeof spec['uid'] !== 'string' || !Array.isArray(spec['panels'])) {
    throw unreadable(path, 'is not a rendered dashboard: it was cut off or edited');
  }
  const tags = Array.isArray(spec['tags']) ? spec['tags'].map(String) : [];
  const service = tags.find((tag) => tag.startsWith('service:'))?.slice('service:'.length);
  return [
    {
      kind: 'dashboard',
      uid: spec['uid'],
      title: String(spec['title']),
      folderUid: '',
      source: path,
      spec: spec as JsonObject,
      signalPanels: {},
      ...(service === undefined ? {} : { service }),
    },
  ];
}

function unreadable(path: string, message: string): ExplainedError {
  return refused(
    'C024',
    `--base, ${path}`,
    `cannot be compared with: ${message}`,
    'Give another commit with --base REF, or correct the file there: npm run render',
  );
}

function rulesIn(path: string, content: string, now: RenderedFile | undefined): Resource[] {
  const known = new Map(entriesOf(now?.content ?? '').rules.map((text, index) => [text, now?.resources[index]]));
  const { head, rules } = entriesOf(content);
  const same = rules.flatMap((text) => known.get(text) ?? []);
  const others = rules.filter((text) => known.get(text) === undefined);
  return [...same, ...(others.length === 0 && rules.length > 0 ? [] : parsed(path, `${head}${others.join('')}`))];
}

/** What stands above the rules of a rendered group, and the lines of each. */
function entriesOf(content: string): { readonly head: string; readonly rules: readonly string[] } {
  const [head = '', ...rules] = content.split(/^(?= {2}- )/m);
  return { head, rules };
}

function parsed(path: string, content: string): Resource[] {
  const read = parseRenderedRules(content);
  if ('problem' in read) throw unreadable(path, read.problem);
  return read.rules.map((rule) => ({
    kind: 'rule',
    uid: rule.uid,
    title: rule.alert,
    folderUid: '',
    source: path,
    rule,
    ...(rule.labels['service'] === undefined ? {} : { service: rule.labels['service'] }),
  }));
}
