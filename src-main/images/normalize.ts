/**
 * From uint8 pixels to what the network sees: ImageNet's mean and standard deviation per channel, channels first.
 * The arithmetic is torchvision's ToTensor and Normalize in float32, step by step, so values agree to the last bit.
 */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
export const IMAGENET_STD = [0.229, 0.224, 0.225] as const;

/** Normalised value of each of the 256 levels, by channel. */
const NORMALIZED: readonly Float32Array[] = [0, 1, 2].map((channel) => {
  const mean = Math.fround(IMAGENET_MEAN[channel]!);
  const std = Math.fround(IMAGENET_STD[channel]!);
  return Float32Array.from({ length: 256 }, (_, level) =>
    Math.fround(Math.fround(Math.fround(level / 255) - mean) / std),
  );
});

/** Writes one [size, size, 3] image as [3, size, size] into `out` at `offset` (elements). */
export function normalizeInto(rgb: Uint8Array, pixels: number, out: Float32Array, offset: number): void {
  const [red, green, blue] = NORMALIZED as [Float32Array, Float32Array, Float32Array];
  for (let i = 0, s = 0; i < pixels; i++, s += 3) {
    out[offset + i] = red[rgb[s]!]!;
    out[offset + pixels + i] = green[rgb[s + 1]!]!;
    out[offset + 2 * pixels + i] = blue[rgb[s + 2]!]!;
  }
}
