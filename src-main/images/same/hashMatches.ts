/**
 * All pairs of 64-bit hashes of two lists within a distance, without comparing every pair (multi-index hashing,
 * Norouzi, Punjani and Fleet 2012): of m bands that a hash is cut into, two hashes within r differ by at most r / m bits
 * in one, so each looks into the buckets of all values that near. No bucket is skipped, however crowded.
 */

/** Two numbers of 32 bits a hash, by turns: high, low. */
export type Hashes = Uint32Array;

/** Bits of a band's value at most: each band has a table of two to that. */
const widest = 22;

const bitCount = (value: number): number => {
  let x = value - ((value >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

interface Band {
  from: number;
  width: number;
  /** Bits that two may differ by here. */
  radius: number;
}

/** How many values of `width` bits lie within `radius` of one. */
function ball(width: number, radius: number): number {
  let sum = 1;
  for (let r = 1, choose = 1; r <= radius; r++) sum += choose = (choose * (width - r + 1)) / r;
  return sum;
}

/**
 * Two hashes within `distance` are within `radius` in at least one of these: were each farther, the sum of radius + 1
 * over the bands would be more than the distance. The number of bands is that which needs the fewest steps.
 */
export function planBands(count: number, distance: number): Band[] {
  let best: Band[] = [];
  let least = Infinity;
  for (let bands = Math.ceil(64 / widest); bands <= Math.min(16, distance + 3); bands++) {
    const radius = Math.floor(distance / bands);
    const plan = Array.from({ length: bands }, (_, band): Band => {
      const from = Math.floor((64 * band) / bands);
      const width = Math.floor((64 * (band + 1)) / bands) - from;
      return { from, width, radius: band <= distance % bands ? radius : radius - 1 };
    }).filter((band) => band.radius >= 0);
    const steps = plan.reduce((sum, { width, radius: r }) => sum + ball(width, r) * (1 + count / 2 ** width), 0);
    if (steps < least) [best, least] = [plan, steps];
  }
  return best;
}

/** Calls `each` with places in `queries` and in `table` that cover all pairs within `distance`; some come more than once. */
export function hashMatches(
  table: Hashes,
  queries: Hashes,
  distance: number,
  each: (query: number, entry: number) => void,
  onProgress?: (share: number) => void,
): void {
  const bands = planBands(Math.max(table.length, queries.length) / 2, distance);
  bands.forEach((band, at) => {
    matchesOfBand(table, queries, distance, band, each);
    onProgress?.((at + 1) / bands.length);
  });
}

/** The band's value of the hash at `i`; bit 0 is the lowest of its low half. */
function valueOf(hashes: Hashes, i: number, from: number, width: number): number {
  const [high, low] = [hashes[2 * i]!, hashes[2 * i + 1]!];
  const bits = from >= 32 ? high >>> (from - 32) : from === 0 ? low : (low >>> from) | (high << (32 - from));
  return bits & (2 ** width - 1);
}

function matchesOfBand(
  table: Hashes,
  queries: Hashes,
  distance: number,
  { from, width, radius }: Band,
  each: (query: number, entry: number) => void,
): void {
  const count = table.length / 2;
  // Counting sort: the hashes of a value lie side by side.
  const starts = new Int32Array(2 ** width + 1);
  for (let i = 0; i < count; i++) starts[valueOf(table, i, from, width) + 1]!++;
  for (let v = 0; v < 2 ** width; v++) starts[v + 1]! += starts[v]!;
  const fill = starts.slice();
  const order = new Int32Array(count);
  const sorted = new Uint32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const at = fill[valueOf(table, i, from, width)]!++;
    order[at] = i;
    sorted[2 * at] = table[2 * i]!;
    sorted[2 * at + 1] = table[2 * i + 1]!;
  }
  let [query, high, low] = [0, 0, 0];
  /** Every value within `left` flips of bits from `bit` on. */
  const visit = (value: number, bit: number, left: number): void => {
    for (let at = starts[value]!, end = starts[value + 1]!; at < end; at++)
      if (bitCount(high ^ sorted[2 * at]!) + bitCount(low ^ sorted[2 * at + 1]!) <= distance) each(query, order[at]!);
    if (left === 0) return;
    for (let next = bit; next < width; next++) visit(value ^ (1 << next), next + 1, left - 1);
  };
  for (query = 0; query < queries.length / 2; query++) {
    high = queries[2 * query]!;
    low = queries[2 * query + 1]!;
    visit(valueOf(queries, query, from, width), 0, radius);
  }
}
