/** Part of augment.ts: what ends a view, blurred or not: each plane to the mean and deviation that a network is fed. */

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
