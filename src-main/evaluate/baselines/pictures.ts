/** Small pictures that the free baselines look at: every photo at the same 32 x 32 pixels, whatever the network is shown. */
import { interleaved, resizeBands8 } from '../../images/bands.ts';
import { resizeBilinear } from '../../images/resize.ts';

export const SIDE = 32;

/** Bytes of one picture [SIDE, SIDE, channels]. */
export const pictureBytes = (channels: number): number => channels * SIDE * SIDE;

/** Square pictures [n, size, size, channels] at SIDE, each as Pillow's bilinear filter shrinks or enlarges it. */
export function toPictures(images: readonly Uint8Array[], size: number, channels = 3): Uint8Array {
  const out = new Uint8Array(images.length * pictureBytes(channels));
  const resized = (data: Uint8Array) =>
    channels === 3
      ? resizeBilinear({ width: size, height: size, data }, SIDE, SIDE)
      : interleaved(resizeBands8({ width: size, height: size, channels, data: planar(data, channels) }, SIDE, SIDE));
  images.forEach((data, i) => out.set(size === SIDE ? data : resized(data), i * pictureBytes(channels)));
  return out;
}

/** From [pixels, channels] to [channels, pixels]. */
function planar(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const out = new Uint8Array(data.length);
  for (let c = 0; c < channels; c++) for (let i = 0; i < pixels; i++) out[c * pixels + i] = data[i * channels + c]!;
  return out;
}

/** Means over `factor` x `factor` pixels, 0 to 1: [n, SIDE / factor, SIDE / factor, channels]. */
export function shrunk(pictures: Uint8Array, factor: number, channels = 3): Float32Array {
  const n = pictures.length / pictureBytes(channels);
  const side = SIDE / factor;
  const out = new Float32Array(n * side * side * channels);
  const scale = 1 / (255 * factor * factor);
  for (let i = 0; i < n; i++)
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++)
        for (let c = 0; c < channels; c++)
          out[((i * side + Math.trunc(y / factor)) * side + Math.trunc(x / factor)) * channels + c]! +=
            scale * pictures[((i * SIDE + y) * SIDE + x) * channels + c]!;
  return out;
}
