/**
 * Planes of a stack that lie one after another behind its only directory, by what ImageJ, MetaMorph and tifffile write of
 * them. Leaves which plane is shown to tiffPlanes.ts.
 */
import { TAG } from './tiff.ts';
import type { TiffDirectory } from './tiff.ts';
import type { TiffPage } from './tiffPages.ts';

const MOST_PLANES = 100_000;

/** How many planes a program says that the file holds; 0 where none says anything. */
export function toldPlanes([first]: readonly TiffDirectory[]): number {
  const description = first?.texts.get(TAG.description) ?? '';
  const told = description.startsWith('ImageJ=') ? Number(/^images=(\d+)/m.exec(description)?.[1] ?? 0) : 0;
  return told || (first?.planes ?? 0) || (first ? planesOfShape(description, first) : 0);
}

/** What tifffile writes of an array of which it left out all directories but the first. */
function planesOfShape(description: string, { tags }: TiffDirectory): number {
  const shape = /^\{.*"shape": \[([\d, ]+)\]/.exec(description)?.[1];
  if (shape === undefined || !description.includes('"truncated": true')) return 0;
  const values = shape.split(',').reduce((product, size) => product * Number(size), 1);
  const size = (tag: number) => tags.get(tag)?.[0] ?? 1;
  const planes = values / (size(TAG.width) * size(TAG.height) * size(TAG.samples));
  return Number.isInteger(planes) ? planes : 0;
}

/** Such planes as pages; the page alone where it has none, or not all of two. */
export function planesOf(page: TiffPage, told: number, length: number): TiffPage[] {
  if (page.compression !== 1 || page.tiled) return [page];
  const bytes = Math.ceil((page.width * page.samples * page.bits) / 8) * page.height;
  const planes = Math.min(MOST_PLANES, told, Math.floor(length / Math.max(1, bytes)));
  if (planes < 2) return [page];
  return Array.from({ length: planes }, (_, plane) => ({ ...page, shift: plane * bytes }));
}

/**
 * Whether pages are missing at the end of the file: what is there may be the least of them. Of one plane that is told of as
 * more nothing is missing: programs keep what was written of a stack when they cut a plane out of it.
 */
export const lacksPages = (directories: readonly TiffDirectory[], pages: readonly TiffPage[]): boolean =>
  directories.some(({ isFollowed }) => isFollowed) ||
  ((pages.at(-1)?.shift ?? 0) > 0 && pages.length < Math.min(MOST_PLANES, toldPlanes(directories)));
