/** Where the rendered files of an environment lie: in a folder of their own, where there are several. */
import type { RenderedFile } from '../report/rendered/files.ts';
import { renderedFiles } from '../report/rendered/files.ts';
import type { BuiltProject } from './build-project.ts';

/** The folders of rendered files, relative to the project. */
export const RENDERED_FOLDERS = ['dashboards/rendered', 'alerts/rendered'] as const;
const PLACE = /^((?:dashboards|alerts)\/rendered)\/(?:([^/]+)\/)?([^/]+)$/;

/** What environment a project was built in, and what its UIDs begin with. */
export type RenderedOf = Pick<BuiltProject, 'desired' | 'project' | 'source'>;

/** The rendered files of a project at their places. */
export function placedFiles({ desired, project, source: { environment } }: RenderedOf): readonly RenderedFile[] {
  const files = renderedFiles(desired, project);
  if (environment === undefined || environment.alone) return files;
  return files.map((file) => ({ ...file, path: file.path.replace(PLACE, `$1/${environment.name}/$3`) }));
}

/**
 * Files of a commit at the paths that they have in a project of one place. Before it had several environments, what is
 * now one of them lay there: its UIDs say so.
 */
export function filesOf(
  all: ReadonlyMap<string, string>,
  { project: { mark }, source: { environment } }: Pick<RenderedOf, 'project' | 'source'>,
): ReadonlyMap<string, string> {
  const places = [...all].map(([path, content]) => ({ path, content, parts: PLACE.exec(path) }));
  const inFolder = (folder: string | undefined) => places.filter(({ parts }) => parts !== null && parts[2] === folder);
  const own = environment === undefined ? [] : inFolder(environment.name);
  if (own.length > 0) return new Map(own.map(({ content, parts }) => [`${parts?.[1]}/${parts?.[3]}`, content]));
  const outer = inFolder(undefined);
  const ours = environment === undefined || outer.some(({ content }) => isOf(mark, content));
  return new Map(ours ? outer.map(({ path, content }) => [path, content]) : []);
}

/** Whether a rendered file holds objects of a mark. */
function isOf(mark: string, content: string): boolean {
  return (
    content.includes(`"uid": "${mark}-`) || content.includes(`uid: ${mark}-`) || content.includes(`uid: "${mark}-`)
  );
}

/** Whether a file in a folder of an environment is of the render: what else lies there is somebody's. */
export function isRendered(name: string, content: string): boolean {
  return name.endsWith('.json') ? /"as-code:[a-z0-9]+"/.test(content) : content.startsWith('# Built by ');
}
