/**
 * Which rows a query need not look at: the signs of a row's numbers, one bit each, say within a known deviation what its
 * product with a query is, for an eighth of the bytes of its levels; signs of what these leave halve the deviation. So a
 * query reads the first signs of all rows, the second ones of few blocks, and the levels of those rows alone that may be
 * among the best.
 *
 * As RaBitQ does it (Gao and Long, SIGMOD 2024): what is left of a row without the centre is rotated by chance, the same
 * way for all, so that no number counts more than others whatever the rows are. Of this y [W] is kept what is near it, its
 * signs x = s, or 2 s + t in steps of half a deviation. <y, z> is about |y|^2 / <x, y> <x, z>, where z is the query rotated,
 * with a deviation of |y|^2 / <x, y> |x| |z| sqrt((1 - a^2) / W), where a is the cosine of x and y. <s, z> and <t, z> are
 * sums of entries of tables, looked up for four numbers at a time and 16 rows at once, as FAISS's fast scan does it
 * (wasm/assembly/signs.ts).
 */
import { counted } from './kMeans.ts';
import type { Kernels, SharedMemory } from './kernels.ts';
import {
  SIGN_BLOCK,
  SUM_BYTES,
  firstBytes,
  scratchAt,
  secondBytes,
  secondsAt,
  signScratch,
  signsAt,
} from './layout.ts';
import type { Layout } from './layout.ts';

/** Seed of the rotation. */
const SEED = 1;
/** Largest entry of a table: eight of them are a byte. */
const ENTRY = 31;
/** Of numbers by chance, |x| / sqrt(W) sqrt(1 - a^2): of their first signs, and of both. */
const DEVIATION = Math.sqrt(1 - 2 / Math.PI);
const DEVIATION_OF_BOTH = 0.65;
/** Deviations that a row's product may be above what its signs say: one row in four thousand is. */
const MOST = 3.5;

/** Signs of all rows of an index, and the tables of a few queries, as one thread sees them. */
export class Signs {
  readonly #layout: Layout;
  readonly #kernels: Kernels;
  readonly #firsts: number;
  readonly #seconds: number;
  /** Bytes where sums of a block stand, where the factors of the rotation do, and the tables of queries. */
  readonly #sums: number;
  readonly #by: number;
  readonly #tables: number;
  /** Numbers that are transformed at a time: the largest power of two not above the width. */
  readonly #power: number;
  readonly #memory: SharedMemory;
  readonly #asked: Tables[] = [];

  constructor(layout: Layout, memory: SharedMemory, thread: number, kernels: Kernels) {
    const { levelWidth } = layout;
    this.#layout = layout;
    this.#memory = memory;
    this.#kernels = kernels;
    this.#firsts = signsAt(layout);
    this.#seconds = secondsAt(layout);
    this.#sums = scratchAt(layout, thread) + signScratch(layout);
    this.#by = this.#sums + SUM_BYTES;
    this.#tables = this.#by + 8 * levelWidth;
    this.#power = 2 ** Math.floor(Math.log2(levelWidth));
    const by = new Float32Array(memory.buffer, this.#by, 2 * levelWidth);
    const isTransformed = (i: number) => (i < levelWidth ? i < this.#power : i >= 2 * levelWidth - this.#power);
    for (let i = 0; i < by.length; i++)
      by[i] = (counted(SEED, i) < 0.5 ? -1 : 1) / (isTransformed(i) ? Math.sqrt(this.#power) : 1);
  }

  /** Where the block of a row lies: its first signs, and its second ones. */
  #block(row: number): [firsts: number, seconds: number] {
    const block = Math.floor(row / SIGN_BLOCK);
    return [this.#firsts + block * firstBytes(this.#layout), this.#seconds + block * secondBytes(this.#layout)];
  }

  /**
   * Keeps the signs of what is left of a row without the centre [levelWidth], which stands at `values` and is rotated
   * there. No other thread may set rows of the same block meanwhile.
   * @param along the row's product with the centre
   */
  set(row: number, values: number, along: number): void {
    const { levelWidth } = this.#layout;
    this.#kernels.rotate(values, levelWidth, this.#power, this.#by);
    this.#kernels.keep(values, levelWidth, ...this.#block(row), row % SIGN_BLOCK, along);
  }

  /** Makes the tables of query `q`, of a few; `rest` is what is left of it without the centre [d]. */
  ask(q: number, rest: Float32Array): void {
    const { levelWidth } = this.#layout;
    const at = this.#tables + 4 * levelWidth * q;
    const z = new Float32Array(this.#memory.buffer, at, levelWidth);
    z.fill(0);
    z.set(rest);
    this.#kernels.rotate(at, levelWidth, this.#power, this.#by);
    this.#asked[q] = tables(z.slice(), new Uint8Array(this.#memory.buffer, at, 4 * levelWidth));
  }

  /**
   * Which of the rows first .. first + count - 1, `first` a multiple of SIGN_BLOCK, may have a product above `threshold`
   * with query `q`, as seen from `first`; writes them to `numbers`, ascending, and says how many they are.
   * @param base the centre's product with the query
   */
  likely(first: number, count: number, q: number, base: number, threshold: number, numbers: number): number {
    const { levelWidth } = this.#layout;
    const { step, offset, offsetOfBoth } = this.#asked[q]!;
    return this.#kernels.likely(
      ...this.#block(first),
      count,
      this.#tables + 4 * levelWidth * q,
      levelWidth / 4,
      step,
      offset,
      offsetOfBoth,
      threshold - base,
      numbers,
      this.#sums,
    );
  }
}

/** The step of a query's tables, and what is added to their sums times it: the deviations less what entries are moved by. */
interface Tables {
  step: number;
  offset: number;
  offsetOfBoth: number;
}

/** The sums of each four of a query's numbers with every choice of signs, a set bit for minus. */
function tables(z: Float32Array, into: Uint8Array): Tables {
  let [largest, sizes, squares] = [0, 0, 0];
  for (let j = 0; j < z.length; j += 4) {
    const size = Math.abs(z[j]!) + Math.abs(z[j + 1]!) + Math.abs(z[j + 2]!) + Math.abs(z[j + 3]!);
    largest = Math.max(largest, size);
    sizes += size;
    squares += z[j]! ** 2 + z[j + 1]! ** 2 + z[j + 2]! ** 2 + z[j + 3]! ** 2;
  }
  const step = (2 * largest) / ENTRY || 1;
  for (let j = 0; j < z.length; j += 4) {
    const size = Math.abs(z[j]!) + Math.abs(z[j + 1]!) + Math.abs(z[j + 2]!) + Math.abs(z[j + 3]!);
    for (let signs = 0; signs < 16; signs++) {
      let sum = size; // so that no entry is below 0
      for (let i = 0; i < 4; i++) sum += (signs >> i) & 1 ? -z[j + i]! : z[j + i]!;
      into[4 * j + signs] = Math.round(sum / step);
    }
  }
  const rounding = ((z.length / 4) * step ** 2) / 12; // the variance of a sum by that of its entries; of both five times
  return {
    step,
    offset: MOST * Math.sqrt(DEVIATION ** 2 * squares + rounding) - sizes,
    offsetOfBoth: MOST * Math.sqrt(DEVIATION_OF_BOTH ** 2 * squares + 5 * rounding) - 3 * sizes,
  };
}
