import { z } from 'zod';
import { TargetError } from '../../sync/index.ts';

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
  /** UIDs of what left the code: Grafana deletes provisioned objects only when told to. */
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
 * @throws TargetError if it is no manifest, of another version, or of another owner.
 */
export function parseManifest(text: string, owner: string, place: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new TargetError(
      'D001',
      `${place} is no JSON: it was cut off or edited`,
      `Delete ${place} and run the sync again: files that carry our mark are recognised without it.`,
      { cause },
    );
  }
  const header = z.looseObject({ format: z.string(), version: z.number(), owner: z.string() }).safeParse(json);
  if (!header.success || header.data.format !== FORMAT) {
    throw new TargetError(
      'D002',
      `${place} is not ours: it is the manifest of something else`,
      'Choose another directory: npm run sync -- --dir DIR',
    );
  }
  if (header.data.owner !== owner) {
    throw new TargetError(
      'D002',
      `${place} belongs to owner "${header.data.owner}", and this project is "${owner}"`,
      'Choose another directory for this project: npm run sync -- --dir DIR',
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new TargetError(
      'D003',
      `${place} can not be read: ${z.prettifyError(parsed.error)}`,
      header.data.version === 1
        ? `Delete ${place} and run the sync again: files that carry our mark are recognised without it.`
        : 'It was written by another version of this project; use that one.',
    );
  }
  return parsed.data;
}

export function renderManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
