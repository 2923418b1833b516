/**
 * Whether a frozen encoder is fed rightly, by pictures that are known: shapes, stripes, grids and waves in other
 * colours, each in two crops. Says nothing of how good it is; wrong means or a wrong output show in it.
 */
import type { FrozenCheck } from '../../../shared/frozen.ts';

type Painter = (x: number, y: number) => readonly [number, number, number];

const mix = (share: number, a: readonly number[], b: readonly number[]): [number, number, number] =>
  [0, 1, 2].map((c) => b[c]! + share * (a[c]! - b[c]!)) as [number, number, number];
const wave = (t: number): number => 0.5 + 0.5 * Math.sin(2 * Math.PI * t);
const soft = (distance: number): number => Math.min(1, Math.max(0, 0.5 - 40 * distance));

/** Pictures as functions of a place, 0 to 1 each way, to colours of 0 to 1. */
const painters: readonly Painter[] = [
  (x, y) => mix(soft(Math.hypot(x - 0.5, y - 0.5) - 0.3), [0.9, 0.2, 0.1], [0.1, 0.3, 0.7]),
  (x) => mix(wave(6 * x) > 0.5 ? 1 : 0, [0.95, 0.95, 0.9], [0.1, 0.1, 0.15]),
  (x, y) => mix((Math.floor(5 * x) + Math.floor(5 * y)) % 2, [0.9, 0.8, 0.2], [0.2, 0.5, 0.3]),
  (x, y) => [y, 0.5 * wave(x) + 0.3, 1 - y],
  (x, y) => mix(wave(4 * Math.hypot(x - 0.4, y - 0.6)), [0.8, 0.5, 0.9], [0.2, 0.1, 0.3]),
  (x, y) => mix(wave(9 * (x + y)), [0.2, 0.7, 0.3], [0.1, 0.35, 0.1]),
  (x, y) => mix(soft(Math.max(Math.abs(x - 0.5), Math.abs(y - 0.5)) - 0.25), [0.95, 0.95, 0.95], [0.6, 0.3, 0.2]),
  (x, y) => mix(soft(0.12 - Math.abs(y - 0.5 - 0.2 * Math.sin(8 * x))), [0.5, 0.8, 0.95], [0.1, 0.3, 0.2]),
];

/** Left and top edge and width of the two crops. */
const crops = [
  [0.02, 0.02, 0.9],
  [0.1, 0.08, 0.88],
] as const;

interface Levels {
  mean: readonly number[];
  std: readonly number[];
}

/** The known pictures, crop after crop, as photos are prepared: [2 * pictures, 3, side, side]. */
export function knownPictures(side: number, { mean, std }: Levels): { photos: Float32Array; n: number } {
  const n = crops.length * painters.length;
  const photos = new Float32Array(n * 3 * side * side);
  let at = 0;
  for (const [left, top, width] of crops)
    for (const paint of painters) {
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const colour = paint(left + (width * (x + 0.5)) / side, top + (width * (y + 0.5)) / side);
          for (let c = 0; c < 3; c++) {
            const level = Math.round(255 * colour[c]!) / 255;
            photos[at + (c * side + y) * side + x] = (level - mean[c]!) / std[c]!;
          }
        }
      at += 3 * side * side;
    }
  return { photos, n };
}

/** What the features [2 * pictures, d] of the known pictures say. */
export function checkFeatures(features: Float32Array, d: number): FrozenCheck {
  const n = features.length / d;
  const pictures = n / crops.length;
  const row = (i: number) => features.subarray(i * d, (i + 1) * d);
  const norms = Array.from(
    { length: n },
    (_, i) => Math.sqrt(row(i).reduce((sum, value) => sum + value * value, 0)) || 1,
  );
  const similarity = (i: number, j: number): number => {
    const [a, b] = [row(i), row(j)];
    let sum = 0;
    for (let k = 0; k < d; k++) sum += a[k]! * b[k]!;
    return sum / (norms[i]! * norms[j]!);
  };
  let [same, different, pairs, nearest] = [0, 0, 0, 0];
  let closest = Infinity;
  for (let i = 0; i < pictures; i++) {
    const own = similarity(i, pictures + i);
    same += own;
    let best = -Infinity;
    for (let j = 0; j < pictures; j++) {
      if (j === i) continue;
      const other = similarity(i, pictures + j);
      different += other;
      pairs++;
      best = Math.max(best, other);
      closest = Math.min(closest, distance(row(i), row(j)) / Math.max(norms[i]!, norms[j]!));
    }
    if (own > best) nearest++;
  }
  return {
    pictures,
    same: same / pictures,
    different: different / pairs,
    nearest: nearest / pictures,
    distinct: closest > DISTINCT,
  };
}

/** Vectors nearer than this, as a share of their length, count as the same. */
const DISTINCT = 1e-3;

const distance = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
  return Math.sqrt(sum);
};
