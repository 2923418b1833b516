/**
 * Exact neighbours among more rows than memory holds: they are read a piece at a time into one index, every piece answers,
 * and the best of all answers are kept. For many queries at once, as each call reads all rows but the piece that is there.
 */
import { ExactIndex } from './exactIndex.ts';
import type { IndexOptions } from './exactIndex.ts';
import { emptyNeighbours, takeIn } from './topK.ts';
import type { Neighbours } from './topK.ts';

/** Rows that are read as they are needed. */
export interface ReadRows {
  readonly n: number;
  readonly d: number;
  /** Writes rows from .. from + count - 1 into `into` [count, d]. */
  copy(from: number, count: number, into: Float32Array): void;
}

/** Bytes of a piece: more would hardly be faster, as a query computes with its best few of each piece exactly. */
const PIECE_BYTES = 256 << 20;

export class PiecedIndex {
  readonly #rows: ReadRows;
  readonly #index: ExactIndex;
  readonly #size: number;
  /** The piece that the index holds. */
  #held = -1;

  constructor(rows: ReadRows, { pieceBytes = PIECE_BYTES, ...options }: IndexOptions & { pieceBytes?: number } = {}) {
    this.#rows = rows;
    const most = Math.max(1, Math.floor(pieceBytes / (4 * rows.d)));
    const pieces = Math.max(1, Math.ceil(rows.n / most));
    this.#size = Math.ceil(rows.n / pieces);
    this.#index = ExactIndex.empty(this.#size, rows.d, { ...options, levelsFrom: Infinity });
  }

  /**
   * As `ExactIndex.query`, one call at a time.
   * @throws InternalError bad-shape, SearchError not-finite, cancelled or closed
   */
  async query(
    queries: Float32Array,
    count: number,
    k: number,
    { exclude = null, signal }: { exclude?: Int32Array | null; signal?: AbortSignal } = {},
  ): Promise<Neighbours> {
    const { n } = this.#rows;
    const size = this.#size;
    const out = emptyNeighbours(count, k);
    const pieces = n > 0 ? Math.ceil(n / size) : 0;
    const start = Math.max(0, this.#held); // what is there is asked before it is replaced
    for (let i = 0; i < pieces; i++) {
      const piece = (start + i) % pieces;
      const first = piece * size;
      const held = Math.min(size, n - first);
      if (this.#held !== piece) {
        this.#held = -1;
        await this.#index.fill(held, (from, some, into) => this.#rows.copy(first + from, some, into), first);
        this.#held = piece;
      }
      const own = exclude?.map((row) => (row >= first && row < first + held ? row - first : -1)) ?? null;
      takeIn(out, await this.#index.query(queries, count, k, { exclude: own, signal }), first, count, k);
    }
    return out;
  }

  close(): Promise<void> {
    return this.#index.close();
  }
}
