/**
 * Which photos may be one picture, from sketches of 16 px: hashes find copies laid otherwise, neighbours by the
 * frequencies of the sketches, and by an encoder where there is one, those that were cut. Sketches are compared before any
 * file is read again; of each photo the best few go on to fit.ts.
 */
import { Best } from './best.ts';
import { inverse, orientations, plain, turned } from './grey.ts';
import type { Grey } from './grey.ts';
import { isRoughly } from './fit.ts';
import { descriptorInto, descriptorLength, hashInto, sketchSide, spectrum, trimmed } from './hashes.ts';
import { hashMatches } from './hashMatches.ts';

export interface ProposeJob {
  /** Brightness of each photo, 16 px a side. */
  sketches: Uint8Array; // [n, 16, 16]
  count: number;
  /** Lists of k neighbours of each photo, the nearest first, -1 where there are fewer. */
  neighbours: { indices: Int32Array; k: number }[]; // [n, k] each
}

/** Pairs, a below b, in order of a, then of b, and in which way a is laid to be b. */
export interface Proposals {
  a: Int32Array;
  b: Int32Array;
  way: Uint8Array;
}

const cells = sketchSide * sketchSide;
/** Bits of 63 that a copy may differ by from the picture or one of its middles. */
const DISTANCE = 8;
const TRIMS = [0, 0.025, 0.05];
/** Correlation of sketches as they are, and once they are moved to fit. */
const ALIKE_AS_THEY_ARE = 0.4;
const ALIKE_MOVED = 0.88;
/** Grey levels: a photo of less contrast is a plain surface, of which there may be thousands. */
const LEAST_CONTRAST = 3;

export function propose(
  { sketches, count, neighbours }: ProposeJob,
  onProgress: (share: number) => void = () => {},
): Proposals {
  const { mean, spread } = moments(sketches, count);
  const places = ways();
  /** Correlation of a laid in a way with b. */
  const correlation = (a: number, b: number, way: number): number => {
    const [from, to, order] = [a * cells, b * cells, places[way]!];
    let sum = 0;
    for (let i = 0; i < cells; i++) sum += sketches[from + order[i]!]! * sketches[to + i]!;
    return (sum / cells - mean[a]! * mean[b]!) / (spread[a]! * spread[b]!);
  };
  const best = new Best(count);
  const offer = (a: number, b: number, way: number) => {
    if (a === b) return;
    if (a > b) [a, b, way] = [b, a, inverse(way)];
    if (best.has(a, b)) return;
    const found = correlation(a, b, way);
    if (found >= ALIKE_AS_THEY_ARE) best.offer(a, b, way, found);
  };
  const isPlain = (row: number) => spread[row]! < LEAST_CONTRAST;

  const hashed = hashesOf(sketches, count, isPlain);
  onProgress(0.1);
  hashMatches(
    hashed.table,
    hashed.queries,
    DISTANCE,
    (query, entry) =>
      offer(
        hashed.rows[Math.floor(query / orientations)]!,
        hashed.rows[Math.floor(entry / TRIMS.length)]!,
        query % orientations,
      ),
    (share) => onProgress(0.1 + 0.5 * share),
  );
  for (const { indices, k } of neighbours)
    for (let a = 0; a < count; a++)
      for (let e = 0; e < k; e++) {
        const b = indices[a * k + e]!;
        if (b < 0 || isPlain(a) || isPlain(b)) continue;
        let [way, most] = [0, -1];
        for (let o = 0; o < orientations; o++) {
          const found = correlation(a, b, o);
          if (found > most) [way, most] = [o, found];
        }
        offer(a, b, way);
      }
  onProgress(0.7);
  return moving(sketches, best, (share) => onProgress(0.7 + 0.3 * share));
}

/** A vector for each photo, by which a picture is near its copies however they are laid. @returns [n, 63] */
export function descriptors(sketches: Uint8Array, count: number): Float32Array {
  const out = new Float32Array(count * descriptorLength);
  const low = new Float64Array(descriptorLength + 1);
  for (let row = 0; row < count; row++)
    descriptorInto(spectrum(sketches.subarray(row * cells, (row + 1) * cells), low), out, row);
  return out;
}

/** Those that are alike once they are moved to fit. */
function moving(sketches: Uint8Array, best: Best, onProgress: (share: number) => void): Proposals {
  const [a, b, way]: [number[], number[], number[]] = [[], [], []];
  let done = 0;
  const total = best.size;
  best.each((first, second, laid, correlation) => {
    if (++done % 5000 === 0) onProgress(done / total);
    if (
      correlation < ALIKE_MOVED &&
      !isRoughly(turned(greyAt(sketches, first), laid), greyAt(sketches, second), ALIKE_MOVED)
    )
      return;
    a.push(first);
    b.push(second);
    way.push(laid);
  });
  // in order here already, so that who asked does not wait for it
  const order = Int32Array.from(a.keys()).sort((one, other) => a[one]! - a[other]! || b[one]! - b[other]!);
  return { a: order.map((at) => a[at]!), b: order.map((at) => b[at]!), way: Uint8Array.from(order, (at) => way[at]!) };
}

const greyAt = (sketches: Uint8Array, row: number): Grey =>
  plain(sketchSide, Float32Array.from(sketches.subarray(row * cells, (row + 1) * cells)));

function moments(sketches: Uint8Array, count: number): { mean: Float64Array; spread: Float64Array } {
  const [mean, spread] = [new Float64Array(count), new Float64Array(count)];
  for (let row = 0; row < count; row++) {
    let [sum, squares] = [0, 0];
    for (let i = row * cells; i < (row + 1) * cells; i++) {
      sum += sketches[i]!;
      squares += sketches[i]! ** 2;
    }
    mean[row] = sum / cells;
    spread[row] = Math.sqrt(Math.max(0, squares / cells - mean[row]! ** 2));
  }
  return { mean, spread };
}

/** Where each cell of a sketch comes from when it is laid in a way. */
const ways = (): Int32Array[] =>
  Array.from({ length: orientations }, (_, way) => {
    const places = Float32Array.from({ length: cells }, (__, i) => i);
    return Int32Array.from(turned(plain(sketchSide, places), way).data);
  });

/** The way that does both, one after the other. */
export function composed(first: number, second: number): number {
  const small = plain(2, Float32Array.of(0, 1, 2, 3));
  const both = turned(turned(small, first), second).data.join();
  for (let way = 0; way < orientations; way++) if (turned(small, way).data.join() === both) return way;
  return 0;
}

/** Hashes of every photo and its middles, and of every photo in all ways; plain ones are left out. */
function hashesOf(sketches: Uint8Array, count: number, isPlain: (row: number) => boolean) {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (!isPlain(row)) rows.push(row);
  const table = new Uint32Array(2 * TRIMS.length * rows.length);
  const queries = new Uint32Array(2 * orientations * rows.length);
  rows.forEach((row, at) => {
    const sketch = sketches.subarray(row * cells, (row + 1) * cells);
    const whole = spectrum(sketch);
    TRIMS.forEach((share, t) =>
      hashInto(share === 0 ? whole : spectrum(trimmed(sketch, share)), 0, table, at * TRIMS.length + t),
    );
    for (let way = 0; way < orientations; way++) hashInto(whole, way, queries, at * orientations + way);
  });
  return { rows, table, queries };
}
