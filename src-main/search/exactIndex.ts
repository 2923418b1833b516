/**
 * Exact nearest neighbours by cosine, over vectors in a memory shared by worker threads. The calling thread only copies
 * what it passes in, a piece at a time, so a process that serves a window stays responsive. The time of a query grows
 * with the number of vectors. A few queries of many vectors go by signs of two bits, which leave few rows in question,
 * and by levels of 8 bits of these; the best, up to 200 beyond k, are compared exactly. Where the numbers do not fit into
 * 4 GB (two million of 512), their levels do (eight million, six with signs), and the exact ones are read from the file.
 * The graph of all neighbours, whose exact time grows with the square, is approximate above EXACT_UP_TO vectors.
 */
import { InternalError } from '../../shared/errors.ts';
import { availableParallelism } from 'node:os';
import { approximateGraph } from './approximate.ts';
import { checkShape } from './errors.ts';
import { createMemory } from './kernels.ts';
import { kMeans } from './kMeans.ts';
import type { KMeans } from './kMeans.ts';
import { planLayout } from './layout.ts';
import type { LayoutOptions } from './layout.ts';
import { partsOf, searchInParts } from './parts.ts';
import type { Range } from './parts.ts';
import type { RowFile, Standard } from './requests.ts';
import { joinedAssignments } from './results.ts';
import type { Assignment, Components } from './results.ts';
import { Rows } from './rows.ts';
import type { Neighbours } from './topK.ts';
import { normalizeRows } from './vectors.ts';
import { SearchWorkers } from './workers.ts';

export interface IndexOptions extends Pick<LayoutOptions, 'levelsFrom' | 'floatBytes'> {
  /** Threads; default every core, 16 at most. */
  threads?: number;
  /** Standardises the rows before they are normalised; default: they are as they come. */
  standard?: Standard;
}

export interface QueryOptions {
  /** Per query, the row that must not be among its neighbours (itself); -1 for none [count]. */
  exclude?: Int32Array | null;
  signal?: AbortSignal;
  onProgress?: (done: number, count: number) => void;
}

export interface GraphOptions extends Omit<QueryOptions, 'exclude'> {
  /** Most rows whose graph is exact: the time of that grows with their square. */
  exactUpTo?: number;
  /** Seed of the approximate graph; default 0. */
  seed?: number;
}

/**
 * Default of exactUpTo: half a minute of a processor at 128 numbers a row, where the approximate graph takes five
 * seconds.
 */
const EXACT_UP_TO = 50_000;

/** Bytes copied at a time before the calling thread may do something else (about 3 ms). */
const PIECE_BYTES = 8 << 20;
const MAX_THREADS = 16;

/**
 * Neighbours by cosine among n rows of d numbers, exactly, by as many threads as there are processors: of other vectors, of
 * each row, or as a graph of all. It holds memory and threads until `close`.
 */
export class ExactIndex {
  readonly d: number;
  #n: number;
  readonly #rows: Rows;
  readonly #workers: SearchWorkers;

  private constructor(n: number, d: number, { threads, standard, ...options }: IndexOptions, file: RowFile | null) {
    this.#n = n;
    this.d = d;
    const layout = planLayout(n, d, Math.min(MAX_THREADS, threads || availableParallelism()), {
      ...options,
      whole: file === null,
    });
    const memory = createMemory(layout);
    this.#rows = new Rows(layout, memory, 0);
    this.#workers = new SearchWorkers(layout, memory, { file, standard: standard ?? null });
  }

  /**
   * An index over `vectors` [n, d]; they are copied and normalised, zero vectors have similarity 0 to everything.
   * @throws InternalError bad-shape, SearchError too-large, or not-finite naming the row
   */
  static async create(vectors: Float32Array, n: number, d: number, options: IndexOptions = {}): Promise<ExactIndex> {
    checkShape('vectors', vectors, n, d);
    const index = new ExactIndex(n, d, options, null);
    await index.fill(n, (from, count, into) => into.set(vectors.subarray(from * d, (from + count) * d)));
    return index;
  }

  /** An index with room for `n` rows, to be filled. @throws SearchError too-large */
  static empty(n: number, d: number, options: IndexOptions = {}): ExactIndex {
    return new ExactIndex(n, d, options, null);
  }

  /** Rows that it holds. */
  get n(): number {
    return this.#n;
  }

  /**
   * Puts other rows in the place of those that it has, no more than it was made for. Nothing may be asked meanwhile.
   * @param copy writes rows from .. from + count - 1 into `into` [count, d]
   * @param first number that messages give the first row
   */
  async fill(n: number, copy: (from: number, count: number, into: Float32Array) => void, first = 0): Promise<void> {
    const { d } = this;
    const { data, layout } = this.#rows;
    if (n > layout.n) throw new InternalError('bad-shape', `${n} rows do not fit where ${layout.n} do`, { n });
    this.#n = n;
    const step = Math.max(1, Math.floor(PIECE_BYTES / (4 * d)));
    const padded = layout.width === d ? null : new Float32Array(Math.min(n, step) * d);
    for (let from = 0; from < n; from += step) {
      const count = Math.min(step, n - from);
      const into = padded?.subarray(0, count * d) ?? data.subarray(from * d, (from + count) * d);
      copy(from, count, into);
      for (let i = 0; padded && i < count; i++)
        data.set(padded.subarray(i * d, (i + 1) * d), (from + i) * layout.width);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#prepared(first);
  }

  /**
   * An index over float32 numbers [n, d] that begin at `byteOffset` of a file (the data of an .npy); the threads read
   * the file themselves, so nothing passes through the caller.
   * @throws InternalError bad-shape when the file is shorter, SearchError too-large or not-finite
   */
  static async open(
    path: string,
    byteOffset: number,
    n: number,
    d: number,
    options: IndexOptions = {},
  ): Promise<ExactIndex> {
    const index = new ExactIndex(n, d, options, { path, byteOffset });
    await index.#prepared();
    return index;
  }

  async #prepared(first = 0): Promise<void> {
    try {
      if (this.#rows.levels) await this.#workers.run([{ type: 'centre', n: this.n }], () => {});
      await this.#workers.run(
        this.#parts().map(([from, to]) => ({ type: 'prepare', from, to, first })),
        () => {},
      );
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * The k rows most similar to each of `count` query vectors [count, d], ties by index. Where there are fewer rows, the
   * rest is -1 and NaN.
   * @throws InternalError bad-shape, SearchError not-finite, cancelled or closed
   */
  async query(queries: Float32Array, count: number, k: number, options: QueryOptions = {}): Promise<Neighbours> {
    checkShape('queries', queries, count, this.d);
    const exclude = options.exclude ?? null;
    if (exclude && exclude.length !== count)
      throw new InternalError('bad-shape', `exclude holds ${exclude.length} rows for ${count} queries`, { count });
    const { d } = this;
    const asked = normalizeRows(queries.slice(), d);
    return searchInParts(this.#workers, this.#parts(), count, k, options, (from, to) => ({
      queries: asked.slice(from * d, to * d),
      exclude: exclude?.slice(from, to) ?? null,
    }));
  }

  /**
   * The kNN graph: for every row its k most similar others [n, k]. Exact up to `exactUpTo` rows; above, about 99 of
   * 100 neighbours are found (approximate.ts), the same ones for the same vectors and seed.
   */
  neighbourGraph(k: number, options: GraphOptions = {}): Promise<Neighbours> {
    const { exactUpTo = EXACT_UP_TO, seed = 0, signal, onProgress } = options;
    if (this.n <= Math.max(exactUpTo, k))
      return searchInParts(this.#workers, this.#parts(), this.n, k, options, (from) => ({
        queries: from,
        exclude: null,
      }));
    return approximateGraph(this.#workers, this.n, k, {
      seed,
      signal,
      onProgress: (fraction) => onProgress?.(Math.round(fraction * this.n), this.n),
    });
  }

  /**
   * The rows' leading principal components, for a map at once. Deterministic: in each, the loading largest in size is
   * positive. Above 16,384 rows the directions come from an evenly spaced sample, the coordinates from every row.
   */
  async principalComponents(count = 2): Promise<Components> {
    let found: Components | null = null;
    await this.#workers.run([{ type: 'components', count }], (result) => (found = result));
    return found!;
  }

  /**
   * `count` clusters by spherical k-means++ with a counted seed, for when someone says how many they want; views.ts
   * has the clusters that find their own number.
   */
  async kMeans(
    count: number,
    {
      seed = 0,
      signal,
      ...rest
    }: {
      seed?: number;
      signal?: AbortSignal;
      iterations?: number;
      /** 0 to 1 */ onProgress?: (done: number) => void;
    } = {},
  ): Promise<KMeans> {
    const assign = async (centres: Float32Array, centreCount: number): Promise<Assignment> => {
      const parts: Assignment[] = [];
      await this.#workers.run(
        this.#parts().map(([from, to]) => ({ type: 'assign', centres, count: centreCount, from, to })),
        (result, at) => (parts[at] = result),
        signal,
      );
      return joinedAssignments(parts, this.n);
    };
    return kMeans(this.n, this.d, count, seed, (i) => this.row(i), assign, rest);
  }

  /** A row as it is compared, of length one [d]. */
  row(i: number): Float32Array {
    return this.#rows.row(i).slice(0, this.d);
  }

  /** Some of the rows as they are compared [rows.length, d]. */
  some(rows: readonly number[]): Float32Array {
    const out = new Float32Array(rows.length * this.d);
    rows.forEach((row, i) => out.set(this.row(row), i * this.d));
    return out;
  }

  /** Products of a few vectors [count, d], which are taken as they are, with every row [count, n]; count at most 32. */
  async products(vectors: Float32Array, count: number, signal?: AbortSignal): Promise<Float32Array> {
    checkShape('vectors', vectors, count, this.d);
    const parts = this.#parts();
    const out = new Float32Array(count * this.n);
    await this.#workers.run(
      parts.map(([from, to]) => ({ type: 'products', vectors, count, from, to })),
      ({ values }, at) => {
        const [from, to] = parts[at]!;
        for (let q = 0; q < count; q++)
          out.set(values.subarray(q * (to - from), (q + 1) * (to - from)), q * this.n + from);
      },
      signal,
    );
    return out;
  }

  /** Ends the threads and frees the vectors; pending queries are rejected with code closed. */
  close(): Promise<void> {
    return this.#workers.close();
  }

  #parts(): Range[] {
    return partsOf(this.n, this.#rows.layout.threads);
  }
}
