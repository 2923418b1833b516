/** The address of a photo as the window asks its host for it, relative to the page: image/ID?size=PIXELS. */

/** Pixels of the longer side that can be asked for. */
const sizes = { least: 16, most: 2048, usual: 256 };

const photoPath = /^\/image\/([A-Za-z0-9_-]{1,64})$/;

export const photoAddress = (imageId: string, size: number): string =>
  `image/${encodeURIComponent(imageId)}?size=${size}`;

/** The id in the path of a photo's address; null for any other path. */
export const askedPhoto = (path: string): string | null => photoPath.exec(path)?.[1] ?? null;

/** The size that an address asks for, by its parameter `size`; null for one that cannot be had. */
export function askedSize(given: string | null): number | null {
  const size = Number(given ?? sizes.usual);
  return Number.isInteger(size) && size >= sizes.least && size <= sizes.most ? size : null;
}

/** What is said of a size that cannot be had. */
export const SIZE_REFUSED = `size is a whole number from ${sizes.least} to ${sizes.most}.`;
