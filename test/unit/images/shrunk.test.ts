/** What large pages of measured values cost: small copies that read each piece once, and ranges that are found once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { TiffValues } from '../../../src-main/images/decode/tiffSamples.ts';
import { shrunk } from '../../../src-main/images/decode/tiffShrunk.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { encode, tiff, values } from '../../helpers/rasters.ts';

const folder = sharedFolder('shrunk');

describe('a smaller copy of measured values', () => {
  it('is the mean of those that are there', async () => {
    const band = Float32Array.of(1, 3, Infinity, NaN, 2, -Infinity, 6, Infinity);
    const page = { width: 4, height: 2, nodata: null, bits: 32, piece: { width: 4, height: 2 } };
    const copy = await shrunk(page, 2, { width: 2, height: 1 }, 1, () => Promise.resolve([band]));
    expect(copy).toEqual([Float32Array.of(2, 6)]);
  });

  // all at once; a few tiles, less than one, strips, and one strip in parts
  it.each([
    [16, 16, 1e6],
    [16, 16, 4096],
    [16, 16, 512],
    [61, 3, 2048],
    [61, 47, 2048],
  ])(
    'follows pieces of %i by %i, each read once, to the same bits (%i bytes at a time)',
    async (across, down, most) => {
      const [width, height, factor, nodata] = [61, 47, 7, -1];
      const bands = [1, 2].map((seed) =>
        Float32Array.from({ length: width * height }, (_, i) => {
          const value = Math.abs(Math.sin(i * 12.9898 * seed) * 43758.5453);
          return value % 1 < 0.1 ? nodata : value;
        }),
      );
      const size = { width: 9, height: 7 };
      const means = bands.map((band) =>
        Float32Array.from({ length: size.width * size.height }, (_, i) => {
          let [sum, count] = [0, 0];
          const [x, y] = [factor * (i % size.width), factor * Math.floor(i / size.width)];
          for (let v = y; v < Math.min(height, y + factor); v++)
            for (let u = x; u < Math.min(width, x + factor); u++)
              if (band[v * width + u] !== nodata) [sum, count] = [sum + band[v * width + u]!, count + 1];
          return count === 0 ? nodata : sum / count;
        }),
      );
      const seen = new Set<string>();
      let [again, largest] = [0, 0];
      const page = { width, height, nodata, bits: 32, piece: { width: across, height: down } };
      const copy = await shrunk(
        page,
        factor,
        size,
        2,
        (window) => {
          largest = Math.max(largest, 8 * window.width * window.height);
          for (let y = Math.floor(window.y / down); y * down < window.y + window.height; y++)
            for (let x = Math.floor(window.x / across); x * across < window.x + window.width; x++) {
              if (seen.has(`${x} ${y}`)) again++;
              seen.add(`${x} ${y}`);
            }
          return Promise.resolve(
            bands.map((band) =>
              Float32Array.from(
                { length: window.width * window.height },
                (_, i) => band[(window.y + Math.floor(i / window.width)) * width + window.x + (i % window.width)]!,
              ),
            ),
          );
        },
        most,
      );
      expect(copy).toEqual(means);
      expect(largest).toBeLessThanOrEqual(most);
      // what is larger than a window comes in parts, of which the block that was read last is kept
      if (8 * across * down <= most) expect(again).toBe(0);
    },
  );
});

it('looks for the range of a page once, though its file is closed for another in between', async () => {
  const [first, second] = ['first.tif', 'second.tif'].map((name) => {
    const path = join(folder, name);
    writeFileSync(path, tiff({ type: 'u16', tile: 16, pixels: encode(values(80, 4095), 'u16') }));
    return path;
  });
  const tile = (path: string) => readPart(path, 'xywh=3,5,20,20', DEFAULT_LIMITS, defaultRule);
  const read = vi.spyOn(TiffValues.prototype, 'read');
  try {
    const before = await tile(first!);
    await tile(second!);
    read.mockClear();
    const after = await tile(first!);
    expect(read).toHaveBeenCalledTimes(1);
    expect(after.data).toEqual(before.data);
  } finally {
    read.mockRestore();
  }
});
