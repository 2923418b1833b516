/** Small pictures that the free baselines look at: every photo at the same 32 x 32 pixels, whatever the network is shown. */
import { resizeBilinear } from '../../images/index.ts';

export const SIDE = 32;

/** Bytes of one picture [SIDE, SIDE, 3]. */
export const PICTURE = 3 * SIDE * SIDE;

/** Square pictures [n, size, size, 3] at SIDE, each as Pillow's bilinear filter shrinks or enlarges it. */
export function toPictures(images: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(images.length * PICTURE);
  images.forEach((data, i) =>
    out.set(size === SIDE ? data : resizeBilinear({ width: size, height: size, data }, SIDE, SIDE), i * PICTURE),
  );
  return out;
}

/** Means over `factor` x `factor` pixels, 0 to 1: [n, SIDE / factor, SIDE / factor, 3]. */
export function shrunk(pictures: Uint8Array, factor: number): Float32Array {
  const n = pictures.length / PICTURE;
  const side = SIDE / factor;
  const out = new Float32Array(n * side * side * 3);
  const scale = 1 / (255 * factor * factor);
  for (let i = 0; i < n; i++)
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++)
        for (let c = 0; c < 3; c++)
          out[((i * side + Math.trunc(y / factor)) * side + Math.trunc(x / factor)) * 3 + c]! +=
            scale * pictures[((i * SIDE + y) * SIDE + x) * 3 + c]!;
  return out;
}
