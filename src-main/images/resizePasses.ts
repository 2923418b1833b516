/**
 * The passes of Pillow's resize in WebAssembly, with the memory they work in. The source goes through in bands of rows, so
 * that it need not lie there whole. Which pixel is made of which is resize.ts's.
 */
import { WebAssembly } from '../files/webAssembly.ts';
import { growTo, Regions } from './regions.ts';
import type { GrowingMemory } from './regions.ts';
import { wasm } from './wasm/resize.ts';
import { bytesOf } from '../../shared/bytes.ts';

/** Which pixels (or rows) of the input each one of the output is made of, and by what. */
export interface Coefficients {
  /** First input pixel of each output pixel. */
  start: Int32Array; // [count]
  /** How many input pixels it takes. */
  length: Int32Array; // [count]
  /** Fixed-point weights, `stride` to an output pixel. */
  weights: Int32Array; // [count, stride]
  stride: number;
}

/** Signatures of wasm/assembly/resize.ts; addresses are bytes. */
interface Exports {
  memory: GrowingMemory;
  horizontal(...addressesAndSizes: number[]): void;
  vertical(...addressesAndSizes: number[]): void;
}
/** Bytes of the source at a time: what a core keeps at hand. */
const BAND_BYTES = 1 << 18;
/** Memory that is kept for the next image; more is given back, as it cannot shrink. */
const KEPT_BYTES = 64e6;

let module: object | null = null;
let kept: Exports | null = null;

/**
 * The rows [firstRow, firstRow + rowCount) of an image of `width` pixels, 3 bytes each, resized to [rows.start.length,
 * columns.start.length, 3].
 */
export function resized(
  { width, data }: { width: number; data: Uint8Array },
  columns: Coefficients,
  rows: Coefficients,
  firstRow: number,
  rowCount: number,
): Uint8Array {
  const count = columns.start.length;
  const line = count * 3;
  const stride = width * 3;
  const bandRows = Math.min(rowCount, Math.max(1, Math.floor(BAND_BYTES / stride)));
  const regions = new Regions();
  const tables = [columns, rows].map(({ start, length, weights, stride: taps }) => ({
    taps,
    parts: [start, length, weights].map((values) => ({ values, at: regions.add(values.byteLength) })),
  }));
  const band = regions.add(bandRows * stride);
  const middle = regions.add(rowCount * line);
  const out = regions.add(rows.start.length * line);

  const passes = (kept ??= instance());
  const { memory } = passes;
  growTo(memory, regions.end);
  const bytes = new Uint8Array(memory.buffer);
  for (const { parts } of tables) for (const { values, at } of parts) bytes.set(bytesOf(values), at);
  const [across, down] = tables.map(({ taps, parts }) => [...parts.map(({ at }) => at), taps]) as [number[], number[]];
  for (let row = 0; row < rowCount; row += bandRows) {
    const some = Math.min(bandRows, rowCount - row);
    bytes.set(data.subarray((firstRow + row) * stride, (firstRow + row + some) * stride), band);
    passes.horizontal(band, stride, some, count, ...across, middle + row * line);
  }
  passes.vertical(middle, line, rows.start.length, ...down, out);
  const pixels = bytes.slice(out, out + rows.start.length * line);
  if (regions.end > KEPT_BYTES) kept = null;
  return pixels;
}

function instance(): Exports {
  module ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  return new WebAssembly.Instance(module).exports as Exports;
}
