/**
 * Bands as they are trained on: grey, or 1 to 16 bands in planes of 8 or 16 bits, each scaled from black to white by the
 * rule of the data set; and what is made of them at other sizes. Each band is resized by itself, as Pillow does: its mode
 * L for 8 bits, to the bit, its mode F (floats) for 16, rounded. Leaves decoding to decode/, colours to resize.ts.
 *
 * Source: Pillow, src/libImaging/Resample.c (precompute_coeffs, the 32bpc passes, bicubic_filter with a = -0.5).
 */
import type { InputShape } from '../../shared/input.ts';
import { trainingSize } from '../../shared/cachePlan.ts';
import { evaluationGeometry, resizePlane8 } from './resize.ts';
import type { RgbImage } from './resize.ts';

export interface BandImage {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array | Uint16Array; // [channels, height, width]
}

/** The value of white in this type: 65535 or 255. */
export const highestOf = (data: Uint8Array | Uint16Array): number => (data.BYTES_PER_ELEMENT === 2 ? 65535 : 255);

/** Which band is shown as red, green and blue: of two the first is green, the second magenta. */
export const shownBands = (channels: number): [number, number, number] =>
  channels === 1 ? [0, 0, 0] : channels === 2 ? [1, 0, 1] : [0, 1, 2];

/** Bands as an RGB picture to look at, by shownBands. */
export function bandsAsRgb({ width, height, channels, data }: BandImage): RgbImage {
  const pixels = width * height;
  const out = new Uint8Array(3 * pixels);
  const shift = highestOf(data) > 255 ? 8 : 0;
  shownBands(channels).forEach((band, c) => {
    for (let i = 0; i < pixels; i++) out[3 * i + c] = data[band * pixels + i]! >> shift;
  });
  return { width, height, data: out };
}

/** All bands as 8-bit levels, [height, width, channels]. */
export function interleaved({ width, height, channels, data }: BandImage): Uint8Array {
  const pixels = width * height;
  const out = new Uint8Array(channels * pixels);
  const shift = highestOf(data) > 255 ? 8 : 0;
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < pixels; i++) out[i * channels + c] = data[c * pixels + i]! >> shift;
  return out;
}

/** An image over the `bytes` that a cache holds of it; 16-bit ones must begin at an even offset. */
export function imageOf(
  bytes: Uint8Array,
  width: number,
  height: number,
  { channels, bytes: size, colour }: InputShape,
): RgbImage | BandImage {
  const length = width * height * channels;
  if (colour) return { width, height, data: bytes.subarray(0, length) };
  const data = size === 2 ? new Uint16Array(bytes.buffer, bytes.byteOffset, length) : bytes.subarray(0, length);
  return { width, height, channels, data };
}

/** Grey of an sRGB photo, as Pillow's convert("L"): equal colours stay what they are. */
export function greyOf({ width, height, data }: RgbImage): BandImage {
  const out = new Uint8Array(width * height);
  for (let i = 0, s = 0; i < out.length; i++, s += 3)
    out[i] = (data[s]! * 19595 + data[s + 1]! * 38470 + data[s + 2]! * 7471 + 0x8000) >> 16;
  return { width, height, channels: 1, data: out };
}

/** The evaluation image [channels, imageSize, imageSize]. */
export function evaluationBands(image: BandImage, imageSize: number): BandImage {
  const { width, height, channels, data } = image;
  const { resizeWidth, resizeHeight, left, top } = evaluationGeometry(width, height, imageSize);
  const side = imageSize * imageSize;
  const out = data instanceof Uint16Array ? new Uint16Array(channels * side) : new Uint8Array(channels * side);
  for (let c = 0; c < channels; c++) {
    const plane = data.subarray(c * width * height, (c + 1) * width * height);
    const window = [resizeWidth, resizeHeight, left, top, imageSize, imageSize] as const;
    out.set(
      plane instanceof Uint16Array
        ? resizePlane(plane, width, height, triangle, ...window)
        : resizePlane8(plane, width, height, ...window),
      c * side,
    );
  }
  return { width: imageSize, height: imageSize, channels, data: out };
}

/** 8-bit bands at another size, as Pillow's bilinear filter gives each. */
export function resizeBands8(image: BandImage & { data: Uint8Array }, width: number, height: number): BandImage {
  const data = new Uint8Array(image.channels * width * height);
  for (let c = 0; c < image.channels; c++) {
    const plane = image.data.subarray(c * image.width * image.height, (c + 1) * image.width * image.height);
    data.set(resizePlane8(plane, image.width, image.height, width, height, 0, 0, width, height), c * width * height);
  }
  return { width, height, channels: image.channels, data };
}

/** The copy that augmentation crops from: never enlarged, by Catmull-Rom, which keeps edges. */
export function trainingBands(image: BandImage, side: number): BandImage {
  const { width, height, channels, data } = image;
  const size = trainingSize({ width, height }, side);
  if (size.width === width && size.height === height) return image;
  const out = new (data.constructor as Uint16ArrayConstructor)(channels * size.width * size.height);
  const [left, top] = [(width - size.cropWidth) >> 1, (height - size.cropHeight) >> 1];
  const part = new (data.constructor as Uint16ArrayConstructor)(size.cropWidth * size.cropHeight);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < size.cropHeight; y++) {
      const first = (c * height + top + y) * width + left;
      part.set(data.subarray(first, first + size.cropWidth), y * size.cropWidth);
    }
    out.set(
      resizePlane(part, size.cropWidth, size.cropHeight, catmullRom, size.width, size.height),
      c * size.width * size.height,
    );
  }
  return { width: size.width, height: size.height, channels, data: out };
}

interface Filter {
  support: number;
  at(x: number): number;
}
const triangle: Filter = { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) };
const catmullRom: Filter = {
  support: 2,
  at(distance) {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

/** First input and weights of each of the outputs from..from+count of a line. */
function taps({ support: radius, at }: Filter, inSize: number, outSize: number, from: number, count: number) {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = radius * filterScale;
  return Array.from({ length: count }, (_, i) => {
    const center = (from + i + 0.5) * scale;
    const first = Math.max(Math.trunc(center - support + 0.5), 0);
    const size = Math.min(Math.trunc(center + support + 0.5), inSize) - first;
    const weights = Float64Array.from({ length: size }, (_, x) => at((x + first - center + 0.5) / filterScale));
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: sum === 0 ? weights : weights.map((weight) => weight / sum) };
  });
}

/** The window of a plane resized to width x height, in float32 between the passes, rounded and cut off at the end. */
function resizePlane(
  plane: Uint8Array | Uint16Array,
  inWidth: number,
  inHeight: number,
  filter: Filter,
  width: number,
  height: number,
  left = 0,
  top = 0,
  cropWidth = width,
  cropHeight = height,
): Uint16Array {
  const columns = taps(filter, inWidth, width, left, cropWidth);
  const rows = taps(filter, inHeight, height, top, cropHeight);
  const firstRow = rows[0]!.first;
  const last = rows.at(-1)!;
  const middle = new Float32Array((last.first + last.weights.length - firstRow) * cropWidth);
  for (let o = 0, y = firstRow; o < middle.length; y++)
    for (const { first, weights } of columns) {
      let sum = 0;
      const at = y * inWidth + first;
      for (let k = 0; k < weights.length; k++) sum += plane[at + k]! * weights[k]!;
      middle[o++] = sum;
    }
  const most = highestOf(plane);
  const out = new Uint16Array(cropWidth * cropHeight);
  const sums = new Float64Array(cropWidth);
  rows.forEach(({ first, weights }, y) => {
    sums.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const base = (first - firstRow + k) * cropWidth;
      for (let x = 0; x < cropWidth; x++) sums[x]! += middle[base + x]! * weights[k]!;
    }
    for (let x = 0; x < cropWidth; x++)
      out[y * cropWidth + x] = Math.min(most, Math.max(0, Math.floor(Math.fround(sums[x]!) + 0.5)));
  });
  return out;
}
