/** What torchvision makes of photos (test/golden/augment.py): of each case its parameters and its pixels. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ViewParameters } from '../../src-main/images/augment/index.ts';
import type { RgbImage } from '../../src-main/images/resize.ts';

interface Golden {
  images: { at: number; width: number; height: number }[];
  /** `image`: which of the photos; `at`: where its pixels begin in `blob`. */
  cases: { name: string; image: number; size: number; at: number; parameters: ViewParameters }[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/augment.json', import.meta.url), 'utf8')) as Golden;

export const { cases } = golden;
export const blob = gunzipSync(readFileSync(new URL('../golden/augment.bin.gz', import.meta.url)));
export const photos = golden.images.map(({ at, width, height }): RgbImage => ({
  data: new Uint8Array(blob.subarray(at, at + 3 * width * height)),
  width,
  height,
}));
