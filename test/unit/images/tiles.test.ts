/** Tiles and pages as photos: where they lie, what is read of them in every kind of file, and which are left out. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { fileOfName, formatPart, gridOf, parsePart, photoName } from '../../../shared/parts.ts';
import { decodeImage } from '../../../src-main/images/index.ts';
import { cut } from '../../../src-main/images/decode/openFile.ts';
import { measurePart, readPart, storedRect } from '../../../src-main/images/decode/regions.ts';
import { turned } from '../../../src-main/images/decode/vips.ts';
import { DEFAULT_LIMITS as limits } from '../../../src-main/images/decode/types.ts';
import { defaultRule, parseRanges } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { pngOf } from '../../helpers/pngForms.ts';
import type { Chunk } from '../../helpers/pngForms.ts';
import { encode, tiff, values } from '../../helpers/rasters.ts';

const folder = sharedFolder('tiles');

const WIDTH = 300;
const HEIGHT = 200;
/** A gradient with a texture, and an empty corner at the bottom right. */
const pixels = Buffer.alloc(WIDTH * HEIGHT * 3, 255);
for (let y = 0; y < HEIGHT; y++)
  for (let x = 0; x < WIDTH; x++)
    if (x < 200 || y < 100) pixels.set([x % 256, y, (x * 7 + y * 13) % 200], (y * WIDTH + x) * 3);
const picture = () => sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const write = (name: string, bytes: Buffer) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const form = { width: WIDTH, height: HEIGHT, bits: 8, colour: 2, pixels } as const;
const pngWith = (chunk: Chunk) => pngOf({ ...form, before: [chunk] });
/** A half turn, by EXIF. */
const turn: Chunk = ['eXIf', Buffer.from('4d4d002a000000080001011200030000000100030000000000000000', 'hex')];
const rule = { ...defaultRule, tiles: 100 };
const xywh = (x: number, y: number, width: number, height: number) =>
  formatPart({ page: null, tile: { x, y, width, height } });

describe('where tiles lie', () => {
  it('covers an image to its edges, each tile whole', () => {
    expect(gridOf(250, 90, 100, 0)).toEqual([
      { x: 0, y: 0, width: 100, height: 90 },
      { x: 100, y: 0, width: 100, height: 90 },
      { x: 150, y: 0, width: 100, height: 90 },
    ]);
    expect(gridOf(300, 100, 100, 50).map(({ x }) => x)).toEqual([0, 50, 100, 150, 200]);
    expect(gridOf(100, 100, 100, 0)).toHaveLength(1);
  });

  it('is named as the fragment of an address, and read again', () => {
    for (const part of ['', 'page=3', 'xywh=1,2,3,4', 'page=2&xywh=0,0,9,9']) {
      expect(formatPart(parsePart(part))).toBe(part);
      expect(fileOfName(photoName('a#b/c.tif', part))).toBe('a#b/c.tif');
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'is found in a file that is stored turned (orientation %i)',
    async (orientation) => {
      const stored = { width: WIDTH, height: HEIGHT, orientation };
      const upright = await turned({ width: WIDTH, height: HEIGHT, data: pixels }, orientation);
      const tile = { x: 20, y: 30, width: 50, height: 40 };
      const inFile = storedRect(tile, stored);
      const seen = await turned(cut({ width: WIDTH, height: HEIGHT, data: pixels }, inFile), orientation);
      expect(Buffer.from(seen.data).equals(Buffer.from(cut(upright, tile).data))).toBe(true);
    },
  );
});

/** The picture in four inks, and a fifth that is no transparency. */
async function withSpot(): Promise<Buffer> {
  const { data, info } = await picture().raw().toBuffer({ resolveWithObject: true });
  const inks = Array.from({ length: info.width * info.height }, (_, i) => {
    const [red, green, blue] = data.subarray(info.channels * i);
    return [255 - red!, 255 - green!, 255 - blue!, 0, i % 250];
  });
  const { width, height } = info;
  return tiff({ samples: 5, photometric: 5, extra: [0], width, height, pixels: Buffer.from(inks.flat()) });
}

describe('reading tiles', () => {
  const formats: [string, () => Promise<Buffer>, number][] = [
    [
      'tiled.tif',
      () => picture().tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression: 'lzw' }).toBuffer(),
      0,
    ],
    ['strips.tif', () => picture().tiff({ compression: 'deflate' }).toBuffer(), 0],
    ['whole.png', () => picture().png().toBuffer(), 0],
    ['whole.webp', () => picture().webp({ lossless: true }).toBuffer(), 0],
    ['turned.jpg', () => picture().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer(), 3],
    ['whole.gif', () => picture().gif().toBuffer(), 0],
    ['linear.png', () => Promise.resolve(pngWith(['gAMA', encode([100_000], 'u32', false)])), 0],
    ['turned.png', () => Promise.resolve(pngOf({ ...form, after: [turn] })), 0],
    ['p3.png', () => Promise.resolve(pngWith(['cICP', Buffer.of(12, 13, 0, 1)])), 0],
    ['spot.tif', withSpot, 1],
    ['unended.jpg', async () => (await picture().jpeg({ quality: 100 }).toBuffer()).subarray(0, -2), 3],
  ];
  it.each(formats)('%s: each is what the whole shows there, and the empty one is left out', async (name, make, off) => {
    const path = write(name, await make());
    const whole = await decodeImage(path);
    const division = (await divideFile(path, limits, rule))!;
    expect(division).toMatchObject({ width: whole.width, height: whole.height, empty: 1 });
    expect(division.parts).toHaveLength(5);
    for (const { part, width, height } of division.parts) {
      const tile = await readPart(path, part, limits, rule);
      expect([tile.width, tile.height]).toEqual([width, height]);
      const expected = cut(whole, parsePart(part).tile!).data;
      const sum = tile.data.reduce((total, value, i) => total + Math.abs(value - expected[i]!), 0);
      expect(sum / tile.data.length).toBeLessThanOrEqual(off);
    }
    const small = await readPart(path, division.parts[0]!.part, limits, rule, 50);
    expect([small.width, small.height, small.full]).toEqual([50, 50, { width: 100, height: 100 }]);
    const { width: copied } = await readPart(path, '', limits, rule, 60);
    expect(copied).toBe(whole.width > whole.height ? 60 : 40);
  });

  it('judges by the copies that a file has of itself', async () => {
    const options = { tile: true, pyramid: true, tileWidth: 64, tileHeight: 64, compression: 'lzw' } as const;
    const division = (await divideFile(write('pyramid.tif', await picture().tiff(options).toBuffer()), limits, rule))!;
    expect([division.parts.length, division.empty]).toEqual([5, 1]);
  });

  it('refuses a directory that announces gigabytes, and makes no room for them', async () => {
    const file = tiff({ type: 'u16', pixels: encode(values(0, 900), 'u16') });
    const entry = file.indexOf(Buffer.of(0x53, 1, 3, 0)); // the format of its samples: how many numbers, and where
    file.writeUInt32LE(0xfffffff0, entry + 4);
    file.writeUInt32LE(0xf0000000, entry + 8);
    const part = xywh(0, 0, 20, 20);
    await expect(readPart(write('announcing.tif', file), part, limits, rule)).rejects.toMatchObject({
      key: 'truncated.announced',
    });
  });

  it('refuses a place outside the image rather than show another', async () => {
    const path = write('small.png', await picture().png().toBuffer());
    await expect(readPart(path, xywh(250, 150, 100, 100), limits, rule)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('shows tiles of measured values by one range of the whole file, and measures each', async () => {
    // dim on the left, bright on the right: each by its own range would look alike
    const numbers = Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
      const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
      return (x < 150 ? 100 : 3000) + ((x * 7 + y * 13) % 100);
    });
    const page = { type: 'u16', width: WIDTH, height: HEIGHT, pixels: encode(numbers, 'u16') } as const;
    const path = write('values.tif', tiff(page));
    const mean = async (part: string) => {
      const { data, measured } = await readPart(path, part, limits, rule);
      expect(measured).toBe('uint16x1');
      return data.reduce((sum, value) => sum + value, 0) / data.length;
    };
    expect(await mean(xywh(0, 0, 100, 100))).toBeLessThan(20);
    expect(await mean(xywh(200, 100, 100, 100))).toBeGreaterThan(235);
    const measured = await measurePart(path, xywh(0, 0, 100, 100), limits, rule);
    expect([measured!.kind, Math.max(...measured!.values[0]!)]).toEqual(['uint16x1', 199]);
    const folderRule = { ...rule, ranges: 'uint16x1 0..4000' };
    expect(parseRanges(folderRule.ranges)).toHaveLength(1);
    const { data } = await readPart(path, xywh(0, 0, 100, 100), limits, folderRule);
    expect(Math.max(...data)).toBe(13); // 199 of 4000
  });

  it('keeps a file open while a tile of it waits for its turn, however long', async () => {
    const numbers = Array.from({ length: WIDTH * HEIGHT }, (_, i) => i % 999);
    const path = write(
      'waits.tif',
      tiff({ type: 'u16', width: WIDTH, height: HEIGHT, pixels: encode(numbers, 'u16') }),
    );
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const first = await readPart(path, xywh(0, 0, 100, 100), limits, rule);
      const waiting = { ...limits, beforeDecode: async () => void (await vi.advanceTimersByTimeAsync(600_000)) };
      const again = await readPart(path, xywh(0, 0, 100, 100), waiting, { ...rule, percentiles: 1 });
      expect([again.width, again.height]).toEqual([first.width, first.height]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('averages values for the copy that emptiness is judged by, without what was not measured', async () => {
    const numbers = Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
      const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
      return x < 100 ? -9999 : x * 5 + ((y * 31) % 17);
    });
    const page = {
      type: 'f32',
      width: WIDTH,
      height: HEIGHT,
      nodata: '-9999',
      pixels: encode(numbers, 'f32'),
    } as const;
    const division = (await divideFile(write('nodata.tif', tiff(page)), limits, rule))!;
    expect([division.parts.length, division.empty]).toEqual([4, 2]);
  });
});
