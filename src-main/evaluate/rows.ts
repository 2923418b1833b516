/**
 * Rows of features, read a piece at a time: of an array, of a file, of some rows of these, standardised or scaled on the
 * way. A classifier is fitted and judged without the features ever being in memory twice, or at all.
 */
import { closeSync, openSync } from 'node:fs';
import { InternalError } from '../../shared/errors.ts';
import { fillSync } from '../files/fill.ts'; // not of all files: threads that measure have no use for locks
import type { ReadRows } from '../search/pieced.ts';
import type { Standardization } from './standardize.ts';

export type FeatureRows = ReadRows;

/** Rows read at a time by what goes through all of them. */
const PIECE_ROWS = 4096;

/** An array [n, d], or what already is rows, to be read a piece at a time. */
export function rowsOf(features: Float32Array | FeatureRows, d: number): FeatureRows {
  if (!(features instanceof Float32Array)) return features;
  return {
    n: features.length / d,
    d,
    copy: (from, count, into) => into.set(features.subarray(from * d, (from + count) * d)),
  };
}

/** Rows of float32 numbers [n, d] that begin at `byteOffset` of a file, which stays open until `close`. */
export function rowsOfFile(path: string, byteOffset: number, n: number, d: number): FeatureRows & { close(): void } {
  const file = openSync(path, 'r');
  return {
    n,
    d,
    copy(from, count, into) {
      const bytes = new Uint8Array(into.buffer, into.byteOffset, 4 * count * d);
      if (!fillSync(file, bytes, byteOffset + 4 * from * d))
        throw new InternalError('bad-shape', `${path} ends before row ${from + count}`, { path, n, d });
    },
    close: () => closeSync(file),
  };
}

/** Rows from .. to - 1 in memory [to - from, d]; of an array the numbers themselves. */
export function inMemory(features: Float32Array | FeatureRows, d: number, from: number, to: number): Float32Array {
  if (features instanceof Float32Array) return features.subarray(from * d, to * d);
  const out = new Float32Array((to - from) * d);
  features.copy(from, to - from, out);
  return out;
}

/** Some of the rows, in the order given. */
export function chosenRows(rows: FeatureRows, which: Int32Array): FeatureRows {
  const { d } = rows;
  return {
    n: which.length,
    d,
    copy(from, count, into) {
      for (let at = 0; at < count;) {
        const first = which[from + at]!;
        let run = 1;
        while (at + run < count && which[from + at + run] === first + run) run++;
        rows.copy(first, run, into.subarray(at * d, (at + run) * d));
        at += run;
      }
    },
  };
}

/** (x - mean) * scale of each number. */
export function standardizedRows(rows: FeatureRows, { mean, scale }: Standardization): FeatureRows {
  return changed(rows, (x, j) => (x - mean[j]!) * scale[j]!);
}

/** Each number divided by `length`. */
export const dividedRows = (rows: FeatureRows, length: number): FeatureRows => changed(rows, (x) => x / length);

function changed(rows: FeatureRows, change: (x: number, channel: number) => number): FeatureRows {
  const { n, d } = rows;
  return {
    n,
    d,
    copy(from, count, into) {
      rows.copy(from, count, into);
      for (let i = 0; i < count; i++) for (let j = 0; j < d; j++) into[i * d + j] = change(into[i * d + j]!, j);
    },
  };
}

/** Goes through all rows in their order; a piece is valid until the next. */
export function* pieces(rows: FeatureRows, most = PIECE_ROWS): Generator<{ from: number; values: Float32Array }> {
  const { n, d } = rows;
  const buffer = new Float32Array(Math.min(n, most) * d);
  for (let from = 0; from < n; from += most) {
    const count = Math.min(most, n - from);
    const values = buffer.subarray(0, count * d);
    rows.copy(from, count, values);
    yield { from, values };
  }
}
