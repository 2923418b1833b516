/**
 * Where the vectors lie: one WebAssembly memory that all threads of an index share. The rows come first, padded to a
 * multiple of sixteen numbers, and as levels of 8 bits (levels.ts) where they are many; where the numbers do not fit,
 * the levels alone. Then each thread's scratch for a block of queries and a tile of scores.
 */
import { SearchError } from './errors.ts';
import { asLevels, largestLevel, zeroLevel } from './levels.ts';
import { dot } from './vectors.ts';
import { wasm } from './wasm/products.ts';

const PAGE = 65_536;
const BASE = 1024;
/** Queries a kernel call computes at a time. A long job holds a thread for one block, so this bounds the wait of a click. */
export const BLOCK = 32;
/** Rows that stay in a core's second cache while a block of queries passes over them. */
const TILE_BYTES = 512 << 10;

export interface Layout {
  n: number;
  d: number;
  /** d rounded up to a multiple of sixteen. */
  width: number;
  /** Whether the rows are there as numbers; else their levels stand for them. */
  floats: boolean;
  /** Bytes of a row as levels, a multiple of 32; 0 where there are none. */
  levelWidth: number;
  tileRows: number;
  threads: number;
  pages: number;
}

/** Rows of so many bytes are kept as levels too: a query reads a quarter of them. */
const LEVELS_FROM = 64 << 20;

export interface LayoutOptions {
  whole?: boolean;
  levelsFrom?: number;
  /** Most bytes of rows as numbers. */
  floatBytes?: number;
}

/**
 * @param whole whether the rows must be there as numbers
 * @throws SearchError too-large above the 4 GB that WebAssembly can address
 */
export function planLayout(
  n: number,
  d: number,
  threads: number,
  { whole = true, levelsFrom = LEVELS_FROM, floatBytes: most = Infinity }: LayoutOptions = {},
): Layout {
  const width = Math.ceil(d / 16) * 16;
  const tileRows = Math.max(16, Math.min(2048, Math.floor(TILE_BYTES / (4 * width)))) & ~1;
  const levels = Math.ceil(d / 32) * 32;
  const few = 4 * n * width < levelsFrom;
  const both = { n, d, width, floats: true, levelWidth: few ? 0 : levels, tileRows, threads, pages: 0 };
  const choices: Layout[] = floatBytes(both) <= most ? [both, { ...both, levelWidth: 0 }] : [];
  if (!whole) choices.push({ ...both, floats: false, levelWidth: levels });
  const pagesOf = (layout: Layout) => Math.ceil((scratchAt(layout, threads) + PAGE) / PAGE);
  const fits = choices.find((layout) => pagesOf(layout) <= 65_536);
  if (fits) return { ...fits, pages: pagesOf(fits) };
  const needed = Math.ceil((pagesOf(choices.at(-1)!) * PAGE) / 2 ** 30);
  throw new SearchError('too-large.index', { count: n, dimensions: d, needed });
}

/** Bytes of a thread's scratch: queries, scores, and a tile of rows where these are made of levels. */
const scratchBytes = ({ width, floats, tileRows }: Layout): number =>
  4 * BLOCK * (width + tileRows) + (floats ? 0 : 4 * (tileRows + 2) * width);
/** Bytes of the rows as numbers: one more than there are, because the kernel reads rows in pairs. */
const floatBytes = ({ n, width, floats }: Layout): number => (floats ? 4 * width * (n + (n % 2)) : 0);
const factsAt = (layout: Layout): number => BASE + floatBytes(layout);
/** Bytes of what is known of a row of levels (products.ts). */
const FACTS = 12;
const centreAt = (layout: Layout): number =>
  Math.ceil((factsAt(layout) + (layout.levelWidth > 0 ? FACTS * layout.n : 0)) / 64) * 64;
const levelsAt = (layout: Layout): number => centreAt(layout) + 4 * layout.levelWidth;
const scratchAt = (layout: Layout, thread: number): number =>
  Math.ceil((levelsAt(layout) + layout.levelWidth * layout.n) / 64) * 64 + thread * scratchBytes(layout);

/** The part of WebAssembly used here: TypeScript declares it in its DOM library alone, which has no place in Node. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: { env: { memory: SharedMemory } }) => { exports: unknown };
  };
};

/** Signatures of wasm/assembly/products.ts; addresses are bytes. */
interface Kernels {
  products(
    rows: number,
    count: number,
    queries: number,
    queryCount: number,
    width: number,
    scores: number,
    stride: number,
  ): void;
  single(rows: number, count: number, query: number, width: number, scores: number): void;
  gathered(rows: number, numbers: number, count: number, query: number, width: number, scores: number): void;
  levels(
    rows: number,
    count: number,
    query: number,
    width: number,
    facts: number,
    step: number,
    base: number,
    scores: number,
    above: number,
    threshold: number,
  ): number;
  narrow(values: number, centre: number, width: number, most: number, levels: number, fact: number): void;
  widen(rows: number, count: number, width: number, facts: number, centre: number, out: number, floats: number): void;
}

let compiled: object | null = null;

export const createMemory = ({ pages }: Layout): SharedMemory =>
  new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });

/** The rows, and the kernels over them as one thread sees it. */
export class Rows {
  readonly layout: Layout;
  /** The rows, normalised and padded [n, width]; empty where there are levels alone. */
  readonly data: Float32Array;
  /** Bytes of the memory at which levels begin, and what is known of the rows; null where there are none. */
  readonly levels: { at: number; facts: number } | null;
  /** What levels are measured from, the same for all rows [levelWidth]; zero until it is set. */
  readonly #centre: Float32Array;
  readonly #queries: Float32Array; // [BLOCK, width]
  /** Scores that `products` computed; those of query q begin at q * tileRows. */
  readonly scores: Float32Array; // [BLOCK, tileRows]
  /** The same memory, as whole numbers. */
  readonly #above: Int32Array;
  /** Row numbers for `gathered`, in the memory where the queries after the first would lie. */
  readonly numbers: Int32Array;
  /** Rows made of levels [tileRows, width]. */
  readonly #tile: Float32Array;
  readonly #kernels: Kernels;

  constructor(layout: Layout, memory: SharedMemory, thread: number) {
    this.layout = layout;
    const { n, width, floats, levelWidth, tileRows } = layout;
    const scratch = scratchAt(layout, thread);
    this.data = new Float32Array(memory.buffer, BASE, floats ? n * width : 0);
    this.#queries = new Float32Array(memory.buffer, scratch, BLOCK * width);
    this.scores = new Float32Array(memory.buffer, scratch + 4 * BLOCK * width, BLOCK * tileRows);
    this.#above = new Int32Array(memory.buffer, this.scores.byteOffset, BLOCK * tileRows);
    const tile = scratch + 4 * BLOCK * (width + tileRows);
    this.#tile = new Float32Array(memory.buffer, tile, floats ? 0 : tileRows * width);
    const gathers = Math.min((BLOCK - 1) * width, BLOCK * tileRows);
    this.numbers = new Int32Array(memory.buffer, scratch + 4 * width, gathers);
    this.levels = levelWidth > 0 ? { at: levelsAt(layout), facts: factsAt(layout) } : null;
    this.#centre = new Float32Array(memory.buffer, centreAt(layout), levelWidth);
    compiled ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    this.#kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Kernels;
  }

  /** A row, normalised and padded [width]; of levels a copy of what they say. */
  row(at: number): Float32Array {
    const { width, floats } = this.layout;
    if (floats) return this.data.subarray(at * width, (at + 1) * width);
    this.#widen(at, 1);
    return this.#tile.slice(0, width);
  }

  #widen(first: number, count: number, to = 0): void {
    const { width, levelWidth } = this.layout;
    const { at, facts } = this.levels!;
    const out = this.#tile.byteOffset + 4 * to * width;
    const { byteOffset: centre } = this.#centre;
    this.#kernels.widen(at + first * levelWidth, count, levelWidth, facts + FACTS * first, centre, out, width);
  }

  /**
   * Sets what the levels of all rows are measured from [d], before any are set: about the rows' mean, so that levels
   * tell rows apart that point nearly the same way.
   */
  setCentre(centre: Float32Array): void {
    if (this.levels) this.#centre.set(centre);
  }

  /** Sets the levels of a row [d], where there are some; what is behind it is zero. It stands where queries would. */
  setLevels(row: number, values: Float32Array): void {
    if (!this.levels) return;
    const { d, levelWidth } = this.layout;
    const { at, facts } = this.levels;
    this.#queries.set(values);
    this.#queries.fill(0, d, levelWidth);
    const [from, centre] = [this.#queries.byteOffset, this.#centre.byteOffset];
    this.#kernels.narrow(from, centre, levelWidth, largestLevel, at + row * levelWidth, facts + FACTS * row);
  }

  /** Copies up to BLOCK queries [count, stride] in; `products` then works on these. */
  setQueries(from: Float32Array, count: number, stride: number): void {
    this.#queries.fill(0);
    for (let q = 0; q < count; q++)
      this.#queries.set(from.subarray(q * stride, q * stride + this.layout.d), q * this.layout.width);
  }

  /** Scores of the first `queryCount` queries with the rows first .. first + count - 1, at most tileRows of them. */
  products(first: number, count: number, queryCount: number): void {
    const { width, floats, tileRows } = this.layout;
    if (!floats) this.#widen(first, count);
    const rows = floats ? this.data.byteOffset + 4 * first * width : this.#tile.byteOffset;
    const [queries, scores] = [this.#queries.byteOffset, this.scores.byteOffset];
    if (queryCount === 1) this.#kernels.single(rows, count, queries, width, scores);
    else this.#kernels.products(rows, count, queries, queryCount, width, scores, tileRows);
  }

  /**
   * Nearly the scores of query `q`, one of BLOCK / 2, with the rows first .. first + count - 1, from their levels, as
   * `products` places them.
   * @returns which of them are above `threshold`, ascending, until the next call: a scan of all scores would take a
   * fifth as long as they do
   */
  levelProducts(first: number, count: number, q: number, threshold: number): Int32Array {
    const { levelWidth, width, tileRows } = this.layout;
    const { at, facts } = this.levels!;
    const asked = this.#queries.byteOffset + 4 * q * width; // asked as levels: setLevelQueries
    const scores = this.scores.byteOffset + 4 * q * tileRows;
    const { step, base } = this.#asked[q]!;
    const [rows, known] = [at + first * levelWidth, facts + FACTS * first];
    const above = (BLOCK / 2 + q) * tileRows; // where scores of the other half of a block would be
    const to = this.#above.byteOffset + 4 * above;
    const found = this.#kernels.levels(rows, count, asked, levelWidth, known, step, base, scores, to, threshold);
    return this.#above.subarray(above, above + found);
  }

  /** Of each query that is asked as levels: their step, and the centre's product with it. */
  readonly #asked: { step: number; base: number }[] = [];

  /** As setQueries, for levelProducts. */
  setLevelQueries(from: Float32Array, count: number, stride: number): void {
    const { width, d } = this.layout;
    const bytes = new Uint8Array(this.#queries.buffer, this.#queries.byteOffset, 4 * BLOCK * width);
    bytes.fill(zeroLevel);
    for (let q = 0; q < count; q++) {
      const rest = from.slice(q * stride, q * stride + d);
      const base = dot(rest, 0, this.#centre, 0, d);
      for (let j = 0; j < d; j++) rest[j]! -= this.#centre[j]!;
      this.#asked[q] = { step: asLevels(rest, bytes.subarray(4 * q * width)), base };
    }
  }

  /** Products of row `query` with the rows whose numbers stand in `numbers` from `first` on, into `scores`. */
  gathered(query: number, first: number, count: number): void {
    const { width, floats } = this.layout;
    if (!floats) this.#queries.set(this.row(query));
    const at = floats ? this.data.byteOffset + 4 * query * width : this.#queries.byteOffset;
    this.#gathered(first, count, at);
  }

  /** Products of a vector [width] with any rows, into `out`. */
  gather(vector: Float32Array, numbers: Int32Array, out: Float32Array): void {
    this.#queries.set(vector);
    for (let at = 0; at < numbers.length; at += this.numbers.length) {
      const count = Math.min(this.numbers.length, numbers.length - at);
      this.numbers.set(numbers.subarray(at, at + count));
      this.#gathered(0, count, this.#queries.byteOffset);
      out.set(this.scores.subarray(0, count), at);
    }
  }

  #gathered(first: number, count: number, query: number): void {
    const { width, floats, tileRows } = this.layout;
    const scores = this.scores.byteOffset;
    if (floats) {
      const numbers = this.numbers.byteOffset + 4 * first;
      return this.#kernels.gathered(this.data.byteOffset, numbers, count, query, width, scores);
    }
    for (let at = 0; at < count; at += tileRows) {
      const some = Math.min(tileRows, count - at);
      for (let i = 0; i < some; i++) this.#widen(this.numbers[first + at + i]!, 1, i);
      this.#kernels.single(this.#tile.byteOffset, some, query, width, scores + 4 * at);
    }
  }
}
