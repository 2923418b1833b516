/** The evaluation image is Pillow's to the last bit (golden values: test/golden/evaluation.py). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  decodeBytes,
  evaluationImage,
  hashDistance,
  normalizeInto,
  perceptualHash,
  resizeBilinear,
} from '../../../src-main/images/index.ts';
import type { RgbImage } from '../../../src-main/images/index.ts';
import { texture } from '../../helpers/pictures.ts';

interface Golden {
  resized: { width: number; height: number; imageSize: number; sha256: string; first: number[] }[];
  jpegs: { name: string; file: string; pixels: string; width: number; height: number }[];
  normalised: string;
}
const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../../golden/evaluation.json.gz', import.meta.url))).toString(),
) as Golden;

/** The script's formula. */
function picture(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++)
        data[i++] = (x * 7 + y * 13 + c * 41 + ((x * y) % 97) + Math.floor((x * x + 3 * y * y) / 50)) % 256;
    }
  }
  return { width, height, data };
}

describe('evaluation image', () => {
  it.each(golden.resized)(
    '$width x $height to $imageSize px equals torchvision on PIL',
    ({ width, height, imageSize, sha256, first }) => {
      const image = evaluationImage(picture(width, height), imageSize);
      expect([...image.subarray(0, 24)]).toEqual(first);
      expect(image.length).toBe(3 * imageSize * imageSize);
      expect(createHash('sha256').update(image).digest('hex')).toBe(sha256);
    },
  );

  it('normalises as torchvision in float32, to the last bit', () => {
    const { width, height, data } = picture(33, 47);
    const out = new Float32Array(data.length);
    normalizeInto(data, width * height, out, 0);
    const expected = Buffer.from(golden.normalised, 'base64');
    expect(out.every(Number.isFinite)).toBe(true);
    expect(Buffer.compare(Buffer.from(out.buffer), expected)).toBe(0);
  });

  it('a panorama of 30,000 pixels costs only its middle', () => {
    const wide = picture(30_000, 10);
    const image = evaluationImage(wide, 64);
    const whole = resizeBilinear(wide, 192_000, 64);
    const left = (192_000 - 64) / 2;
    for (let y = 0; y < 64; y++) {
      expect(
        Buffer.compare(
          image.subarray(y * 192, y * 192 + 192),
          whole.subarray((y * 192_000 + left) * 3, (y * 192_000 + left + 64) * 3),
        ),
      ).toBe(0);
    }
  });
});

describe('JPEG', () => {
  it.each(golden.jpegs)("$name decodes to Pillow's pixels", async ({ file, pixels, width, height }) => {
    const image = await decodeBytes('x.jpg', Buffer.from(file, 'base64'));
    expect([image.width, image.height]).toEqual([width, height]);
    expect(Buffer.compare(image.data, Buffer.from(pixels, 'base64'))).toBe(0);
  });
});

describe('perceptual hash', () => {
  const decoded = async (seed: number, width?: number, height?: number) =>
    decodeBytes('x', await texture(seed, width, height).png().toBuffer());

  it('is stable under size and compression, and tells photos apart', async () => {
    const original = perceptualHash(await decoded(1));
    expect(original).toMatch(/^[0-9a-f]{16}$/);
    const smaller = await decodeBytes('x', await texture(1).resize(70, 52).jpeg({ quality: 60 }).toBuffer());
    expect(hashDistance(original, perceptualHash(smaller))).toBeLessThanOrEqual(6);
    expect(hashDistance(original, perceptualHash(await decoded(2)))).toBeGreaterThan(12);
  });

  it('counts differing bits', () => {
    expect(hashDistance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(hashDistance('0000000100000000', '0000000000000001')).toBe(2);
    expect(hashDistance('80000000ffffffff', '80000000ffffffff')).toBe(0);
  });
});
