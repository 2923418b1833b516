/**
 * The preparation that an exported encoder's metadata describes, by nothing but that description: Pillow's antialiased
 * bilinear filter written out as sums, rounded between its passes as its 8-bit images are. Independent of the product's own.
 */
export interface Described {
  image_size: number;
  resize_short_side: number;
  rescale_factor: number;
  mean: number[];
  std: number[];
  bands?: { levels: number; ranges: { kind: string; low: number[]; high: number[] }[] };
  measured_values?: { ranges: string };
}

/** Measured planes [channels, height, width] to what the network takes, [channels, size, size]; one grey plane is shown thrice. */
export function preprocess(
  planes: readonly (readonly number[])[],
  width: number,
  height: number,
  of: Described,
): Float32Array {
  const { image_size: size, resize_short_side: short, rescale_factor: factor, mean, std, bands } = of;
  const [text = ''] = /(?<=^\w+ ).*/.exec(of.measured_values?.ranges ?? '') ?? [];
  const [low, high] = bands
    ? [bands.ranges[0]!.low, bands.ranges[0]!.high]
    : [0, 1].map((end) => text.split(', ').map((pair) => Number(pair.split('..')[end])));
  const levels = bands?.levels ?? 255;
  const resized = (side: number) =>
    side === Math.min(width, height) ? short : Math.trunc((short * side) / Math.min(width, height));
  const [w, h] = [resized(width), resized(height)];
  const half = (value: number) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));
  const [left, top] = [half((w - size) / 2), half((h - size) / 2)];
  const out = new Float32Array(mean.length * size * size);
  mean.forEach((_, c) => {
    const b = Math.min(c, planes.length - 1);
    const [from, to] = [low![Math.min(b, low!.length - 1)]!, high![Math.min(b, high!.length - 1)]!];
    const level = planes[b]!.map((value) =>
      Math.min(levels, Math.max(0, Math.floor(((value - from) * levels) / (to - from) + 0.5))),
    );
    const round = (value: number) => (levels === 255 ? Math.floor(value + 0.5) : value);
    const across: number[] = [];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < w; x++) across.push(round(blend(width, w, x, (u) => level[y * width + u]!)));
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const value = Math.floor(blend(height, h, top + y, (v) => across[v * w + left + x]!) + 0.5);
        out[(c * size + y) * size + x] = (value * factor - mean[c]!) / std[c]!;
      }
  });
  return out;
}

function blend(from: number, to: number, at: number, value: (i: number) => number): number {
  const scale = from / to;
  const support = Math.max(1, scale);
  const centre = (at + 0.5) * scale;
  let [sum, total] = [0, 0];
  for (
    let i = Math.max(0, Math.trunc(centre - support + 0.5));
    i < Math.min(from, Math.trunc(centre + support + 0.5));
    i++
  ) {
    const weight = Math.max(0, 1 - Math.abs(i - centre + 0.5) / support);
    sum += weight * value(i);
    total += weight;
  }
  return sum / total;
}
