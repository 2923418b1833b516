/**
 * The address of a photo as the window asks its host for it, relative to the page: image/ID?size=PIXELS. With &run=ID it
 * is the picture that the run sees, by its own rule of measured values; &by=WORD says nothing to the host, and makes the
 * address another when the rule of the folder has become another.
 */

/** Pixels of the longer side that can be asked for. */
const sizes = { least: 16, most: 2048, usual: 256 };

const photoPath = /^\/image\/([A-Za-z0-9_-]{1,64})$/;

export const photoAddress = (imageId: string, size: number, seen: { run?: string | null; by?: string } = {}): string =>
  `image/${encodeURIComponent(imageId)}?size=${size}` +
  (seen.run ? `&run=${encodeURIComponent(seen.run)}` : '') +
  (seen.by ? `&by=${seen.by}` : '');

const runName = /^[A-Za-z0-9_-]{1,64}$/;

/** The run whose picture an address asks for, by its parameter `run`; null: that of the folder. */
export const askedRun = (given: string | null): string | null => (given !== null && runName.test(given) ? given : null);

/** The id in the path of a photo's address; null for any other path. */
export const askedPhoto = (path: string): string | null => photoPath.exec(path)?.[1] ?? null;

/** The size that an address asks for, by its parameter `size`; null for one that cannot be had. */
export function askedSize(given: string | null): number | null {
  const size = Number(given ?? sizes.usual);
  return Number.isInteger(size) && size >= sizes.least && size <= sizes.most ? size : null;
}

/** What is said of a size that cannot be had. */
export const SIZE_REFUSED = `size is a whole number from ${sizes.least} to ${sizes.most}.`;
