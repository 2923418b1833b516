/** What the decoders share: their limits, and what they return with its size. */
export interface DecodeLimits {
  /** Most pixels of an image; more is refused before anything is allocated. */
  maxPixels: number;
  /** Seconds a file may take. */
  timeout: number;
  /** Called with the number of pixels before they are decoded; a worker waits here for its turn with a huge one. */
  beforeDecode?(pixels: number): Promise<void>;
}

/** 200 megapixels is the largest sensor of a telephone; its RGB pixels take 600 MB. */
export const DEFAULT_LIMITS: DecodeLimits = { maxPixels: 200_500_000, timeout: 20 };

/** Upright, sRGB, uint8, channels last. */
export interface DecodedPixels {
  width: number;
  height: number;
  data: Uint8Array; // [height, width, 3]
}

/** Width and height alone of what has them among others. */
export const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height });
