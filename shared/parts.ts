/**
 * A part of a file that is a photo by itself: a tile of a large image, a page of a stack, or a tile of a page. It is
 * written as the fragment of an address is (W3C Media Fragments, RFC 3778): `xywh=512,0,512,512`, `page=3`, or both with
 * `&` between them; '' is the whole. Places are pixels of the upright image. Leaves cutting them out to src-main/images.
 */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Part {
  /** Page number from 1; null: the page that the rule chooses. */
  page: number | null;
  tile: Rect | null;
}

export const formatPart = ({ page, tile }: Part): string =>
  [
    ...(page === null ? [] : [`page=${page}`]),
    ...(tile === null ? [] : [`xywh=${tile.x},${tile.y},${tile.width},${tile.height}`]),
  ].join('&');

export function parsePart(text: string): Part {
  const page = /(?:^|&)page=(\d+)/.exec(text);
  const tile = /(?:^|&)xywh=(\d+),(\d+),(\d+),(\d+)/.exec(text)?.slice(1).map(Number);
  return {
    page: page ? Number(page[1]) : null,
    tile: tile ? { x: tile[0]!, y: tile[1]!, width: tile[2]!, height: tile[3]! } : null,
  };
}

/** What a photo is called: its file, and the part of it behind a `#`. */
export const photoName = (file: string, part: string): string => (part === '' ? file : `${file}#${part}`);

/** The file of a photo that is called so. */
export const fileOfName = (name: string): string => name.replace(/#(page=\d+&?)?(xywh=[\d,]+)?$/, '');

/** Images no longer than so many tiles stay whole: their tiles would be nearly the same picture. */
const WHOLE = 1.5;

/** Whether an image of this size is cut into tiles of a side. */
export const isCut = (width: number, height: number, side: number): boolean => Math.max(width, height) > side * WHOLE;

/**
 * The tiles of an image, row by row, each `side` pixels square (less where the image is narrower) and `overlap` over its
 * neighbours; the last of a row or column lies at the edge, so that it is whole too.
 */
export function gridOf(width: number, height: number, side: number, overlap: number): Rect[] {
  const xs = startsOf(width, side, overlap);
  return startsOf(height, side, overlap).flatMap((y) =>
    xs.map((x) => ({ x, y, width: Math.min(side, width), height: Math.min(side, height) })),
  );
}

function startsOf(length: number, side: number, overlap: number): number[] {
  if (length <= side) return [0];
  const step = Math.max(1, side - overlap);
  const starts: number[] = [];
  for (let at = 0; at + side < length; at += step) starts.push(at);
  return [...starts, length - side];
}

/** Longer side in pixels from which on tiles are proposed: a larger image holds more than one look can take in. */
export const LARGE_SIDE = 10_000;
