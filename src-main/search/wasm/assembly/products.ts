/**
 * Dot products of stored rows with a block of queries, four queries and two rows at a time in registers. Fused
 * multiply-add where the processor has it (relaxed SIMD): results may differ in the last bit from one processor to
 * another, which is why the candidates' similarities are computed again.
 */

export { keep, likely, rotate } from './signs';

@inline function lanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/**
 * scores[k * stride + i] = rows[i] . queries[k] for i < count, k < queryCount. Rows and queries are `width` float32
 * each, a multiple of 16. count is rounded up to a multiple of 2 and queryCount of 4: the memory behind them is read,
 * and written to in `scores`.
 */
export function products(
  rows: usize, count: i32, queries: usize, queryCount: i32, width: i32, scores: usize, stride: i32,
): void {
  const bytes = <usize>width << 2;
  const line = <usize>stride << 2;
  for (let k = 0; k < queryCount; k += 4) {
    const q = queries + <usize>k * bytes;
    for (let i = 0; i < count; i += 2) {
      const r = rows + <usize>i * bytes;
      let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
      let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
      for (let j: usize = 0; j < bytes; j += 16) {
        const x = v128.load(r + j);
        const y = v128.load(r + bytes + j);
        const q0 = v128.load(q + j);
        const q1 = v128.load(q + bytes + j);
        const q2 = v128.load(q + 2 * bytes + j);
        const q3 = v128.load(q + 3 * bytes + j);
        a0 = f32x4.relaxed_madd(x, q0, a0);
        a1 = f32x4.relaxed_madd(x, q1, a1);
        a2 = f32x4.relaxed_madd(x, q2, a2);
        a3 = f32x4.relaxed_madd(x, q3, a3);
        b0 = f32x4.relaxed_madd(y, q0, b0);
        b1 = f32x4.relaxed_madd(y, q1, b1);
        b2 = f32x4.relaxed_madd(y, q2, b2);
        b3 = f32x4.relaxed_madd(y, q3, b3);
      }
      const out = scores + <usize>k * line + (<usize>i << 2);
      store<f32>(out, lanes(a0));
      store<f32>(out + line, lanes(a1));
      store<f32>(out + 2 * line, lanes(a2));
      store<f32>(out + 3 * line, lanes(a3));
      store<f32>(out + 4, lanes(b0));
      store<f32>(out + 4 + line, lanes(b1));
      store<f32>(out + 4 + 2 * line, lanes(b2));
      store<f32>(out + 4 + 3 * line, lanes(b3));
    }
  }
}

/** scores[i] = rows[i] . query: one pass at the memory's speed, where `products` would compute three queries for nothing. */
export function single(rows: usize, count: i32, query: usize, width: i32, scores: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < count; i++) {
    const r = rows + <usize>i * bytes;
    let a = f32x4.splat(0), b = a, c = a, e = a;
    for (let j: usize = 0; j < bytes; j += 64) {
      a = f32x4.relaxed_madd(v128.load(r + j), v128.load(query + j), a);
      b = f32x4.relaxed_madd(v128.load(r + j, 16), v128.load(query + j, 16), b);
      c = f32x4.relaxed_madd(v128.load(r + j, 32), v128.load(query + j, 32), c);
      e = f32x4.relaxed_madd(v128.load(r + j, 48), v128.load(query + j, 48), e);
    }
    store<f32>(scores + (<usize>i << 2), lanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, e))));
  }
}

/** scores[i] = rows[numbers[i]] . query: the products of rows that lie apart, two at a time. */
export function gathered(
  rows: usize, numbers: usize, count: i32, query: usize, width: i32, scores: usize,
): void {
  const bytes = <usize>width << 2;
  let i = 0;
  for (; i + 1 < count; i += 2) {
    const r = rows + <usize>load<i32>(numbers + (<usize>i << 2)) * bytes;
    const s = rows + <usize>load<i32>(numbers + (<usize>i << 2), 4) * bytes;
    let a = f32x4.splat(0), b = a, c = a, e = a;
    for (let j: usize = 0; j < bytes; j += 32) {
      const q0 = v128.load(query + j);
      const q1 = v128.load(query + j, 16);
      a = f32x4.relaxed_madd(v128.load(r + j), q0, a);
      b = f32x4.relaxed_madd(v128.load(r + j, 16), q1, b);
      c = f32x4.relaxed_madd(v128.load(s + j), q0, c);
      e = f32x4.relaxed_madd(v128.load(s + j, 16), q1, e);
    }
    store<f32>(scores + (<usize>i << 2), lanes(f32x4.add(a, b)));
    store<f32>(scores + (<usize>i << 2), lanes(f32x4.add(c, e)), 4);
  }
  if (i < count) {
    const r = rows + <usize>load<i32>(numbers + (<usize>i << 2)) * bytes;
    let a = f32x4.splat(0), b = a;
    for (let j: usize = 0; j < bytes; j += 32) {
      a = f32x4.relaxed_madd(v128.load(r + j), v128.load(query + j), a);
      b = f32x4.relaxed_madd(v128.load(r + j, 16), v128.load(query + j, 16), b);
    }
    store<f32>(scores + (<usize>i << 2), lanes(f32x4.add(a, b)));
  }
}

/** Bytes of what is known of a row of levels: its step, 64 times the sum of its levels, its product with the centre. */
const FACTS: usize = 12;

/** What the products of a row's levels with a query's mean. */
@inline function meant(products: v128, fact: usize, step: f32, base: f32): f32 {
  const sum = i32x4.extract_lane(products, 0) + i32x4.extract_lane(products, 1) +
    (i32x4.extract_lane(products, 2) + i32x4.extract_lane(products, 3));
  return base + load<f32>(fact, 8) + (<f32>sum - load<f32>(fact, 4)) * load<f32>(fact) * step;
}

/**
 * scores[i] = rows[i] . query of rows of bytes, which are what is left of a row without the centre: `width` levels each, a
 * multiple of 32, and of each the numbers in `facts`. The query's levels, without the centre too, are 7 bits, 64 more than
 * they mean; `step` is theirs, and `base` the centre's product with the whole query. The same on every processor: seven
 * bits overflow nowhere.
 * @returns how many of the scores are above `threshold`; `above` says which, ascending [count]
 */
export function levels(
  rows: usize, count: i32, query: usize, width: i32, facts: usize, step: f32, base: f32, scores: usize,
  above: usize, threshold: f32,
): i32 {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const r = rows + <usize>i * <usize>width;
    let a = i32x4.splat(0), b = a;
    for (let j: usize = 0; j < <usize>width; j += 32) {
      a = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(r + j), v128.load(query + j), a);
      b = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(r + j, 16), v128.load(query + j, 16), b);
    }
    const score = meant(i32x4.add(a, b), facts + <usize>i * FACTS, step, base);
    store<f32>(scores + (<usize>i << 2), score);
    if (score > threshold) store<i32>(above + (<usize>(found++) << 2), i);
  }
  return found;
}

/** As `levels`, of the rows numbers[i] alone, i < count; `above` has their numbers, and scores[numbers[i]] are set. */
export function levelsOf(
  rows: usize, numbers: usize, count: i32, query: usize, width: i32, facts: usize, step: f32, base: f32,
  scores: usize, above: usize, threshold: f32,
): i32 {
  let found = 0;
  for (let from = 0; from < count; from += 16) {
    const to = min(from + 16, count);
    // What lies apart is not fetched ahead: lines of sixteen rows at once, which are stored so that reading them counts.
    let touched: i32 = 0;
    for (let i = from; i < to; i++) {
      const row = <usize>load<i32>(numbers + (<usize>i << 2));
      const r = rows + row * <usize>width;
      touched |= load<i32>(facts + row * FACTS);
      for (let j: usize = 0; j < <usize>width; j += 64) touched |= load<i32>(r + j);
    }
    store<i32>(above + (<usize>found << 2), touched);
    for (let i = from; i < to; i++) {
      const row = load<i32>(numbers + (<usize>i << 2));
      const r = rows + <usize>row * <usize>width;
      let a = i32x4.splat(0), b = a;
      for (let j: usize = 0; j < <usize>width; j += 32) {
        a = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(r + j), v128.load(query + j), a);
        b = i32x4.relaxed_dot_i8x16_i7x16_add_s(v128.load(r + j, 16), v128.load(query + j, 16), b);
      }
      found = judged(row, i32x4.add(a, b), facts, step, base, scores, above, threshold, found);
    }
  }
  return found;
}

@inline function judged(
  row: i32, products: v128, facts: usize, step: f32, base: f32, scores: usize, above: usize, threshold: f32, found: i32,
): i32 {
  const score = meant(products, facts + <usize>row * FACTS, step, base);
  store<f32>(scores + (<usize>row << 2), score);
  if (score <= threshold) return found;
  store<i32>(above + (<usize>found << 2), row);
  return found + 1;
}

/** Four numbers times `by`, to the nearest whole ones. */
@inline function whole(at: usize, by: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at), by)));
}

/**
 * Writes a row of `width` numbers, a multiple of 16, less the centre, as levels of at most `most`, and its facts. The
 * centre is taken from `values` in place.
 * @returns the length of what is left
 */
export function narrow(values: usize, centre: usize, width: i32, most: f32, levels: usize, fact: usize): f32 {
  let sizes = f32x4.splat(0), along = sizes, squares = sizes;
  for (let j: usize = 0; j < <usize>width << 2; j += 16) {
    const middle = v128.load(centre + j);
    const rest = f32x4.sub(v128.load(values + j), middle);
    v128.store(values + j, rest);
    sizes = f32x4.max(sizes, f32x4.abs(rest));
    along = f32x4.add(along, f32x4.mul(rest, middle));
    squares = f32x4.add(squares, f32x4.mul(rest, rest));
  }
  const largest = max(
    max(f32x4.extract_lane(sizes, 0), f32x4.extract_lane(sizes, 1)),
    max(f32x4.extract_lane(sizes, 2), f32x4.extract_lane(sizes, 3)),
  );
  const step: f32 = largest > 0 ? largest / most : 1;
  const by = f32x4.splat(<f32>1 / step);
  let sum = i32x4.splat(0);
  for (let j: usize = 0; j < <usize>width; j += 16) {
    const at = values + (j << 2);
    const low = i16x8.narrow_i32x4_s(whole(at, by), whole(at + 16, by));
    const high = i16x8.narrow_i32x4_s(whole(at + 32, by), whole(at + 48, by));
    const bytes = i8x16.narrow_i16x8_s(low, high);
    v128.store(levels + j, bytes);
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(bytes)));
  }
  const total = i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + (i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3));
  store<f32>(fact, step);
  store<f32>(fact, <f32>(total << 6), 4);
  store<f32>(fact, lanes(along), 8);
  return sqrt<f32>(lanes(squares));
}

/** Four levels times `step` and what the centre has there. */
@inline function placed(levels: v128, step: v128, centre: usize): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(levels), step), v128.load(centre));
}

/** Sixteen levels from `at` on as numbers. */
@inline function widened(at: usize, step: v128, centre: usize, out: usize): void {
  const bytes = v128.load(at);
  const low = i16x8.extend_low_i8x16_s(bytes);
  const high = i16x8.extend_high_i8x16_s(bytes);
  v128.store(out, placed(i32x4.extend_low_i16x8_s(low), step, centre));
  v128.store(out, placed(i32x4.extend_high_i16x8_s(low), step, centre + 16), 16);
  v128.store(out, placed(i32x4.extend_low_i16x8_s(high), step, centre + 32), 32);
  v128.store(out, placed(i32x4.extend_high_i16x8_s(high), step, centre + 48), 48);
}

/** Rows of levels as rows of float32 [count, floats], of which they have `width` and at most 32 less. */
export function widen(
  rows: usize, count: i32, width: i32, facts: usize, centre: usize, out: usize, floats: i32,
): void {
  for (let i = 0; i < count; i++) {
    const step = f32x4.splat(load<f32>(facts + <usize>i * FACTS));
    const r = rows + <usize>i * <usize>width;
    const to = out + (<usize>i * <usize>floats << 2);
    for (let j: usize = 0; j < <usize>floats; j += 16) widened(r + j, step, centre + (j << 2), to + (j << 2));
  }
}
