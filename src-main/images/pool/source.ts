/** What the pool's jobs are about: a file, a part of one, or bytes. Leaves reading to jobs.ts. */

/**
 * A photo by its path, or by that and the part of the file that it is ('': the whole, from a small copy where there is
 * one), or its bytes with a name to call it by (dropped or pasted images have no path).
 */
export type ImageSource = string | PartSource | { name: string; bytes: Uint8Array };
export interface PartSource {
  path: string;
  part: string;
}

/** What a photo is read from: its file, or a part of it. */
export const sourceOf = (path: string, part = ''): string | PartSource => (part === '' ? path : { path, part });

/** What a source is called in errors. */
export const nameOfSource = (source: ImageSource): string =>
  typeof source === 'string' ? source : 'path' in source ? source.path : source.name;
