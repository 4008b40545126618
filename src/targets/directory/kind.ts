/** What a kind of resource has to do for a directory of Grafana's file provisioning: become files, and be read from them. */
import type { JsonObject } from '../../model/json.ts';
import type { Kind, Resource, ResourceOf } from '../../model/resource.ts';

/** A file to be, and the resources it holds. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
  readonly resources: readonly string[];
}

/** A resource as a file holds it. */
export interface ParsedResource {
  readonly resource: Resource;
  readonly unmodelled?: JsonObject;
}

/** One kind of resource in a directory. */
export interface DirectoryKind<K extends Kind> {
  /** Whether a file in this place holds the kind. The owner is lower-case letters and digits. */
  holds(path: string, owner: string): boolean;
  /** Every file of the kind: the same resources give the same bytes. @param titles of folders by UID */
  render(
    resources: readonly ResourceOf<K>[],
    owner: string,
    titles: ReadonlyMap<string, string>,
  ): readonly RenderedFile[];
  /**
   * What a file says it holds. It may throw: such a file is damaged.
   *
   * @param document the parsed file. @param folderUids of folders by title
   */
  parse(document: unknown, path: string, folderUids: ReadonlyMap<string, string>): readonly ParsedResource[];
  /** UIDs in a file of somebody else, which ours must not have. Default: none are looked for. */
  foreign?(document: unknown, path: string): readonly string[];
  /**
   * What of a file asks Grafana to delete one. We never do: asked to delete one in use, Grafana does not start. Default:
   * it goes with its file, or by our list of what is gone.
   */
  readonly deletedBy?: string;
}
