/**
 * Where the vectors lie: one WebAssembly memory that all threads of an index share. The rows come first, padded to a
 * multiple of sixteen numbers, then each thread's scratch for a block of queries and a tile of scores.
 */
import { SearchError } from './errors.ts';
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
  tileRows: number;
  threads: number;
  pages: number;
}

/** @throws SearchError too-large above the 4 GB that WebAssembly can address */
export function planLayout(n: number, d: number, threads: number): Layout {
  const width = Math.ceil(d / 16) * 16;
  const tileRows = Math.max(16, Math.min(2048, Math.floor(TILE_BYTES / (4 * width)))) & ~1;
  const layout = { n, d, width, tileRows, threads, pages: 0 };
  const pages = Math.ceil((scratchAt(layout, threads) + PAGE) / PAGE);
  if (pages > 65_536)
    throw new SearchError('too-large.index', { count: n, dimensions: d, needed: Math.ceil((pages * PAGE) / 2 ** 30) });
  return { ...layout, pages };
}

const scratchBytes = ({ width, tileRows }: Layout): number => 4 * BLOCK * (width + tileRows);
/**
 * Byte at which a thread's scratch begins: behind one row more than there are, because the kernel reads rows in pairs.
 */
const scratchAt = (layout: Layout, thread: number): number =>
  BASE + 4 * layout.width * (layout.n + (layout.n % 2)) + thread * scratchBytes(layout);

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
}

let compiled: object | null = null;

export const createMemory = ({ pages }: Layout): SharedMemory =>
  new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });

/** The rows, and the kernels over them as one thread sees it. */
export class Rows {
  readonly layout: Layout;
  /** The rows, normalised and padded [n, width]. */
  readonly data: Float32Array;
  readonly #queries: Float32Array; // [BLOCK, width]
  /** Scores that `products` computed; those of query q begin at q * tileRows. */
  readonly scores: Float32Array; // [BLOCK, tileRows]
  /** Row numbers for `gathered`, in the memory where the queries after the first would lie. */
  readonly numbers: Int32Array;
  readonly #kernels: Kernels;

  constructor(layout: Layout, memory: SharedMemory, thread: number) {
    this.layout = layout;
    const { n, width, tileRows } = layout;
    const scratch = scratchAt(layout, thread);
    this.data = new Float32Array(memory.buffer, BASE, n * width);
    this.#queries = new Float32Array(memory.buffer, scratch, BLOCK * width);
    this.scores = new Float32Array(memory.buffer, scratch + 4 * BLOCK * width, BLOCK * tileRows);
    const gathers = Math.min((BLOCK - 1) * width, BLOCK * tileRows);
    this.numbers = new Int32Array(memory.buffer, scratch + 4 * width, gathers);
    compiled ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
    this.#kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Kernels;
  }

  /** Copies up to BLOCK queries [count, stride] in; `products` then works on these. */
  setQueries(from: Float32Array, count: number, stride: number): void {
    this.#queries.fill(0);
    for (let q = 0; q < count; q++)
      this.#queries.set(from.subarray(q * stride, q * stride + this.layout.d), q * this.layout.width);
  }

  /** Scores of the first `queryCount` queries with the rows first .. first + count - 1, at most tileRows of them. */
  products(first: number, count: number, queryCount: number): void {
    const { width, tileRows } = this.layout;
    const rows = this.data.byteOffset + 4 * first * width;
    const [queries, scores] = [this.#queries.byteOffset, this.scores.byteOffset];
    if (queryCount === 1) this.#kernels.single(rows, count, queries, width, scores);
    else this.#kernels.products(rows, count, queries, queryCount, width, scores, tileRows);
  }

  /** Products of row `query` with the rows whose numbers stand in `numbers` from `first` on, into `scores`. */
  gathered(query: number, first: number, count: number): void {
    const { width } = this.layout;
    const at = this.data.byteOffset + 4 * query * width;
    const numbers = this.numbers.byteOffset + 4 * first;
    this.#kernels.gathered(this.data.byteOffset, numbers, count, at, width, this.scores.byteOffset);
  }

  /** Products of a vector [width] with any rows, into `out`. */
  gather(vector: Float32Array, numbers: Int32Array, out: Float32Array): void {
    const { width } = this.layout;
    this.#queries.set(vector);
    for (let at = 0; at < numbers.length; at += this.numbers.length) {
      const count = Math.min(this.numbers.length, numbers.length - at);
      this.numbers.set(numbers.subarray(at, at + count));
      this.#kernels.gathered(
        this.data.byteOffset,
        this.numbers.byteOffset,
        count,
        this.#queries.byteOffset,
        width,
        this.scores.byteOffset,
      );
      out.set(this.scores.subarray(0, count), at);
    }
  }
}
