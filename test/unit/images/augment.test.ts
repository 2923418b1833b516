/** Views against torchvision (test/golden/augment.py), and the properties of what is drawn. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileKernels, resizeKernels, target } from '../../../scripts/build-wasm.ts';
import { RunConfig } from '../../../shared/config.ts';
import { gaussianWeights } from '../../../src-main/images/augment/weights.ts';
import {
  AugmentError,
  augmentView,
  augmentedPair,
  drawParameters,
  imagenetNormalisation,
  noNormalisation,
} from '../../../src-main/images/augment/index.ts';
import type { ViewParameters } from '../../../src-main/images/augment/index.ts';
import type { Normalisation } from '../../../src-main/images/normalize.ts';
import type { RgbImage } from '../../../src-main/images/resize.ts';
import { blob, cases, photos } from '../../helpers/augmentGolden.ts';

function view(
  image: RgbImage,
  parameters: ViewParameters,
  size: number,
  normalisation: Normalisation = noNormalisation,
): Float32Array {
  const out = new Float32Array(3 * size * size).fill(NaN);
  augmentView(image, parameters, size, out, 0, normalisation);
  return out;
}

/** Mean and largest absolute difference; infinite when a value is not finite. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): { mean: number; max: number } {
  if (a.length !== b.length) return { mean: Infinity, max: Infinity };
  let sum = 0;
  let max = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (!Number.isFinite(d)) return { mean: Infinity, max: Infinity };
    sum += d;
    max = Math.max(max, d);
  }
  return { mean: sum / a.length, max };
}

const plain: ViewParameters = {
  crop: { x: 0, y: 0, width: 1, height: 1 },
  flip: false,
  verticalFlip: false,
  jitter: null,
  grayscale: false,
  blurSigma: 0,
};

describe('augmentView against torchvision', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', (_name, { image, size, at, parameters }) => {
    const count = 3 * size * size;
    const expected = Float64Array.from({ length: count }, (_, i) => blob.readUInt16LE(at + 2 * i) / 65535);
    // The contract is a mean under 1/255; float against float is much closer, and no pixel strays either.
    const { mean, max } = difference(view(photos[image]!, parameters, size), expected);
    expect(mean).toBeLessThan(2e-5);
    expect(max).toBeLessThan(2e-3);
  });

  it('normalises as ImageNet does', () => {
    const { image, size, parameters } = cases.find((c) => c.name === 'chain')!;
    const expected = view(photos[image]!, parameters, size).map((x, i) => {
      const channel = Math.floor(i / (size * size));
      return (x - imagenetNormalisation.mean[channel]!) / imagenetNormalisation.std[channel]!;
    });
    expect(difference(view(photos[image]!, parameters, size, imagenetNormalisation), expected).max).toBeLessThan(1e-5);
  });

  it('truncates the blur where the image ends, and keeps its mass', () => {
    for (const [sigma, max] of [
      [0.1, 15],
      [2, 15],
      [10, 7],
    ] as const) {
      const weights = gaussianWeights(sigma, max);
      expect(weights.length - 1).toBe(Math.min(Math.ceil(3 * sigma), max));
      expect(2 * weights.reduce((a, b) => a + b) - weights[0]!).toBeCloseTo(1, 6);
    }
  });
});

describe('augmentView and its memory', () => {
  const image = photos[0]!;
  const whole = { ...plain, crop: { x: 0, y: 0, width: image.width, height: image.height } };

  it('writes its view and nothing beside it', () => {
    const size = 20;
    const out = new Float32Array(3 * size * size + 40).fill(-7);
    augmentView(image, { ...whole, blurSigma: 2 }, size, out, 16);
    expect(out.subarray(0, 16).every((x) => x === -7)).toBe(true);
    expect(out.subarray(16 + 3 * size * size).every((x) => x === -7)).toBe(true);
    expect(out.subarray(16, 16 + 3 * size * size).every((x) => x !== -7 && Number.isFinite(x))).toBe(true);
  });

  it('gives the same bytes whatever was computed before it', () => {
    const first = view(image, { ...whole, blurSigma: 2 }, 32);
    const large: RgbImage = { data: new Uint8Array(3000 * 2000 * 3).fill(255), width: 3000, height: 2000 };
    view(large, { ...plain, crop: { x: 1, y: 1, width: 2999, height: 1999 }, blurSigma: 9 }, 128); // grows the memory
    expect(view(image, { ...whole, blurSigma: 2 }, 32)).toEqual(first);
  });

  it('keeps white white through a strong reduction', () => {
    const white: RgbImage = { data: new Uint8Array(1000 * 700 * 3).fill(255), width: 1000, height: 700 };
    const out = view(white, { ...plain, crop: { x: 3, y: 5, width: 990, height: 690 } }, 16);
    expect(difference(out, new Float32Array(out.length).fill(1)).max).toBeLessThan(1e-5);
  });

  it('refuses what does not fit', () => {
    const out = new Float32Array(3 * 16 * 16);
    expect(() => augmentView(image, whole, 18, out)).toThrow(AugmentError);
    expect(() => augmentView(image, whole, 16, out, 1)).toThrow(/leaves the buffer/);
    expect(() =>
      augmentView(image, { ...plain, crop: { x: 1, y: 0, width: image.width, height: 2 } }, 16, out),
    ).toThrow(/leaves the image/);
    expect(() => augmentView({ ...image, height: image.height + 1 }, whole, 16, out)).toThrow(/bytes/);
  });

  it('is made of the committed source', async () => {
    expect(readFileSync(target, 'utf8')).toBe(await compileKernels());
    expect(readFileSync(resizeKernels.target, 'utf8')).toBe(await compileKernels(resizeKernels));
  }, 60_000);
});

describe('augmentedPair', () => {
  const { augment } = RunConfig.parse({});
  it('shows two different views, again the same for the same seed', () => {
    const image = photos[0]!;
    const [a, b] = augmentedPair(image, augment, 3, 32);
    expect(a).toHaveLength(32 * 32 * 3);
    expect(a).not.toEqual(b);
    expect(augmentedPair(image, augment, 3, 32)).toEqual([a, b]);
    expect(augmentedPair(image, augment, 4, 32)[0]).not.toEqual(a);
  });

  it('shows what training sees', () => {
    const image = photos[0]!;
    const parameters = drawParameters(augment, 3, 0, 'preview', 1, image.width, image.height);
    const planes = view(image, parameters, 32);
    const bytes = augmentedPair(image, augment, 3, 32)[1];
    const interleaved = planes.map((_, i) => planes[(i % 3) * 1024 + Math.floor(i / 3)]! * 255);
    expect(difference(bytes, interleaved).max).toBeLessThanOrEqual(0.5001);
  });
});
