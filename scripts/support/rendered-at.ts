import type { Compared } from '../../src/diff/index.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { parseRenderedRules } from '../../src/replay/index.ts';
import type { RenderedFile } from '../../src/report/rendered.ts';
import { refused, type UsageError } from './command.ts';
import { filesAt } from './git.ts';

const FOLDERS = ['dashboards/rendered', 'alerts/rendered'];
const RENDERED = /^(dashboards\/rendered\/[^/]+\.json|alerts\/rendered\/[^/]+\.yaml)$/;

/**
 * What was built at a commit, from the rendered files that were committed with it. What is as it is rendered now is
 * not parsed: it is the resource of `now`. A fleet of hundreds of services feels that.
 */
export async function readRenderedAt(commit: string, now: readonly RenderedFile[]): Promise<readonly Compared[]> {
  const files = await filesAt(commit, FOLDERS);
  const known = new Map(now.map((file) => [file.path, file]));
  return [...files].flatMap(([path, content]): readonly Compared[] => {
    // What else lies there is not the render's.
    if (!RENDERED.test(path)) return [];
    const same = known.get(path);
    if (same?.content === content) return same.resources;
    return path.endsWith('.json') ? dashboardIn(path, content) : rulesIn(path, content, same);
  });
}

function dashboardIn(path: string, content: string): Compared[] {
  const spec = parseJson(content);
  if (!isJsonObject(spec) || typeof spec['uid'] !== 'string' || !Array.isArray(spec['panels'])) {
    throw unreadable(path, 'is no rendered dashboard: it was cut off or edited');
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, message: string): UsageError {
  return refused(
    'C024',
    `--base, ${path}`,
    `can not be compared with: ${message}`,
    'Give another commit with --base REF, or correct the file there: npm run render',
  );
}

function rulesIn(path: string, content: string, now: RenderedFile | undefined): Compared[] {
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

function parsed(path: string, content: string): Compared[] {
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
