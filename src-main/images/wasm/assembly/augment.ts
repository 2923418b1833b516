/**
 * The arithmetic of augmentation, on float32 planes in linear memory, four or sixteen values at a time.
 * The caller (../../augment/kernels.ts) owns the memory: every argument called `src`, `row`, `planes`, `out` or
 * `...Weights` is an address it laid out, with 16 readable bytes after each region. Sizes are multiples of 4.
 * Only plain SIMD: relaxed multiply-add rounds differently from machine to machine, and views must not.
 * Compiled by scripts/build-wasm.ts into ../augment.ts.
 */

// pmin and pmax are one instruction each on x86; min and max cost five for the sake of NaN, which cannot occur here.
// @ts-ignore: decorator
@inline
function clamp01(x: v128): v128 {
  return f32x4.pmax(f32x4.splat(0), f32x4.pmin(f32x4.splat(1), x));
}

// torchvision's luma weights (ITU-R 601-2).
// @ts-ignore: decorator
@inline
function grey(r: v128, g: v128, b: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(r, f32x4.splat(0.2989)), f32x4.mul(g, f32x4.splat(0.587))),
    f32x4.mul(b, f32x4.splat(0.114)),
  );
}

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

/** Brightness: x * factor, clamped. `count` values from `planes`. */
export function brightness(planes: usize, count: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (const end = planes + (<usize>count << 2); planes < end; planes += 16)
    v128.store(planes, clamp01(f32x4.mul(v128.load(planes), f)));
}

/** Mean of the grey image of three planes of `count` values. Summed in 256-value runs, so float32 keeps its digits. */
export function greyMean(planes: usize, count: i32): f32 {
  const plane = <usize>count << 2;
  let total: f64 = 0;
  for (let start = planes, end = planes + plane; start < end; start += 1024) {
    let sum = f32x4.splat(0);
    for (let p = start, stop = min(start + 1024, end); p < stop; p += 16)
      sum = f32x4.add(sum, grey(v128.load(p), v128.load(p + plane), v128.load(p + 2 * plane)));
    total += <f64>(
      (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)))
    );
  }
  return <f32>(total / <f64>count);
}

/** Contrast: x * factor + mean grey * (1 - factor), clamped. */
export function contrast(planes: usize, count: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  const rest = f32x4.splat(greyMean(planes, count) * (1 - factor));
  for (const end = planes + <usize>(count * 12); planes < end; planes += 16)
    v128.store(planes, clamp01(f32x4.add(f32x4.mul(v128.load(planes), f), rest)));
}

/** Mean of a plane of `count` values, summed as in greyMean. */
export function planeMean(plane: usize, count: i32): f32 {
  let total: f64 = 0;
  for (let start = plane, end = plane + (<usize>count << 2); start < end; start += 1024) {
    let sum = f32x4.splat(0);
    for (let p = start, stop = min(start + 1024, end); p < stop; p += 16) sum = f32x4.add(sum, v128.load(p));
    total += <f64>(
      (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)))
    );
  }
  return <f32>(total / <f64>count);
}

/** Contrast of one band: x * factor + its mean * (1 - factor), clamped. */
export function bandContrast(plane: usize, count: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  const rest = f32x4.splat(planeMean(plane, count) * (1 - factor));
  for (const end = plane + (<usize>count << 2); plane < end; plane += 16)
    v128.store(plane, clamp01(f32x4.add(f32x4.mul(v128.load(plane), f), rest)));
}

/** Saturation: x * factor + its own grey * (1 - factor), clamped. */
export function saturation(planes: usize, count: i32, factor: f32): void {
  const plane = <usize>count << 2;
  const f = f32x4.splat(factor);
  const rest = f32x4.splat(1 - factor);
  for (const end = planes + plane; planes < end; planes += 16) {
    const r = v128.load(planes);
    const g = v128.load(planes + plane);
    const b = v128.load(planes + 2 * plane);
    const l = f32x4.mul(grey(r, g, b), rest);
    v128.store(planes, clamp01(f32x4.add(f32x4.mul(r, f), l)));
    v128.store(planes + plane, clamp01(f32x4.add(f32x4.mul(g, f), l)));
    v128.store(planes + 2 * plane, clamp01(f32x4.add(f32x4.mul(b, f), l)));
  }
}

// One channel from hue k (in sixths of a turn, already offset by 5, 3 or 1), the largest channel and the chroma.
// @ts-ignore: decorator
@inline
function channel(k: v128, largest: v128, chroma: v128): v128 {
  const six = f32x4.splat(6);
  const wrapped = f32x4.sub(k, v128.and(six, f32x4.ge(k, six)));
  return f32x4.sub(largest, f32x4.mul(chroma, clamp01(f32x4.pmin(wrapped, f32x4.sub(f32x4.splat(4), wrapped)))));
}

/**
 * Hue: turns every colour's hue by `turns` (-0.5 to 0.5), its HSV value and saturation kept. The branch-free form
 * of RGB -> HSV -> RGB: largest and smallest channel stay, the three channels trade places between them.
 */
export function hue(planes: usize, count: i32, turns: f32): void {
  const plane = <usize>count << 2;
  const shift = f32x4.splat(turns * 6);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const six = f32x4.splat(6);
  const sixth = f32x4.splat(1.0 / 6.0);
  for (const end = planes + plane; planes < end; planes += 16) {
    const r = v128.load(planes);
    const g = v128.load(planes + plane);
    const b = v128.load(planes + 2 * plane);
    const largest = f32x4.pmax(r, f32x4.pmax(g, b));
    const chroma = f32x4.sub(largest, f32x4.pmin(r, f32x4.pmin(g, b)));
    const red = f32x4.eq(largest, r);
    const green = f32x4.eq(largest, g);
    const numerator = v128.bitselect(
      f32x4.sub(g, b), v128.bitselect(f32x4.sub(b, r), f32x4.sub(r, g), green), red,
    );
    const offset = v128.andnot(v128.bitselect(f32x4.splat(2), f32x4.splat(4), green), red);
    const divisor = v128.bitselect(one, chroma, f32x4.eq(chroma, zero)); // a grey pixel has no hue
    let h = f32x4.add(f32x4.add(f32x4.div(numerator, divisor), offset), shift);
    h = f32x4.sub(h, f32x4.mul(six, f32x4.floor(f32x4.mul(h, sixth)))); // [0, 6]
    v128.store(planes, channel(f32x4.add(h, f32x4.splat(5)), largest, chroma));
    v128.store(planes + plane, channel(f32x4.add(h, f32x4.splat(3)), largest, chroma));
    v128.store(planes + 2 * plane, channel(f32x4.add(h, one), largest, chroma));
  }
}

/** Grey: the first plane becomes the grey image; the other two are left, for nothing reads them after this. */
export function toGrey(planes: usize, count: i32): void {
  const plane = <usize>count << 2;
  for (const end = planes + plane; planes < end; planes += 16)
    v128.store(planes, grey(v128.load(planes), v128.load(planes + plane), v128.load(planes + 2 * plane)));
}

/** out = x * scale + offset over one plane of `count` values. */
export function normalise(plane: usize, count: i32, scale: f32, offset: f32, out: usize): void {
  const s = f32x4.splat(scale);
  const o = f32x4.splat(offset);
  for (const end = plane + (<usize>count << 2); plane < end; plane += 16, out += 16)
    v128.store(out, f32x4.add(f32x4.mul(v128.load(plane), s), o));
}

// Index i in [-(n - 1), 2n - 2] reflected into [0, n): the edge is not repeated.
// @ts-ignore: decorator
@inline
function reflect(i: i32, n: i32): i32 {
  if (i < 0) i = -i;
  return i >= n ? 2 * n - 2 - i : i;
}

/**
 * Separable Gaussian over one plane [size, size], edges reflected, then x * scale + offset. `weights` is the centre
 * and one side of the kernel, float32 [radius + 1], 0 < radius < size. `row` is scratch of 3 * size floats.
 * Works in runs of 16 columns; a last run that is longer than the row spills into the next row of `out`, which is
 * written after it, or behind the plane: compute the planes in ascending order and leave 48 bytes behind the last.
 */
export function blur(
  plane: usize, size: i32, weights: usize, radius: i32, scale: f32, offset: f32, row: usize, out: usize,
): void {
  const rowBytes = <usize>(size << 2);
  const centre = row + (<usize>radius << 2);
  const s = f32x4.splat(scale);
  const o = f32x4.splat(offset);
  const w0 = v128.load32_splat(weights);
  for (let y = 0; y < size; y++) {
    for (let x: usize = 0; x < rowBytes; x += 64) {
      const middle = plane + <usize>y * rowBytes + x;
      let a = f32x4.mul(w0, v128.load(middle));
      let b = f32x4.mul(w0, v128.load(middle, 16));
      let c = f32x4.mul(w0, v128.load(middle, 32));
      let d = f32x4.mul(w0, v128.load(middle, 48));
      for (let k = 1; k <= radius; k++) {
        const above = plane + <usize>reflect(y - k, size) * rowBytes + x;
        const below = plane + <usize>reflect(y + k, size) * rowBytes + x;
        const w = v128.load32_splat(weights + (<usize>k << 2));
        a = f32x4.add(a, f32x4.mul(w, f32x4.add(v128.load(above), v128.load(below))));
        b = f32x4.add(b, f32x4.mul(w, f32x4.add(v128.load(above, 16), v128.load(below, 16))));
        c = f32x4.add(c, f32x4.mul(w, f32x4.add(v128.load(above, 32), v128.load(below, 32))));
        d = f32x4.add(d, f32x4.mul(w, f32x4.add(v128.load(above, 48), v128.load(below, 48))));
      }
      const p = centre + x;
      v128.store(p, a);
      v128.store(p, b, 16);
      v128.store(p, c, 32);
      v128.store(p, d, 48);
    }
    for (let k = 1; k <= radius; k++) {
      const step = <usize>k << 2;
      store<f32>(centre - step, load<f32>(centre + step));
      store<f32>(centre + rowBytes - 4 + step, load<f32>(centre + rowBytes - 4 - step));
    }
    for (let x: usize = 0; x < rowBytes; x += 64) {
      const p = centre + x;
      let a = f32x4.mul(w0, v128.load(p));
      let b = f32x4.mul(w0, v128.load(p, 16));
      let c = f32x4.mul(w0, v128.load(p, 32));
      let d = f32x4.mul(w0, v128.load(p, 48));
      for (let k = 1; k <= radius; k++) {
        const step = <usize>k << 2;
        const w = v128.load32_splat(weights + step);
        const left = p - step;
        const right = p + step;
        a = f32x4.add(a, f32x4.mul(w, f32x4.add(v128.load(left), v128.load(right))));
        b = f32x4.add(b, f32x4.mul(w, f32x4.add(v128.load(left, 16), v128.load(right, 16))));
        c = f32x4.add(c, f32x4.mul(w, f32x4.add(v128.load(left, 32), v128.load(right, 32))));
        d = f32x4.add(d, f32x4.mul(w, f32x4.add(v128.load(left, 48), v128.load(right, 48))));
      }
      const q = out + x;
      v128.store(q, f32x4.add(f32x4.mul(a, s), o));
      v128.store(q, f32x4.add(f32x4.mul(b, s), o), 16);
      v128.store(q, f32x4.add(f32x4.mul(c, s), o), 32);
      v128.store(q, f32x4.add(f32x4.mul(d, s), o), 48);
    }
    out += rowBytes;
  }
}
