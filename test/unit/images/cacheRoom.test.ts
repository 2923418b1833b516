/** The cache where there is little room: WebP in place of pixels, smaller copies, and other collections that go. */
import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CacheReadError,
  CacheTooLargeError,
  cacheBytes,
  clearCache,
  estimateCacheBytes,
  planCache,
} from '../../../src-main/images/index.ts';
import { bytesOf } from '../../../shared/bytes.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { decodeCopy, encodeCopy } from '../../../src-main/images/cache/webp.ts';
import { texture } from '../../helpers/pictures.ts';
import { build, files, packs, scratch } from './photosInCache.ts';

describe('a cache without room for all pixels', () => {
  const few = files.slice(0, 6);

  it('keeps WebP close to the pixels, and finds it again', async () => {
    const directory = join(scratch, 'webp');
    const { cache: whole } = await build({ files: few });
    const copies = { kept: 'webp', reserved: 0 } as const;
    await build({ files: few, directory, copies });
    const { cache, progress } = await build({ files: few, directory, copies });
    expect(progress).toMatchObject({ reused: 6, bytesWritten: 0 });
    expect(cacheBytes(directory)).toBeLessThan(6 * 3 * 52 * 67 * 0.7);
    for (let i = 0; i < few.length; i++) {
      const [pixels, copy] = [whole.trainingImage(i), await cache.trainingCopy(i)];
      expect([copy.width, copy.height]).toEqual([pixels.width, pixels.height]);
      const [before, after] = [bytesOf(pixels.data), bytesOf(copy.data)];
      const square = before.reduce((sum, value, at) => sum + (value - after[at]!) ** 2, 0);
      expect(square / before.length).toBeLessThan(200); // of noise, which no format keeps well
      expect(square).toBeGreaterThan(0);
    }
    expect(() => cache.trainingImage(0)).toThrow(/trainingCopy/);
    clearCache(directory);
    expect(cacheBytes(directory)).toBe(0);
  });

  it('keeps small photos closer to their pixels than large ones', async () => {
    const scene = (side: number) => ({
      ...{ width: side, height: side },
      data: Uint8Array.from({ length: 3 * side ** 2 }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
        return 128 + 60 * Math.sin(0.9 * x + 0.5 * y) + 50 * Math.cos(0.7 * y - 0.3 * x * ((i % 3) + 1));
      }),
    });
    const decibels = async (side: number) => {
      const { data } = scene(side);
      const { data: kept } = await decodeCopy(await encodeCopy(scene(side)));
      const square = data.reduce((sum, value, at) => sum + (value - kept[at]!) ** 2, 0) / data.length;
      return 10 * Math.log10(255 ** 2 / square);
    };
    expect(await decibels(32)).toBeGreaterThan((await decibels(128)) + 5);
  });

  it.each([
    ['pixels', {}],
    ['webp', {}],
    ['pixels', { channels: 3, depth: 16 }],
  ] as const)('decodes again what finds no room, to the same %s, %o', async (kept, input) => {
    const rule = { ...defaultRule, ...input };
    const directory = join(scratch, `little ${kept} ${Object.keys(input).length}`);
    const ample = await build({ files: few, rule, copies: { kept, reserved: 0 } });
    const maxBytes = cacheBytes(ample.directory) / 2 + 6 * 200;
    const little = await build({ files: few, directory, rule, copies: { kept, reserved: 0 }, maxBytes });
    expect(cacheBytes(directory)).toBeLessThanOrEqual(maxBytes);
    const { unkept } = little.cache.descriptor.copies!;
    expect(unkept.some((photo) => photo === null)).toBe(true);
    expect(unkept.some((photo) => photo !== null)).toBe(true);
    expect(little.cache.descriptor.trainingWidth).toEqual(ample.cache.descriptor.trainingWidth);
    for (let i = 0; i < few.length; i++) {
      const wanted = bytesOf((await ample.cache.trainingCopy(i)).data);
      expect(Buffer.compare(bytesOf((await little.cache.trainingCopy(i)).data), wanted)).toBe(0);
    }
    little.cache.close();
    // with more room the rest is kept too
    const more = await build({ files: few, directory, rule, copies: { kept, reserved: 0 } });
    expect(more.cache.descriptor.copies!.unkept).toEqual(few.map(() => null));
  });

  it('says so where a photo without a copy has changed', async () => {
    const path = join(scratch, 'changing.png');
    const file = [{ id: 'changing', path }];
    writeFileSync(path, await texture(1, 80, 70).png().toBuffer());
    const { cache } = await build({ files: file, copies: { kept: 'pixels', reserved: 0 }, maxBytes: 0 });
    writeFileSync(path, await texture(2, 80, 70).png().toBuffer());
    await expect(cache.trainingCopy(0)).rejects.toThrow(/no room for a copy of .*changing\.png.*it has changed since/);
    rmSync(path);
    await expect(cache.trainingCopy(0)).rejects.toBeInstanceOf(CacheReadError);
    cache.close();
  });
});

describe('disk budget', () => {
  const many = Array.from({ length: 1000 }, () => ({ width: 4000, height: 3000 }));

  it('makes the training copies smaller before it refuses', () => {
    const ample = planCache(many, 128, 1e9);
    expect(ample.trainingSide).toBe(205);
    expect(ample.bytes).toBe(1000 * 3 * (128 * 128 + 205 * 273));
    const sides = [2e8, 1.7e8, 1.5e8, 1.3e8, 1.2e8].map((budget) => planCache(many, 128, budget).trainingSide);
    expect(sides).toEqual([...sides].sort((a, b) => b - a));
    expect(Math.min(...sides)).toBe(128);
    expect(() => planCache(many, 128, 1e8)).toThrow(CacheTooLargeError);
    expect(() => planCache(many, 128, 1e8)).toThrow(/1000 photos at 128 px needs 115 MB.*100 MB.*smaller image size/);
    expect(estimateCacheBytes([{ width: 32, height: 32 }], 128, 205)).toBe(3 * (128 * 128 + 32 * 32)); // never enlarged
  });

  it('lets other collections go, the longest unused first, and never the one it builds', async () => {
    const directory = join(scratch, 'budget');
    const sized = files.map((file, i) => ({ ...file, width: 90 + i, height: 70 }));
    const part = (from: number) => sized.slice(from, from + 8);
    const oldest = await build({ directory, files: part(0) });
    const [first] = packs(directory);
    utimesSync(join(directory, first!.replace(/pixels$/, 'index')), new Date(1e12), new Date(1e12));
    await build({ directory, files: part(8) });
    const maxBytes = cacheBytes(directory) + 20_000; // a third collection is a little larger than the first
    await build({ directory, files: part(16), maxBytes });
    expect(existsSync(join(directory, first!))).toBe(false);
    expect(packs(directory)).toHaveLength(2);
    expect(cacheBytes(directory)).toBeLessThanOrEqual(maxBytes * 1.05);
    await expect(build({ directory, files: sized, maxBytes: 100_000 })).rejects.toBeInstanceOf(CacheTooLargeError);
    oldest.cache.close();
  });
});
