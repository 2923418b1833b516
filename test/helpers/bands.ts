/**
 * TIFFs of five bands of 12 bits in 16, planar, whose class (0 to 3) is to be seen in bands 4 and 5 alone: the first
 * three hold noise on a slope, the others the pattern of the class, dim beside them.
 */
import { encode, tiff } from './rasters.ts';

export const BANDS = 5;

/** A number of [0, 1) for `index` and `k`. */
function random(index: number, k: number): number {
  let x = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(k + 1, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

/** What a class looks like in its bands, -1 to 1: stripes across, stripes down, squares, rings. */
const patterns = [
  (_x: number, y: number) => Math.sin(0.9 * y),
  (x: number) => Math.sin(0.9 * x),
  (x: number, y: number) => Math.sign(Math.sin(0.6 * x) * Math.sin(0.6 * y)),
  (x: number, y: number) => Math.sin(0.7 * Math.hypot(x - 20, y - 20)),
] as const;
export const CLASSES = patterns.length;

/** The values of one file, [BANDS, side, side]. */
export function bandValues(index: number, label: number, side = 40): number[] {
  const out: number[] = [];
  for (let band = 0; band < BANDS; band++) {
    const [right, down] = [20 * random(index, 10 * band), 20 * random(index, 10 * band + 1)];
    const slope = random(index, 10 * band + 2) - 0.5;
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const noise = random(index, 1000 + (band * side + y) * side + x);
        const seen = band < 3 ? slope * (x / side - 0.5) : 0.4 * patterns[label]!(x + right, y + down);
        const value = 0.5 + 0.8 * seen + (band < 3 ? 0.6 : 0.2) * (noise - 0.5);
        out.push(band < 3 ? 200 + 3600 * value : 150 + 700 * value);
      }
  }
  return out;
}

export function bandScene(index: number, label: number, side = 40): Buffer {
  const pixels = encode(bandValues(index, label, side), 'u16');
  return tiff({
    type: 'u16',
    samples: BANDS,
    planar: true,
    extra: [0, 0],
    photometric: 2,
    width: side,
    height: side,
    pixels,
  });
}
