/**
 * All pairs of 64-bit hashes within a distance, without comparing every pair (multi-index hashing, Norouzi, Punjani
 * and Fleet 2012): of m bands that a hash is cut into, two hashes within r differ by at most r / m bits in one, so each
 * looks into the buckets of all values that near. No bucket is skipped, however crowded. Typed arrays: a million
 * hashes at distance 4 take seconds.
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

/** Calls `each` with pairs of different places (first below second) that cover all within `distance`; some more than once. */
export function hashPairs(hashes: Hashes, distance: number, each: (first: number, second: number) => void): void {
  const count = hashes.length / 2;
  for (const band of planBands(count, distance)) pairsOfBand(hashes, distance, band, each);
}

function pairsOfBand(
  hashes: Hashes,
  distance: number,
  { from, width, radius }: Band,
  each: (first: number, second: number) => void,
): void {
  const count = hashes.length / 2;
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const [high, low] = [hashes[2 * i]!, hashes[2 * i + 1]!];
    // bit 0 is the lowest of `low`
    const bits = from >= 32 ? high >>> (from - 32) : from === 0 ? low : (low >>> from) | (high << (32 - from));
    values[i] = bits & (2 ** width - 1);
  }
  // Counting sort: the hashes of a value lie side by side, ascending.
  const starts = new Int32Array(2 ** width + 1);
  for (const value of values) starts[value + 1]!++;
  for (let v = 0; v < 2 ** width; v++) starts[v + 1]! += starts[v]!;
  const fill = starts.slice();
  const order = new Int32Array(count);
  const sorted = new Uint32Array(2 * count);
  values.forEach((value, i) => {
    const at = fill[value]!++;
    order[at] = i;
    sorted[2 * at] = hashes[2 * i]!;
    sorted[2 * at + 1] = hashes[2 * i + 1]!;
  });

  /** Compares the hash at `at` of the order with those from .. to - 1. */
  const compare = (at: number, first: number, end: number): void => {
    const [high, low] = [sorted[2 * at]!, sorted[2 * at + 1]!];
    for (let other = first; other < end; other++)
      if (bitCount(high ^ sorted[2 * other]!) + bitCount(low ^ sorted[2 * other + 1]!) <= distance) {
        const [a, b] = [order[at]!, order[other]!];
        each(Math.min(a, b), Math.max(a, b));
      }
  };
  /** Every value within `left` flips of bits from `bit` on; only greater ones, as the lesser look at this one. */
  const visit = (at: number, own: number, value: number, bit: number, left: number): void => {
    if (value > own) compare(at, starts[value]!, starts[value + 1]!);
    if (left === 0) return;
    for (let next = bit; next < width; next++) visit(at, own, value ^ (1 << next), next + 1, left - 1);
  };
  for (let at = 0; at < count; at++) {
    const own = values[order[at]!]!;
    compare(at, at + 1, starts[own + 1]!);
    if (radius > 0) visit(at, own, own, 0, radius);
  }
}
