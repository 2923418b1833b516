/**
 * The two passes of Pillow's 8-bit resize in whole numbers, as ../../resize.ts has them: weights are fixed-point numbers
 * of 22 bits, sums wrap at 32. The caller owns the memory: arguments are addresses with 16 readable bytes behind each
 * region. Compiled by scripts/build-wasm.ts into ../resize.ts.
 */

const BITS: i32 = 22;

/**
 * `rows` rows of an interleaved RGB byte image, `stride` bytes apart, each to `count` pixels: pixel x is made of
 * lengths[x] pixels from starts[x] on, by weights[x * taps ...] (all int32). Writes one byte behind each row's end.
 */
export function horizontal(
  src: usize, stride: usize, rows: i32, count: i32,
  starts: usize, lengths: usize, weights: usize, taps: i32,
  out: usize,
): void {
  for (let y = 0; y < rows; y++) {
    let w = weights;
    for (let x = 0; x < count; x++) {
      const at = <usize>x << 2;
      let p = src + <usize>(load<i32>(starts + at) * 3);
      const end = p + <usize>(load<i32>(lengths + at) * 3);
      let weight = w;
      let sum = i32x4.splat(1 << (BITS - 1));
      while (p < end) {
        const pixel = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p))); // r g b and a neighbour's r
        sum = i32x4.add(sum, i32x4.mul(pixel, v128.load32_splat(weight)));
        p += 3;
        weight += 4;
      }
      const words = i16x8.narrow_i32x4_s(i32x4.shr_s(sum, BITS), i32x4.splat(0));
      v128.store_lane<u32>(out, i8x16.narrow_i16x8_u(words, words), 0);
      out += 3;
      w += <usize>taps << 2;
    }
    src += stride;
  }
}

/** `rows` rows of `line` bytes: row y is made of lengths[y] rows from starts[y] on. Writes up to 15 bytes behind each row's end. */
export function vertical(
  src: usize, line: i32, rows: i32,
  starts: usize, lengths: usize, weights: usize, taps: i32,
  out: usize,
): void {
  for (let y = 0; y < rows; y++) {
    const at = <usize>y << 2;
    const first = src + <usize>(load<i32>(starts + at) * line);
    const length = load<i32>(lengths + at);
    for (let x = 0; x < line; x += 16) {
      let p = first + x;
      let a = i32x4.splat(1 << (BITS - 1));
      let b = a;
      let c = a;
      let d = a;
      for (let t = 0; t < length; t++) {
        const w = v128.load32_splat(weights + (<usize>t << 2));
        const bytes = v128.load(p);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = i32x4.add(a, i32x4.mul(w, i32x4.extend_low_i16x8_u(low)));
        b = i32x4.add(b, i32x4.mul(w, i32x4.extend_high_i16x8_u(low)));
        c = i32x4.add(c, i32x4.mul(w, i32x4.extend_low_i16x8_u(high)));
        d = i32x4.add(d, i32x4.mul(w, i32x4.extend_high_i16x8_u(high)));
        p += line;
      }
      const words = i16x8.narrow_i32x4_s(i32x4.shr_s(a, BITS), i32x4.shr_s(b, BITS));
      const more = i16x8.narrow_i32x4_s(i32x4.shr_s(c, BITS), i32x4.shr_s(d, BITS));
      v128.store(out + x, i8x16.narrow_i16x8_u(words, more));
    }
    out += line;
    weights += <usize>taps << 2;
  }
}
