/** Part of augment.ts: what changes the colours of three planes, or the values of one. */

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
