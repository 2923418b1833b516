/** A window of a TIFF in strips, whatever packs them, from the strips that it lies in alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { TiffOptions } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src-main/images/decode/decode.ts';
import { unpackLzw } from '../../../src-main/images/decode/lzw.ts';
import { cut } from '../../../src-main/images/decode/openFile.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { readTiff, TAG } from '../../../src-main/images/decode/tiff.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { encode, tiff } from '../../helpers/rasters.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lookalike-strips-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

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

describe('LZW', () => {
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
