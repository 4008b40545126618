import { dirname } from 'node:path';
import { z } from 'zod';
import { ExplainedError } from '../../model/explained-error.ts';
import { parseJson } from '../../model/json.ts';
import { visible } from '../../model/outside-text.ts';

/** Where the manifest lies in the target directory. */
export const MANIFEST = 'manifest.json';
const FORMAT = 'grafana-as-code/directory';

const files = z.record(z.string(), z.strictObject({ sha256: z.string(), resources: z.array(z.string()) }));

const schema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  owner: z.string(),
  /** What we wrote, by path, with the resources each file holds. */
  files,
  /** What a sync was about to write; gone when it ended well. */
  pending: files.optional(),
  /**
   * UIDs of what left the code: Grafana deletes provisioned objects only when asked to. Contact points are no longer
   * listed, see `Deleted`; the field stays for those who wrote it.
   */
  deleted: z.strictObject({ rules: z.array(z.string()), contactPoints: z.array(z.string()) }),
});

/** What we wrote into a directory, and its hashes: what is not in it, and does not carry our mark, is not ours. */
export type Manifest = z.infer<typeof schema>;
export type ManifestFiles = Manifest['files'];

export function emptyManifest(owner: string): Manifest {
  return { format: FORMAT, version: 1, owner, files: {}, deleted: { rules: [], contactPoints: [] } };
}

/**
 * Reads a manifest's text.
 *
 * @throws ExplainedError if it is not a manifest, of another version, or of another owner.
 */
export function parseManifest(text: string, owner: string, place: string): Manifest {
  const json = parseJson(text);
  const shown = visible(place);
  const afresh = `Delete ${shown} and run the sync again: files that carry our mark are recognised without it.`;
  if (json === undefined) {
    throw new ExplainedError({
      code: 'D001',
      message: `${shown} is not JSON: it was cut off or edited`,
      remedy: afresh,
    });
  }
  const header = z.looseObject({ format: z.string(), version: z.number(), owner: z.string() }).safeParse(json);
  if (!header.success || header.data.format !== FORMAT) {
    throw new ExplainedError({
      code: 'D002',
      message: `${shown} is not ours: it is the manifest of something else`,
      remedy: 'Choose another directory: npm run sync -- --dir DIR',
    });
  }
  if (header.data.owner !== owner) {
    throw new ExplainedError({
      code: 'D002',
      message: `${shown} belongs to owner "${visible(header.data.owner)}", and this project is "${owner}"`,
      remedy: `If it was made before the owner was renamed, remove it: rm -r ${visible(dirname(place))}. Otherwise choose another directory for this project: npm run sync -- --dir DIR`,
    });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new ExplainedError({
      code: 'D003',
      message: `${shown} cannot be read: ${visible(z.prettifyError(parsed.error))}`,
      remedy: header.data.version === 1 ? afresh : 'It was written by another version of this project; use that one.',
    });
  }
  return parsed.data;
}

export function renderManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
