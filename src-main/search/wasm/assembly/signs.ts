/**
 * The signs of rotated rows, two bits a number, and which rows they leave in question (signs.ts of the search says why).
 *
 * Rows lie in blocks of 32: of each four numbers sixteen bytes, in which the lower half of a byte has the signs of one of
 * the first sixteen rows and the upper half those of one of the others; so one instruction looks sixteen rows up in a
 * table of the sixteen sums that four of the query's numbers can have. Of sixteen rows the first eight are the even
 * bytes, as sums are kept in halves of even and odd ones. Behind the first signs of a block stand what these are
 * multiplied by and the product with the centre of each row, behind the second ones what both are multiplied by.
 */

/** What is between the two sizes of a number: in deviations, where steps of the same size err least. */
const BETWEEN: f32 = 0.9957;

@inline function lanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Sums and differences of the pairs of four numbers, and of their pairs: the transform of four. */
@inline function four(x: v128): v128 {
  const pairs = f32x4.add(
    v128.shuffle<f32>(x, x, 0, 0, 2, 2),
    v128.xor(v128.shuffle<f32>(x, x, 1, 1, 3, 3), i32x4(0, 0x80000000, 0, 0x80000000)),
  );
  return f32x4.add(
    v128.shuffle<f32>(pairs, pairs, 0, 1, 0, 1),
    v128.xor(v128.shuffle<f32>(pairs, pairs, 2, 3, 2, 3), i32x4(0, 0, 0x80000000, 0x80000000)),
  );
}

/** The Walsh-Hadamard transform of a power of two of numbers, 4 or more, in place; two steps at a time. */
function transform(values: usize, bytes: usize): void {
  const end = values + bytes;
  for (let at = values; at < end; at += 16) v128.store(at, four(v128.load(at)));
  let step: usize = 16;
  for (; step << 2 <= bytes; step <<= 2) {
    for (let from = values; from < end; from += step << 2) {
      for (let at = from; at < from + step; at += 16) {
        const a = v128.load(at);
        const b = v128.load(at + step);
        const c = v128.load(at + 2 * step);
        const e = v128.load(at + 3 * step);
        const ab = f32x4.add(a, b);
        const a_b = f32x4.sub(a, b);
        const ce = f32x4.add(c, e);
        const c_e = f32x4.sub(c, e);
        v128.store(at, f32x4.add(ab, ce));
        v128.store(at + step, f32x4.add(a_b, c_e));
        v128.store(at + 2 * step, f32x4.sub(ab, ce));
        v128.store(at + 3 * step, f32x4.sub(a_b, c_e));
      }
    }
  }
  if (step << 1 <= bytes) {
    for (let at = values; at < values + step; at += 16) {
      const a = v128.load(at);
      const b = v128.load(at + step);
      v128.store(at, f32x4.add(a, b));
      v128.store(at + step, f32x4.sub(a, b));
    }
  }
}

@inline function scaled(values: usize, by: usize, bytes: usize): void {
  for (let j: usize = 0; j < bytes; j += 16)
    v128.store(values + j, f32x4.mul(v128.load(values + j), v128.load(by + j)));
}

/**
 * Rotates `width` numbers in place: multiplied by the first `width` of `by`, the first `power` of them are transformed;
 * where that is not all, they are multiplied by the next of `by`, and the last `power` are.
 */
export function rotate(values: usize, width: i32, power: i32, by: usize): void {
  const bytes = <usize>width << 2;
  const part = <usize>power << 2;
  scaled(values, by, bytes);
  transform(values, part);
  if (part === bytes) return;
  scaled(values, by + bytes, bytes);
  transform(values + (bytes - part), part);
}

/** Where in the sixteen bytes of each four numbers the signs of a row stand. */
@inline function place(row: i32): usize {
  return <usize>(((row & 7) << 1) | ((row >> 3) & 1));
}

@inline function put(at: usize, row: i32, bits: i32): void {
  const byte: i32 = load<u8>(at);
  store<u8>(at, row < 16 ? (byte & 0xf0) | bits : (byte & 0x0f) | (bits << 4));
}

/**
 * Keeps both signs of `width` rotated numbers as the row `row` of a block, 0 to 31, and what is known of it. A number y is
 * near 2 s + t steps of half a deviation, s its sign, and t that of what this leaves.
 * @param along the row's product with the centre
 */
export function keep(values: usize, width: i32, firsts: usize, seconds: usize, row: i32, along: f32): void {
  const bytes = <usize>width << 2;
  let sizes = f32x4.splat(0), squares = sizes, above = sizes;
  for (let j: usize = 0; j < bytes; j += 16) {
    const y = v128.load(values + j);
    squares = f32x4.add(squares, f32x4.mul(y, y));
  }
  const square = lanes(squares);
  const middle = f32x4.splat(BETWEEN * sqrt<f32>(square / <f32>width));
  for (let j: usize = 0; j < bytes; j += 16) {
    const y = v128.load(values + j);
    const size = f32x4.abs(y);
    const over = f32x4.sub(size, middle);
    sizes = f32x4.add(sizes, size);
    above = f32x4.add(above, v128.and(size, f32x4.ge(size, middle)));
    put(firsts + j + place(row), row, i32x4.bitmask(y));
    put(seconds + j + place(row), row, i32x4.bitmask(v128.xor(over, y)));
  }
  const size = lanes(sizes);
  const facts = firsts + bytes + (<usize>row << 2);
  store<f32>(facts, size > 0 ? square / size : 0);
  store<f32>(facts, along, 128);
  store<f32>(seconds + bytes + (<usize>row << 2), size > 0 ? square / (size + 2 * lanes(above)) : 0);
}

/** The entries of a table that four bits of each byte say, its lower ones. */
@inline function entries(table: v128, signs: v128, lower: v128): v128 {
  return i8x16.relaxed_swizzle(table, v128.and(signs, lower));
}

/** The sums of `groups` entries of the tables, a multiple of 8, for the 32 rows of a block, as 16 bits each. */
@inline function sum(block: usize, tables: usize, bytes: usize, sums: usize): void {
  const mask = i8x16.splat(15);
  let a = i16x8.splat(0), b = a, c = a, e = a;
  for (let j: usize = 0; j < bytes; j += 128) {
    // eight tables, written out: no more entries than a byte holds the sum of
    let signs = v128.load(block + j);
    let table = v128.load(tables + j);
    let low = entries(table, signs, mask);
    let high = entries(table, i16x8.shr_u(signs, 4), mask);
    signs = v128.load(block + j, 16);
    table = v128.load(tables + j, 16);
    low = i8x16.add(low, entries(table, signs, mask));
    high = i8x16.add(high, entries(table, i16x8.shr_u(signs, 4), mask));
    signs = v128.load(block + j, 32);
    table = v128.load(tables + j, 32);
    low = i8x16.add(low, entries(table, signs, mask));
    high = i8x16.add(high, entries(table, i16x8.shr_u(signs, 4), mask));
    signs = v128.load(block + j, 48);
    table = v128.load(tables + j, 48);
    low = i8x16.add(low, entries(table, signs, mask));
    high = i8x16.add(high, entries(table, i16x8.shr_u(signs, 4), mask));
    signs = v128.load(block + j, 64);
    table = v128.load(tables + j, 64);
    low = i8x16.add(low, entries(table, signs, mask));
    high = i8x16.add(high, entries(table, i16x8.shr_u(signs, 4), mask));
    signs = v128.load(block + j, 80);
    table = v128.load(tables + j, 80);
    low = i8x16.add(low, entries(table, signs, mask));
    high = i8x16.add(high, entries(table, i16x8.shr_u(signs, 4), mask));
    signs = v128.load(block + j, 96);
    table = v128.load(tables + j, 96);
    low = i8x16.add(low, entries(table, signs, mask));
    high = i8x16.add(high, entries(table, i16x8.shr_u(signs, 4), mask));
    signs = v128.load(block + j, 112);
    table = v128.load(tables + j, 112);
    low = i8x16.add(low, entries(table, signs, mask));
    high = i8x16.add(high, entries(table, i16x8.shr_u(signs, 4), mask));
    a = i16x8.add(a, low); // and 256 times the odd bytes, taken off below
    b = i16x8.add(b, i16x8.shr_u(low, 8));
    c = i16x8.add(c, high);
    e = i16x8.add(e, i16x8.shr_u(high, 8));
  }
  v128.store(sums, i16x8.sub(a, i16x8.shl(b, 8)));
  v128.store(sums, b, 16);
  v128.store(sums, i16x8.sub(c, i16x8.shl(e, 8)), 32);
  v128.store(sums, e, 48);
}

/** Four of the sums as numbers. */
@inline function numbersOf(sums: usize): v128 {
  return f32x4.convert_i32x4_u(v128.load_ext<u16>(sums));
}

/** Which of four products, times their factors and with what is along, are above, as bits. */
@inline function above(products: v128, factors: usize, facts: usize, threshold: v128): u32 {
  const values = f32x4.add(f32x4.mul(products, v128.load(factors)), v128.load(facts, 128));
  return <u32>i32x4.bitmask(f32x4.gt(values, threshold));
}

/** Which of the first `count` rows of a block may be above, as bits, by their first signs. */
@inline function byFirst(sums: usize, facts: usize, step: v128, offset: v128, threshold: v128): u32 {
  let which: u32 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    const product = f32x4.add(f32x4.mul(numbersOf(sums + (i << 1)), step), offset);
    which |= above(product, facts + (i << 2), facts + (i << 2), threshold) << <u32>i;
  }
  return which;
}

/** The same by both: `facts` are those of the first signs, and `factors` of both. */
@inline function byBoth(
  sums: usize, facts: usize, factors: usize, step: v128, offset: v128, threshold: v128,
): u32 {
  let which: u32 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    const first = numbersOf(sums + (i << 1));
    const both = f32x4.add(f32x4.add(first, first), numbersOf(sums + (i << 1) + 64));
    const product = f32x4.add(f32x4.mul(both, step), offset);
    which |= above(product, factors + (i << 2), facts + (i << 2), threshold) << <u32>i;
  }
  return which;
}

/**
 * Which of the first `count` rows of blocks may have a product above `threshold`: by the first signs
 * `factor * (step * sum + offset) + along` is above it, and where that is so of any row of a block, by both
 * `factor * (step * (2 * sum + sum of the second) + offsetOfBoth) + along`. An entry of a table is 31 at most, so that eight
 * of them are a byte. `sums` is a place of 128 bytes.
 * @returns how many they are; `numbers` says which, ascending [count]
 */
export function likely(
  firsts: usize, seconds: usize, count: i32, tables: usize, groups: i32, step: f32, offset: f32, offsetOfBoth: f32,
  threshold: f32, numbers: usize, sums: usize,
): i32 {
  const bytes = <usize>groups << 4;
  const steps = f32x4.splat(step);
  const offsets = f32x4.splat(offset);
  const offsetsOfBoth = f32x4.splat(offsetOfBoth);
  const thresholds = f32x4.splat(threshold);
  let found = 0;
  for (let row = 0; row < count; row += 32) {
    const facts = firsts + bytes;
    sum(firsts, tables, bytes, sums);
    let which = byFirst(sums, facts, steps, offsets, thresholds);
    if (count - row < 32) which &= (1 << (count - row)) - 1;
    if (which) {
      sum(seconds, tables, bytes, sums + 64);
      which &= byBoth(sums, facts, seconds + bytes, steps, offsetsOfBoth, thresholds);
      for (; which; which &= which - 1) store<i32>(numbers + (<usize>(found++) << 2), row + <i32>ctz(which));
    }
    firsts += bytes + 256;
    seconds += bytes + 128;
  }
  return found;
}
