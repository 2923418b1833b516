/**
 * Pillow's antialiased bilinear resize, bit for bit on 8-bit RGB, and the evaluation image made with it: what a person
 * gets who prepares a photo with PIL as the exported encoder's metadata says. Only the pixels of the centre crop are
 * computed, which also makes 30,000-pixel panoramas cheap. Leaves decoding to decode/, the arithmetic to resizePasses.ts and
 * normalising to normalize.ts.
 *
 * Source: Pillow, src/libImaging/Resample.c (precompute_coeffs, normalize_coeffs_8bpc, the two 8bpc passes);
 * torchvision.transforms.functional resize and center_crop for the sizes.
 */
import { resized } from './resizePasses.ts';
import type { Coefficients } from './resizePasses.ts';

export interface RgbImage {
  width: number;
  height: number;
  data: Uint8Array; // [height, width, 3]
}

const PRECISION_BITS = 32 - 8 - 2;

/** Pillow's filters: how far they reach, and the weight at a distance. */
const filters = {
  bilinear: { radius: 1, weight: (distance: number) => (distance < 1 ? 1 - distance : 0) },
  bicubic: {
    radius: 2,
    // Keys's kernel with a = -0.5
    weight: (d: number) => (d < 1 ? (1.5 * d - 2.5) * d * d + 1 : d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0),
  },
} as const;
type Interpolation = keyof typeof filters;

/** Coefficients for the output pixels from..from+count of a line of `inSize` resized to `outSize`. */
function coefficients(
  inSize: number,
  outSize: number,
  from: number,
  count: number,
  filter: Interpolation = 'bilinear',
): Coefficients {
  const { radius, weight: weightAt } = filters[filter];
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = radius * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(count);
  const length = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const line = new Float64Array(stride);
  const inverse = 1 / filterScale;
  for (let i = 0; i < count; i++) {
    const center = (from + i + 0.5) * scale;
    const first = Math.max(Math.trunc(center - support + 0.5), 0);
    const size = Math.min(Math.trunc(center + support + 0.5), inSize) - first;
    let sum = 0;
    for (let x = 0; x < size; x++) {
      const distance = Math.abs((x + first - center + 0.5) * inverse);
      const weight = weightAt(distance);
      line[x] = weight;
      sum += weight;
    }
    for (let x = 0; x < size; x++) {
      const weight = sum !== 0 ? line[x]! / sum : line[x]!;
      weights[i * stride + x] = Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION_BITS));
    }
    start[i] = first;
    length[i] = size;
  }
  return { start, length, weights, stride };
}

/**
 * The window (left, top, cropWidth, cropHeight) of `image` resized to width x height, equal to
 * `Image.resize((width, height), BILINEAR or BICUBIC).crop(...)` in Pillow. Returns [cropHeight, cropWidth, 3].
 */
export function resizeBilinear(
  image: RgbImage,
  width: number,
  height: number,
  left = 0,
  top = 0,
  cropWidth = width,
  cropHeight = height,
  filter: Interpolation = 'bilinear',
): Uint8Array {
  const columns = coefficients(image.width, width, left, cropWidth, filter);
  const rows = coefficients(image.height, height, top, cropHeight, filter);
  const firstRow = rows.start[0]!;
  const lastRow = rows.start[cropHeight - 1]! + rows.length[cropHeight - 1]!;
  rows.start = rows.start.map((row) => row - firstRow);
  return resized(image, columns, rows, firstRow, lastRow - firstRow);
}

/** resizeBilinear for one plane [height, width] of 8 bits, equal to Pillow's in mode L. */
export function resizePlane8(
  plane: Uint8Array,
  inWidth: number,
  inHeight: number,
  width: number,
  height: number,
  left: number,
  top: number,
  cropWidth: number,
  cropHeight: number,
): Uint8Array {
  const columns = coefficients(inWidth, width, left, cropWidth);
  const rows = coefficients(inHeight, height, top, cropHeight);
  const firstRow = rows.start[0]!;
  const lastRow = rows.start[cropHeight - 1]! + rows.length[cropHeight - 1]!;
  const half = 1 << (PRECISION_BITS - 1);
  const middle = new Uint8Array((lastRow - firstRow) * cropWidth);
  for (let o = 0, y = firstRow; y < lastRow; y++)
    for (let x = 0; x < cropWidth; x++, o++) {
      let sum = half;
      const from = y * inWidth + columns.start[x]!;
      for (let k = 0; k < columns.length[x]!; k++)
        sum = (sum + Math.imul(plane[from + k]!, columns.weights[x * columns.stride + k]!)) | 0;
      middle[o] = Math.min(255, sum >> PRECISION_BITS);
    }
  const out = new Uint8Array(cropWidth * cropHeight);
  for (let o = 0, y = 0; y < cropHeight; y++)
    for (let x = 0; x < cropWidth; x++, o++) {
      let sum = half;
      const from = (rows.start[y]! - firstRow) * cropWidth + x;
      for (let k = 0; k < rows.length[y]!; k++)
        sum = (sum + Math.imul(middle[from + k * cropWidth]!, rows.weights[y * rows.stride + k]!)) | 0;
      out[o] = Math.min(255, sum >> PRECISION_BITS);
    }
  return out;
}

/** What share of the resized short side the evaluation crop keeps: all of it at 64 px and under, 7/8 above. */
export function cropFraction(imageSize: number): number {
  return imageSize > 64 ? 0.875 : 1;
}

/** What of a photo an encoder looks at, where it is not what ours look at. */
export interface Framing {
  /** The short side that the photo is resized to before the centre is cut out, pixels; null: all of it is made square. */
  shortSide: number | null;
  interpolation: Interpolation;
}

export interface EvaluationGeometry {
  /** The size the whole photo is resized to: the short side is round(imageSize / cropFraction). */
  resizeWidth: number;
  resizeHeight: number;
  /** Where the imageSize x imageSize crop begins. */
  left: number;
  top: number;
}

/** torchvision's Resize(int) followed by CenterCrop, as numbers. */
export function evaluationGeometry(
  width: number,
  height: number,
  imageSize: number,
  short = Math.round(imageSize / cropFraction(imageSize)),
): EvaluationGeometry {
  const resizeWidth = width <= height ? short : Math.trunc((short * width) / height);
  const resizeHeight = width <= height ? Math.trunc((short * height) / width) : short;
  return {
    resizeWidth,
    resizeHeight,
    left: roundHalfEven((resizeWidth - imageSize) / 2),
    top: roundHalfEven((resizeHeight - imageSize) / 2),
  };
}

/** Python's round(). */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The evaluation image [imageSize, imageSize, 3] of an upright sRGB photo. */
export function evaluationImage(image: RgbImage, imageSize: number, framing?: Framing): Uint8Array {
  if (framing?.shortSide === null)
    return resizeBilinear(image, imageSize, imageSize, 0, 0, imageSize, imageSize, framing.interpolation);
  const { width, height } = image;
  const { resizeWidth, resizeHeight, left, top } = evaluationGeometry(width, height, imageSize, framing?.shortSide);
  const window = [left, top, imageSize, imageSize] as const;
  return resizeBilinear(image, resizeWidth, resizeHeight, ...window, framing?.interpolation);
}
