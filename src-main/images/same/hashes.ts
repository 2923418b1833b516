/**
 * 64-bit hashes of pictures by the signs of their low frequencies (Zauner 2010). Laid otherwise, a picture's
 * frequencies change signs and places in a known way, so that copies are found in all eight ways from one picture.
 */

export const sketchSide = 16;
const frequencies = 8;

const waves = Array.from({ length: frequencies }, (_, u) =>
  Float64Array.from({ length: sketchSide }, (__, x) => Math.cos((Math.PI * u * (x + 0.5)) / sketchSide)),
);

/** Low frequencies of a sketch [16, 16]; those of lines by rows: out[v, u]. */
export function spectrum(sketch: ArrayLike<number>, out = new Float64Array(frequencies * frequencies)): Float64Array {
  const lines = new Float64Array(sketchSide * frequencies);
  for (let y = 0; y < sketchSide; y++)
    for (let u = 0; u < frequencies; u++) {
      const wave = waves[u]!;
      let sum = 0;
      for (let x = 0; x < sketchSide; x++) sum += wave[x]! * sketch[y * sketchSide + x]!;
      lines[y * frequencies + u] = sum;
    }
  for (let v = 0; v < frequencies; v++)
    for (let u = 0; u < frequencies; u++) {
      const wave = waves[v]!;
      let sum = 0;
      for (let y = 0; y < sketchSide; y++) sum += wave[y]! * lines[y * frequencies + u]!;
      out[v * frequencies + u] = sum;
    }
  return out;
}

export const descriptorLength = frequencies * frequencies - 1;

/**
 * What of the frequencies is the same in all eight ways: of each two that swapping the axes exchanges, the larger and
 * the smaller without their signs. Copies that were cut are near by it where their hashes are not; its root keeps one
 * strong frequency from saying everything.
 */
export function descriptorInto(low: Float64Array, out: Float32Array, at: number): void {
  let to = at * descriptorLength;
  for (let v = 1; v < frequencies; v++)
    for (let u = 0; u <= v; u++) {
      const [one, other] = [Math.abs(low[v * frequencies + u]!), Math.abs(low[u * frequencies + v]!)];
      out[to++] = Math.sqrt(Math.max(one, other));
      if (u !== v) out[to++] = Math.sqrt(Math.min(one, other));
    }
}

/** Its hash, laid as grey.ts numbers the ways: high and low are written to out[2 * at] and out[2 * at + 1]. */
export function hashInto(low: Float64Array, orientation: number, out: Uint32Array, at: number): void {
  const words = [0, 0];
  for (let v = 0; v < frequencies; v++)
    for (let u = 0; u < frequencies; u++) {
      if (u + v === 0) continue; // how bright it is says nothing
      const [across, down] = orientation & 4 ? [v, u] : [u, v];
      let value = low[down * frequencies + across]!;
      if (orientation & 1 && across & 1) value = -value;
      if (orientation & 2 && down & 1) value = -value;
      if (value > 0) words[v >> 2]! |= 1 << ((v & 3) * frequencies + u);
    }
  out[2 * at] = words[0]! >>> 0;
  out[2 * at + 1] = words[1]! >>> 0;
}

/** The middle of a sketch [16, 16] without `share` of every side, at the same size. */
export function trimmed(sketch: ArrayLike<number>, share: number): Float32Array {
  const side = sketchSide;
  const out = new Float32Array(side * side);
  const place = (i: number) => {
    const at = (i + 0.5) * (1 - 2 * share) + share * side - 0.5;
    const first = Math.max(0, Math.min(side - 2, Math.floor(at)));
    return [first, at - first] as const;
  };
  for (let y = 0; y < side; y++) {
    const [v, b] = place(y);
    for (let x = 0; x < side; x++) {
      const [u, a] = place(x);
      const at = v * side + u;
      const above = (1 - a) * sketch[at]! + a * sketch[at + 1]!;
      const below = (1 - a) * sketch[at + side]! + a * sketch[at + side + 1]!;
      out[y * side + x] = (1 - b) * above + b * below;
    }
  }
  return out;
}
