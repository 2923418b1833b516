/** Rows of numbers as the formats read them: a few at a time, from memory or from the .npy file that holds them. */
import { closeSync, openSync } from 'node:fs';
import { InternalError } from '../../shared/errors.ts';
import { fillSync, readNpyLayout } from '../files/index.ts';

export interface Vectors {
  readonly n: number;
  readonly d: number;
  /** Rows from .. to - 1, [to - from, d]. */
  rows(from: number, to: number): Float32Array;
  close(): void;
}

export const vectorsOf = (numbers: Float32Array, n: number, d: number): Vectors => ({
  n,
  d,
  rows: (from, to) => numbers.subarray(from * d, to * d),
  close: () => undefined,
});

/** Bytes read at a time: rows are mostly asked for in their order. */
const PIECE = 8 << 20;

/** The rows of an .npy file of float32 [n, d]. @throws FileError bad-file */
export async function openVectors(path: string): Promise<Vectors> {
  const { shape, byteOffset } = await readNpyLayout(path);
  const [n = 0, d = 0] = shape;
  const file = openSync(path, 'r');
  const piece = Math.max(1, Math.floor(PIECE / (4 * d)));
  let held: { from: number; to: number; values: Float32Array } = { from: 0, to: 0, values: new Float32Array(0) };
  const read = (from: number, to: number): Float32Array => {
    const values = new Float32Array((to - from) * d);
    if (!fillSync(file, new Uint8Array(values.buffer), byteOffset + 4 * from * d))
      throw new InternalError('bad-shape', `${path} ends before row ${to}`, { path, n, d });
    return values;
  };
  return {
    n,
    d,
    rows(from, to) {
      if (from < held.from || to > held.to) {
        const end = Math.min(n, Math.max(to, from + piece));
        held = { from, to: end, values: read(from, end) };
      }
      return held.values.subarray((from - held.from) * d, (to - held.from) * d);
    },
    close: () => closeSync(file),
  };
}

/** Some of the rows, in the order given; closed with those that they are of. */
export const chosenVectors = (vectors: Vectors, which: readonly number[]): Vectors => ({
  n: which.length,
  d: vectors.d,
  rows(from, to) {
    const { d } = vectors;
    const out = new Float32Array((to - from) * d);
    for (let at = from; at < to; at++) out.set(vectors.rows(which[at]!, which[at]! + 1), (at - from) * d);
    return out;
  },
  close: () => undefined,
});
