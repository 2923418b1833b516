/**
 * A smaller copy of a large page of a TIFF that has none in its file, made of all of its values along its own tiles and
 * strips, so that each is unpacked once and a few are held at a time. Leaves reading them to tiffRegions.ts.
 */
import type { Rect } from '../../../shared/parts.ts';
import { isNoNumber } from './samples.ts';
import type { Values } from './samples.ts';
import type { KeptBlock } from './tiffBlocks.ts';
import type { TiffPage } from './tiffPages.ts';

/** Most bytes of a window, and rows of strips that are read together. */
const [MOST_WINDOW, ROWS] = [32e6, 256];

/** The sum of the values that were measured behind each pixel of a row of the copy, and how many these are. */
interface Sums {
  sums: Float64Array;
  counts: Uint32Array;
}

/**
 * A copy of bands by the means of blocks of `factor` by `factor` values, over those that were measured.
 * @param bands how many are read
 * @param read the bands of a window; `kept` is the same for all windows of a page
 * @param most bytes of a window
 * @returns [height, width] each
 */
export async function shrunk(
  page: Pick<TiffPage, 'width' | 'height' | 'nodata' | 'bits' | 'piece'>,
  factor: number,
  { width, height }: { width: number; height: number },
  bands: number,
  read: (window: Rect, kept: KeptBlock) => Promise<Values[]>,
  most = MOST_WINDOW,
): Promise<Values[]> {
  const { nodata } = page;
  const out: Values[] = [];
  /** Of each band, the rows of the copy that are not complete. */
  const begun = new Map<number, Sums[]>();
  const kept: KeptBlock = {};
  const { columns, rows, step } = windowsOf(page, factor, bands, most);
  for (let top = 0; top < page.height; top += rows) {
    const bottom = Math.min(page.height, top + rows);
    /** Columns before a window that share blocks with its first: they are added row by row with it, as of one window. */
    let before: Values[] = [];
    for (let x = 0; x < page.width; x += columns) {
      const right = Math.min(page.width, x + columns);
      const [edge, waiting] = [x % factor, right === page.width ? 0 : right % factor];
      const next: Values[] = [];
      for (let y = top; y < bottom; y += step) {
        const window = { x, y, width: right - x, height: Math.min(step, bottom - y) };
        const values = await read(window, kept);
        if (out.length === 0) out.push(...values.map((band) => likeOf(band, width * height)));
        if (next.length === 0) next.push(...values.map((band) => likeOf(band, waiting * (bottom - top))));
        for (let row = 0; row < window.height; row++) {
          const [line, from] = [y - top + row, row * window.width];
          const until = from + window.width - waiting;
          for (const [b, sums] of sumsOf(begun, Math.floor((y + row) / factor), values.length, width).entries()) {
            if (edge > 0) addRow(sums, before[b]!.subarray(line * edge, (line + 1) * edge), x - edge, factor, nodata);
            addRow(sums, values[b]!.subarray(from, until), x, factor, nodata);
            next[b]!.set(values[b]!.subarray(until, until + waiting) as never, line * waiting);
          }
        }
        if (right === page.width) finish(begun, y + window.height, page.height, factor, out, nodata);
      }
      before = next;
    }
  }
  return out;
}

/**
 * Windows that follow the pieces of a page: as many whole ones as `most` bytes hold, but no fewer columns than a block has;
 * of what is more a part of its rows (`step`) after another.
 */
function windowsOf(
  { width, bits, piece }: Pick<TiffPage, 'width' | 'bits' | 'piece'>,
  factor: number,
  bands: number,
  most: number,
): { columns: number; rows: number; step: number } {
  const rowBytes = (columns: number) => columns * bands * Math.ceil(bits / 8);
  const pieces = Math.min(ROWS / piece.height, most / (piece.height * rowBytes(piece.width)));
  const rows = piece.height * Math.max(1, Math.floor(pieces));
  const fitting = Math.floor(most / (rows * rowBytes(piece.width)));
  const columns = piece.width * Math.max(fitting, Math.ceil(factor / piece.width));
  const step = Math.max(1, Math.min(rows, Math.floor(most / rowBytes(Math.min(columns, width)))));
  return { columns, rows, step };
}

const likeOf = (band: Values, length: number): Values =>
  new (band.constructor as new (length: number) => Values)(length);

function sumsOf(begun: Map<number, Sums[]>, row: number, bands: number, width: number): Sums[] {
  let found = begun.get(row);
  if (!found) {
    found = Array.from({ length: bands }, () => ({ sums: new Float64Array(width), counts: new Uint32Array(width) }));
    begun.set(row, found);
  }
  return found;
}

/** Adds values of a row, of which the first lies in a column of the page. */
function addRow({ sums, counts }: Sums, values: Values, column: number, factor: number, nodata: number | null): void {
  let x = Math.floor(column / factor);
  for (let i = 0, to = (x + 1) * factor - column; i < values.length; x++, to += factor) {
    let [sum, measured] = [sums[x]!, 0];
    for (const stop = Math.min(to, values.length); i < stop; i++) {
      const value = values[i]!;
      if (value === nodata || isNoNumber(value)) continue;
      sum += value;
      measured++;
    }
    sums[x] = sum;
    counts[x]! += measured;
  }
}

/** Writes the rows of the copy of which all values above a row of the page were added. */
function finish(
  begun: Map<number, Sums[]>,
  bottom: number,
  height: number,
  factor: number,
  out: readonly Values[],
  nodata: number | null,
): void {
  for (const [row, bands] of begun) {
    if (Math.min(height, (row + 1) * factor) > bottom) continue;
    for (const [b, { sums, counts }] of bands.entries()) {
      const band = out[b]!;
      const nothing = nodata ?? (band instanceof Float32Array || band instanceof Float64Array ? NaN : 0);
      const at = row * sums.length;
      for (let x = 0; x < sums.length; x++) band[at + x] = counts[x] === 0 ? nothing : sums[x]! / counts[x]!;
    }
    begun.delete(row);
  }
}
