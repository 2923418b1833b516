/**
 * Selection of the k most similar rows for a batch of queries, fed tile by tile. Scores arrive in float32, rounded as
 * the processor has it; so a few more candidates than k are kept, their similarities are computed again in double
 * precision, and ties go to the lower index. The answer is then the same for every batch size and thread count.
 */

/** Candidates kept beyond k: float32 rounding can exchange neighbours at the cut by about 1e-6, no more. */
const MARGIN = 8;

export interface Neighbours {
  /** Row numbers, most similar first [count, k]; -1 where there are fewer than k rows. */
  indices: Int32Array;
  /** Cosines that belong to them [count, k]; NaN where there is no row. */
  similarities: Float32Array;
}

export function emptyNeighbours(count: number, k: number): Neighbours {
  return { indices: new Int32Array(count * k).fill(-1), similarities: new Float32Array(count * k).fill(NaN) };
}

export class TopK {
  readonly #count: number;
  readonly k: number;
  readonly #capacity: number;
  readonly #exclude: Int32Array | null;
  readonly #sizes: Int32Array;
  readonly #floors: Float64Array;
  /** Per query a binary heap with the worst candidate at its root. */
  readonly #scores: Float32Array; // [count, capacity]
  readonly #rows: Int32Array; // [count, capacity]

  /**
   * @param exclude per query, the row that is not its neighbour (itself); -1 for none [count]
   * @param margin candidates kept beyond k
   */
  constructor(count: number, k: number, exclude: Int32Array | null = null, margin = MARGIN) {
    this.#count = count;
    this.k = k;
    this.#capacity = k + margin;
    this.#exclude = exclude;
    this.#sizes = new Int32Array(count);
    this.#floors = new Float64Array(count).fill(-Infinity);
    this.#scores = new Float32Array(count * this.#capacity);
    this.#rows = new Int32Array(count * this.#capacity);
  }

  /** What a score of this query must be above to be taken. */
  threshold(q: number): number {
    return this.#sizes[q]! === this.#capacity ? this.#scores[q * this.#capacity]! : -Infinity;
  }

  /** As `add` for one query and only some rows of a tile, ascending: the others' scores are not above its threshold. */
  addSome(q: number, scores: Float32Array, some: Int32Array, first: number): void {
    const base = q * this.#capacity;
    const except = this.#exclude ? this.#exclude[q]! : -1;
    for (const j of some) {
      const score = scores[j]!;
      if (score <= this.threshold(q) || first + j === except) continue;
      if (this.#sizes[q]! === this.#capacity) this.#replaceWorst(base, score, first + j);
      else this.#append(base, q, score, first + j);
    }
  }

  /**
   * Takes the scores of the rows first .. first + width - 1, one query every `stride` numbers; tiles must come in
   * ascending order.
   */
  add(scores: Float32Array, width: number, first: number, stride = width): void {
    const capacity = this.#capacity;
    for (let q = 0; q < this.#count; q++) {
      const base = q * capacity;
      const except = this.#exclude ? this.#exclude[q]! : -1;
      let full = this.#sizes[q]! === capacity;
      let threshold = full ? this.#scores[base]! : -Infinity;
      const from = q * stride;
      for (let j = 0; j < width; j++) {
        const score = scores[from + j]!;
        // Rows come in ascending order, so an equal score is a higher index and loses to what is there.
        if (score <= threshold || first + j === except) continue;
        if (full) this.#replaceWorst(base, score, first + j);
        else {
          this.#append(base, q, score, first + j);
          full = this.#sizes[q]! === capacity;
        }
        if (full) threshold = this.#scores[base]!;
      }
    }
  }

  /** Leaves candidates of this query with a score below `score` out of what `finish` computes. */
  leaveBelow(q: number, score: number): void {
    this.#floors[q] = score;
  }

  /** Another one of the same queries, which keeps no candidates beyond k: its threshold is the k-th best score. */
  withoutMargin(): TopK {
    return new TopK(this.#count, this.k, this.#exclude, 0);
  }

  /** Computes the candidates' cosines by `similarity` and writes the k best of each query into `out` from `at` on. */
  finish(similarity: (query: number, row: number) => number, out: Neighbours, at = 0): void {
    const capacity = this.#capacity;
    const k = this.k;
    for (let q = 0; q < this.#count; q++) {
      const size = this.#sizes[q]!;
      const found: { row: number; value: number }[] = [];
      for (let i = 0; i < size; i++) {
        if (this.#scores[q * capacity + i]! < this.#floors[q]!) continue;
        const row = this.#rows[q * capacity + i]!;
        found.push({ row, value: Math.fround(similarity(q, row)) });
      }
      found.sort((a, b) => b.value - a.value || a.row - b.row);
      for (let i = 0; i < Math.min(k, found.length); i++) {
        out.indices[(at + q) * k + i] = found[i]!.row;
        out.similarities[(at + q) * k + i] = found[i]!.value;
      }
    }
  }

  #worse(a: number, b: number): boolean {
    return (
      this.#scores[a]! < this.#scores[b]! || (this.#scores[a]! === this.#scores[b]! && this.#rows[a]! > this.#rows[b]!)
    );
  }

  #swap(a: number, b: number): void {
    const score = this.#scores[a]!;
    const row = this.#rows[a]!;
    this.#scores[a] = this.#scores[b]!;
    this.#rows[a] = this.#rows[b]!;
    this.#scores[b] = score;
    this.#rows[b] = row;
  }

  #append(base: number, q: number, score: number, row: number): void {
    let i = this.#sizes[q]!++;
    this.#scores[base + i] = score;
    this.#rows[base + i] = row;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#worse(base + i, base + parent)) break;
      this.#swap(base + i, base + parent);
      i = parent;
    }
  }

  #replaceWorst(base: number, score: number, row: number): void {
    this.#scores[base] = score;
    this.#rows[base] = row;
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      if (left >= this.#capacity) return;
      const right = left + 1;
      const child = right < this.#capacity && this.#worse(base + right, base + left) ? right : left;
      if (!this.#worse(base + child, base + i)) return;
      this.#swap(base + child, base + i);
      i = child;
    }
  }
}

/** The k best of each query over parts that searched different rows; similarities are exact, so this is too. */
export function mergeNeighbours(parts: readonly Neighbours[], count: number, k: number): Neighbours {
  const out = emptyNeighbours(count, k);
  for (let q = 0; q < count; q++) {
    const found: { row: number; value: number }[] = [];
    for (const { indices, similarities } of parts)
      for (let i = q * k; i < (q + 1) * k && indices[i]! >= 0; i++)
        found.push({ row: indices[i]!, value: similarities[i]! });
    found.sort((a, b) => b.value - a.value || a.row - b.row);
    for (let i = 0; i < Math.min(k, found.length); i++) {
      out.indices[q * k + i] = found[i]!.row;
      out.similarities[q * k + i] = found[i]!.value;
    }
  }
  return out;
}

/**
 * Two lists of each query, most similar first, as one of the k best, written over `into`. @param first number of the row
 * that `other` calls 0
 */
export function takeIn(into: Neighbours, other: Neighbours, first: number, count: number, k: number): void {
  const rows = new Int32Array(k);
  const values = new Float32Array(k);
  for (let q = 0; q < count; q++) {
    let [a, b] = [q * k, q * k];
    const end = a + k;
    const isThere = ({ indices }: Neighbours, at: number) => at < end && indices[at]! >= 0;
    for (let i = 0; i < k; i++) {
      const [hasA, hasB] = [isThere(into, a), isThere(other, b)];
      const row = hasB ? other.indices[b]! + first : -1;
      const lead = into.similarities[a]! - other.similarities[b]!;
      const isA = hasA && (!hasB || lead > 0 || (lead === 0 && into.indices[a]! < row));
      rows[i] = isA ? into.indices[a]! : row;
      values[i] = isA ? into.similarities[a]! : hasB ? other.similarities[b]! : NaN;
      if (isA) a++;
      else b++;
    }
    into.indices.set(rows, q * k);
    into.similarities.set(values, q * k);
  }
}
