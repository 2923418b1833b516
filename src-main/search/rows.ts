/**
 * The vectors of an index and the kernels over them, as one of its threads sees them: they lie in one WebAssembly memory
 * that all threads share (layout.ts).
 */
import { kernelsOver } from './kernels.ts';
import type { Kernels, SharedMemory } from './kernels.ts';
import { BASE, BLOCK, FACTS, centreAt, factsAt, largestAt, levelsAt, scratchAt } from './layout.ts';
import type { Layout } from './layout.ts';
import { asLevels, largestLevel, zeroLevel } from './levels.ts';
import { Signs } from './signs.ts';
import { dot } from './vectors.ts';

/** Deviations of a score by levels that are reckoned with. */
const ROUNDINGS = 5;

/** Raises a number that other threads raise too: as bits of a whole number, by which positive ones have the same order. */
function raise(largest: Float32Array, at: number, to: number): void {
  if (to <= largest[at]!) return;
  const shared = new Int32Array(largest.buffer, largest.byteOffset, largest.length);
  const bits = new Int32Array(Float32Array.of(to).buffer)[0]!;
  for (let there = Atomics.load(shared, at); there < bits;) {
    const before = Atomics.compareExchange(shared, at, there, bits);
    if (before === there) return;
    there = before;
  }
}

export class Rows {
  readonly layout: Layout;
  /** The rows, normalised and padded [n, width]; empty where there are levels alone. */
  readonly data: Float32Array;
  /** Bytes of the memory at which levels begin, and what is known of the rows; null where there are none. */
  readonly levels: { at: number; facts: number } | null;
  /** What says which rows' levels a query need not read. */
  readonly signs: Signs | null;
  /** What levels are measured from, the same for all rows [levelWidth]; zero until it is set. */
  readonly #centre: Float32Array;
  readonly #queries: Float32Array; // [BLOCK, width]
  /** Scores that `products` computed; those of query q begin at q * tileRows. */
  readonly scores: Float32Array; // [BLOCK, tileRows]
  /** Which rows are above a threshold, and may be, in the memory where scores of later queries would be. */
  readonly #above: Int32Array; // [levelTile]
  readonly #likely: Int32Array; // [levelTile]
  /** Most rows whose products with a few queries are computed at a time, a multiple of SIGN_BLOCK. */
  readonly levelTile: number;
  readonly #facts: Float32Array;
  /** Of all rows, the largest step of their levels, and the largest size of what is left of one; other threads raise them. */
  readonly #largest: Float32Array; // [2]
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
    this.levelTile = Math.min(2048, 8 * tileRows);
    const whole = new Int32Array(memory.buffer, this.scores.byteOffset, BLOCK * tileRows);
    this.#above = whole.subarray(8 * tileRows, 16 * tileRows);
    this.#likely = whole.subarray(16 * tileRows, 24 * tileRows);
    const tile = scratch + 4 * BLOCK * (width + tileRows);
    this.#tile = new Float32Array(memory.buffer, tile, floats ? 0 : tileRows * width);
    const gathers = Math.min((BLOCK - 1) * width, BLOCK * tileRows);
    this.numbers = new Int32Array(memory.buffer, scratch + 4 * width, gathers);
    this.levels = levelWidth > 0 ? { at: levelsAt(layout), facts: factsAt(layout) } : null;
    this.#centre = new Float32Array(memory.buffer, centreAt(layout), levelWidth);
    this.#largest = new Float32Array(memory.buffer, largestAt(layout), levelWidth > 0 ? 2 : 0);
    this.#facts = new Float32Array(memory.buffer, factsAt(layout), levelWidth > 0 ? (FACTS / 4) * n : 0);
    this.#kernels = kernelsOver(memory);
    this.signs = layout.signs ? new Signs(layout, memory, thread, this.#kernels) : null;
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
    if (!this.levels) return;
    this.#centre.set(centre);
    this.#largest.fill(0);
  }

  /** Sets the levels of a row [d], where there are some; what is behind it is zero. It stands where queries would. */
  setLevels(row: number, values: Float32Array): void {
    if (!this.levels) return;
    const { d, levelWidth } = this.layout;
    const { at, facts } = this.levels;
    this.#queries.set(values);
    this.#queries.fill(0, d, levelWidth);
    const [from, centre] = [this.#queries.byteOffset, this.#centre.byteOffset];
    const fact = facts + FACTS * row;
    const size = this.#kernels.narrow(from, centre, levelWidth, largestLevel, at + row * levelWidth, fact);
    if (size > 0) raise(this.#largest, 0, this.#facts[(fact - facts) / 4]!); // nothing has a step of 1
    raise(this.#largest, 1, size);
    this.signs?.set(row, from, this.#facts[(fact - facts + 8) / 4]!);
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
   * Nearly the scores of query `q`, one of a few, with the rows first .. first + count - 1, at most levelTile, from their
   * levels, into `scores`.
   * @returns which of them are above `threshold`, ascending, until the next call: a scan of all scores would take a
   * fifth as long as they do
   */
  levelProducts(first: number, count: number, q: number, threshold: number): Int32Array {
    const { levelWidth } = this.layout;
    const { at, facts } = this.levels!;
    const { query, step, base } = this.#asked[q]!;
    const [rows, known, scores] = [at + first * levelWidth, facts + FACTS * first, this.scores.byteOffset];
    const to = this.#above.byteOffset;
    const found = this.#kernels.levels(rows, count, query, levelWidth, known, step, base, scores, to, threshold);
    return this.#above.subarray(0, found);
  }

  /**
   * As `levelProducts`, of the rows alone whose signs say that they may be above `threshold`, `first` being a multiple of
   * SIGN_BLOCK; null, and nothing computed, where these are more than `most`.
   */
  likelyProducts(first: number, count: number, q: number, threshold: number, most: number): Int32Array | null {
    const { levelWidth } = this.layout;
    const { at, facts } = this.levels!;
    const { query, step, base } = this.#asked[q]!;
    const numbers = this.#likely.byteOffset;
    const some = this.signs!.likely(first, count, q, base, threshold, numbers);
    if (some > most) return null;
    const [rows, known, scores] = [at + first * levelWidth, facts + FACTS * first, this.scores.byteOffset];
    const to = this.#above.byteOffset;
    const found = this.#kernels.levelsOf(
      rows,
      numbers,
      some,
      query,
      levelWidth,
      known,
      step,
      base,
      scores,
      to,
      threshold,
    );
    return this.#above.subarray(0, found);
  }

  /**
   * What a row's score by levels may be off by, of a query that is asked as levels: some deviations, as roundings of its
   * numbers, and of the query's, add up by chance.
   */
  levelError(q: number): number {
    const { step, size } = this.#asked[q]!;
    const [largestStep, largestSize] = this.#largest;
    return ROUNDINGS * Math.sqrt(((size * largestStep!) ** 2 + (step * largestSize!) ** 2) / 12);
  }

  /** Of each query that is asked as levels: where they are, their step, and the centre's product with it. */
  readonly #asked: { query: number; step: number; base: number; size: number }[] = [];

  /** As setQueries of a few queries, for levelProducts. */
  setLevelQueries(from: Float32Array, count: number, stride: number): void {
    const { width, d } = this.layout;
    const bytes = new Uint8Array(this.#queries.buffer, this.#queries.byteOffset, 4 * BLOCK * width);
    bytes.fill(zeroLevel);
    for (let q = 0; q < count; q++) {
      const rest = from.slice(q * stride, q * stride + d);
      const base = dot(rest, 0, this.#centre, 0, d);
      for (let j = 0; j < d; j++) rest[j]! -= this.#centre[j]!;
      const query = this.#queries.byteOffset + 4 * q * width;
      const size = Math.sqrt(dot(rest, 0, rest, 0, d));
      this.#asked[q] = { query, step: asLevels(rest, bytes.subarray(4 * q * width)), base, size };
      this.signs?.ask(q, rest);
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
