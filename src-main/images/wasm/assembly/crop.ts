/** Part of augment.ts: crop and antialiased resize, of interleaved bytes to planes and of one plane of 16-bit values. */

/** One output row of the vertical pass: `row` = sum over taps of weight x source row; bytes to floats on the way. */
// @ts-ignore: decorator
@inline
function blendRows(src: usize, stride: usize, columns: i32, weights: usize, taps: i32, row: usize): void {
  for (let x = 0; x < columns; x += 16) {
    let p = src + x;
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let t = 0; t < taps; t++) {
      const w = v128.load32_splat(weights + (<usize>t << 2));
      const bytes = v128.load(p);
      const low = i16x8.extend_low_i8x16_u(bytes);
      const high = i16x8.extend_high_i8x16_u(bytes);
      a = f32x4.add(a, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low))));
      b = f32x4.add(b, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low))));
      c = f32x4.add(c, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high))));
      d = f32x4.add(d, f32x4.mul(w, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high))));
      p += stride;
    }
    const q = row + (<usize>x << 2);
    v128.store(q, a);
    v128.store(q, b, 16);
    v128.store(q, c, 32);
    v128.store(q, d, 48);
  }
}

/** One output pixel of the horizontal pass: lanes r, g, b and a neighbour's r, which is dropped. */
// @ts-ignore: decorator
@inline
function blendPixels(row: usize, start: i32, weights: usize, taps: i32): v128 {
  let p = row + <usize>(start * 12);
  let sum = f32x4.mul(v128.load32_splat(weights), v128.load(p));
  for (let t = 1; t < taps; t++) {
    p += 12;
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + (<usize>t << 2)), v128.load(p)));
  }
  return sum;
}

/**
 * Resamples a crop of an interleaved RGB byte image to three planes [3, size, size], rows first, then columns.
 * `src` is the crop's first byte, `stride` bytes from row to row, `columns` the crop's width x 3.
 * Rows and columns each come as starts (int32 [size]) and weights (float32 [size, taps]); a mirrored table mirrors
 * the image. The row weights carry the 1/255.
 */
export function resize(
  src: usize, stride: usize, columns: i32, size: i32,
  rowStarts: usize, rowWeights: usize, rowTaps: i32,
  columnStarts: usize, columnWeights: usize, columnTaps: i32,
  row: usize, out: usize,
): void {
  const plane = <usize>(size * size * 4);
  const weightBytes = <usize>(columnTaps << 2);
  for (let y = 0; y < size; y++) {
    blendRows(src + <usize>load<u32>(rowStarts + (<usize>y << 2)) * stride, stride, columns, rowWeights, rowTaps, row);
    rowWeights += <usize>(rowTaps << 2);
    let starts = columnStarts;
    let w = columnWeights;
    for (let x = 0; x < size; x += 4) {
      const p0 = blendPixels(row, load<i32>(starts), w, columnTaps);
      const p1 = blendPixels(row, load<i32>(starts, 4), w + weightBytes, columnTaps);
      const p2 = blendPixels(row, load<i32>(starts, 8), w + 2 * weightBytes, columnTaps);
      const p3 = blendPixels(row, load<i32>(starts, 12), w + 3 * weightBytes, columnTaps);
      const rg01 = v128.shuffle<f32>(p0, p1, 0, 4, 1, 5); // r0 r1 g0 g1
      const rg23 = v128.shuffle<f32>(p2, p3, 0, 4, 1, 5);
      const b01 = v128.shuffle<f32>(p0, p1, 2, 6, 3, 7);
      const b23 = v128.shuffle<f32>(p2, p3, 2, 6, 3, 7);
      v128.store(out, v128.shuffle<f32>(rg01, rg23, 0, 1, 4, 5));
      v128.store(out + plane, v128.shuffle<f32>(rg01, rg23, 2, 3, 6, 7));
      v128.store(out + 2 * plane, v128.shuffle<f32>(b01, b23, 0, 1, 4, 5));
      out += 16;
      starts += 16;
      w += 4 * weightBytes;
    }
  }
}

/** One output row of the vertical pass over a plane of 16-bit values, to floats on the way. */
// @ts-ignore: decorator
@inline
function blendWideRows(src: usize, stride: usize, columns: i32, weights: usize, taps: i32, row: usize): void {
  for (let x = 0; x < columns; x += 8) {
    let p = src + (<usize>x << 1);
    let a = f32x4.splat(0);
    let b = a;
    for (let t = 0; t < taps; t++) {
      const w = v128.load32_splat(weights + (<usize>t << 2));
      const values = v128.load(p);
      a = f32x4.add(a, f32x4.mul(w, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(values))));
      b = f32x4.add(b, f32x4.mul(w, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(values))));
      p += stride;
    }
    const q = row + (<usize>x << 2);
    v128.store(q, a);
    v128.store(q, b, 16);
  }
}

/**
 * `resize` of one plane of 16-bit values (a band) to a plane [size, size]; `columns` is the crop's width, `stride`
 * bytes from row to row. The row weights carry one over the largest value.
 */
export function resizeBand(
  src: usize, stride: usize, columns: i32, size: i32,
  rowStarts: usize, rowWeights: usize, rowTaps: i32,
  columnStarts: usize, columnWeights: usize, columnTaps: i32,
  row: usize, out: usize,
): void {
  const weightBytes = <usize>(columnTaps << 2);
  for (let y = 0; y < size; y++) {
    blendWideRows(src + <usize>load<u32>(rowStarts + (<usize>y << 2)) * stride, stride, columns, rowWeights, rowTaps, row);
    rowWeights += <usize>(rowTaps << 2);
    let w = columnWeights;
    for (let x = 0; x < size; x++) {
      const p = row + (<usize>load<u32>(columnStarts + (<usize>x << 2)) << 2);
      let sum: f32 = 0;
      for (let t: usize = 0; t < weightBytes; t += 4) sum += load<f32>(w + t) * load<f32>(p + t);
      store<f32>(out, sum);
      out += 4;
      w += weightBytes;
    }
  }
}
