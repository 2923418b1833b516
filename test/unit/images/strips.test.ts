/** A window of a TIFF in strips, or of a JPEG with restart markers, from what it lies in alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { TiffOptions } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src-main/images/decode/decode.ts';
import { unpackLzw } from '../../../src-main/images/decode/lzw.ts';
import { cut } from '../../../src-main/images/decode/openFile.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { readTiff, TAG } from '../../../src-main/images/decode/tiff.ts';
import { stripsOf } from '../../../src-main/images/decode/tiffStrips.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { restartJpeg } from '../../helpers/pictures.ts';
import { encode, tiff } from '../../helpers/rasters.ts';

const scratch = sharedFolder('strips');

const [WIDTH, HEIGHT] = [70, 900];
const pixels = Buffer.from(
  Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH), i % 3];
    return (x * 3 + y * (c + 1) + ((x * y) >> 5)) & 255;
  }),
);
const picture = () => sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const place = { x: 11, y: 700, width: 40, height: 60 };
const part = `xywh=${place.x},${place.y},${place.width},${place.height}`;
const write = (name: string, bytes: Uint8Array) => {
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
};

const forms: [string, TiffOptions, number][] = [
  ['none', { compression: 'none' }, 0],
  ['lzw', { compression: 'lzw', predictor: 'none' }, 0],
  ['lzw differences', { compression: 'lzw', predictor: 'horizontal' }, 0],
  ['deflate, BigTIFF', { compression: 'deflate', bigtiff: true }, 0],
  ['packbits', { compression: 'packbits' }, 0],
  ['jpeg', { compression: 'jpeg', quality: 95 }, 8],
];

/** Codes of so many bits, as TIFF 6 or (`old`) the form before it writes them. */
const packed = (codes: readonly number[], old = false) => {
  const bits = codes.map((code) => {
    const text = code.toString(2).padStart(9, '0');
    return old ? [...text].reverse().join('') : text;
  });
  const bytes = bits
    .join('')
    .match(/.{1,8}/g)!
    .map((text) => text.padEnd(8, '0'));
  return Uint8Array.from(bytes.map((text) => parseInt(old ? [...text].reverse().join('') : text, 2)));
};

it('of a strip that is larger unpacked than memory is refused before room is made for it', async () => {
  const slide = { width: 30000, height: 30000, samples: 3, photometric: 6, compression: 7 };
  const path = write('slide.ndpi', tiff({ ...slide, pixels: await picture().jpeg().toBuffer() }));
  const why = { key: 'too-large.bands' };
  await expect(divideFile(path, DEFAULT_LIMITS, { ...defaultRule, tiles: 512 })).rejects.toMatchObject(why);
  await expect(readPart(path, part, DEFAULT_LIMITS, defaultRule)).rejects.toMatchObject(why);
});

describe('a window of a TIFF in strips', () => {
  it.each(forms)(
    '%s: is what the whole shows there, and the strips above are not looked at',
    async (name, how, off) => {
      const path = write(`${name}.tif`, await picture().tiff(how).toBuffer());
      const whole = await decodeImage(path);
      const bytes = readFileSync(path);
      const [first, second] = readTiff(bytes)[0]!.tags.get(TAG.stripOffsets)!;
      // each strip begins with its own tables: one that is unpacked shows at once that there is nothing in it
      if (name !== 'none') bytes.fill(0xa5, first, second);
      else bytes.fill(0xa5, first, first! + WIDTH * 3 * 600);
      const damaged = write(`${name} above.tif`, bytes);
      const { data } = await readPart(damaged, part, DEFAULT_LIMITS, defaultRule);
      const expected = cut(whole, place).data;
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      expect(worst).toBeLessThanOrEqual(off);
    },
  );

  it('reads a few rows of measured values that are written as one strip', async () => {
    const numbers = Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * 7) % 4096);
    const file = tiff({ type: 'u16', width: WIDTH, height: HEIGHT, pixels: encode(numbers, 'u16') });
    const rule = { ...defaultRule, rule: 'fixed' as const, low: 0, high: 4095 };
    const whole = await decodeImage(write('values.tif', file), {}, rule);
    const { data } = await readPart(join(scratch, 'values.tif'), part, DEFAULT_LIMITS, rule);
    expect(Buffer.from(data).equals(Buffer.from(cut(whole, place).data))).toBe(true);
  });
});

describe('a window of a TIFF whose strips are its rows', () => {
  const row = WIDTH * 3;
  const rows = Array.from({ length: HEIGHT }, (_, y) => pixels.subarray(y * row, (y + 1) * row));
  /** Codes of nine bits that stand for themselves, begun anew before they would need a bit more. */
  const lzw = (bytes: Buffer) =>
    Buffer.from(packed([...bytes].flatMap((byte, i) => (i % 200 === 0 ? [256, byte] : [byte])).concat(257)));
  const ends = Math.ceil(0.2 * row);
  /** What is packed of a row, with other bytes in place of what lies on its right. */
  const cutOff = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -ends), Buffer.alloc(ends, 0xa5)]);

  it.each<[string, number, (bytes: Buffer) => Buffer, left: number]>([
    ['not packed', 1, (bytes) => bytes, place.x],
    ['LZW', 5, lzw, 0],
    ['deflate', 8, (bytes) => deflateSync(bytes, { level: 0 }), 0],
  ])(
    '%s: is what the whole shows there, and what lies on its right is not looked at',
    async (name, compression, pack, left) => {
      const form = {
        width: WIDTH,
        height: HEIGHT,
        samples: 3,
        photometric: 2,
        rows: 1,
        compression,
        pixels: Buffer.alloc(0),
      };
      const whole = await decodeImage(write(`${name} rows.tif`, tiff({ ...form, pieces: rows.map(pack) })));
      const path = write(
        `${name} rows, cut off.tif`,
        tiff({ ...form, pieces: rows.map((bytes) => cutOff(pack(bytes))) }),
      );
      const { data } = await readPart(path, part, DEFAULT_LIMITS, defaultRule);
      expect(Buffer.from(data).equals(Buffer.from(cut(whole, place).data))).toBe(true);
      const bytes = readFileSync(path);
      const strips = stripsOf(bytes, readTiff(bytes)[0]!, place)!;
      const [width] = readTiff(strips.bytes)[0]!.tags.get(TAG.width)!;
      expect([strips.left, strips.left + width!]).toEqual([left, place.x + place.width]);
    },
  );
});

describe('a window of a JPEG', () => {
  const fixture = restartJpeg();
  const tile = { x: 5, y: 200, width: 40, height: 50 };
  const shown = async (name: string, bytes: Buffer) =>
    (await readPart(write(name, bytes), 'xywh=5,200,40,50', DEFAULT_LIMITS, defaultRule)).data;
  const worst = (data: Uint8Array, expected: Uint8Array) =>
    data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  const starts = [...fixture.keys()].filter((i) => fixture[i] === 0xff && (fixture[i + 1]! & 0xf8) === 0xd0);

  it('with restart markers is what the whole shows there, and what lies above is not looked at', async () => {
    expect(starts).toHaveLength(12);
    const expected = cut(await decodeImage(write('restarts.jpg', fixture)), tile).data;
    const damaged = Buffer.from(fixture).fill(0x15, starts[0]! + 2, starts[3]);
    expect(worst(await shown('above.jpg', damaged), expected)).toBeLessThanOrEqual(1);
  });

  it('whose markers are not those that it announces is read from its top', async () => {
    const expected = cut(await decodeImage(join(scratch, 'restarts.jpg')), tile).data;
    const without = Buffer.from(fixture);
    const at = without.indexOf(Buffer.of(0xff, 0xdd));
    without.writeUInt16BE(without.readUInt16BE(at + 4) * 3, at + 4); // fewer than there are
    await expect(shown('announced.jpg', without)).resolves.toHaveLength(expected.length);
  });
});

describe('LZW', () => {
  const codes = [256, 65, 66, 258, 260, 261, 257]; // A, B, AB, ABA and ABAA (each ends in its own beginning)
  const unpacked = Buffer.from('ABABABAABAA');

  it('unpacks strings that end in themselves, in both forms', () => {
    expect(Buffer.from(unpackLzw(packed(codes), 100)).toString()).toBe(unpacked.toString());
    expect(Buffer.from(unpackLzw(packed(codes, true), 100)).toString()).toBe(unpacked.toString());
  });

  it('stops where it has enough or there is no more, and refuses a code that stands for nothing', () => {
    expect(Buffer.from(unpackLzw(packed(codes), 4)).toString()).toBe('ABAB');
    expect(Buffer.from(unpackLzw(packed(codes).subarray(0, 3), 100)).toString()).toBe('A');
    expect(() => unpackLzw(packed([256, 65, 400]), 100)).toThrow('a code without a string');
  });
});
