/**
 * What is transparent everywhere is shown by its hidden colours, and what is called transparency but is none is left
 * out: in small copies and in parts as in the whole.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { formatPart } from '../../../shared/parts.ts';
import { decodeTo } from '../../../src-main/images/decode/decode.ts';
import { cut } from '../../../src-main/images/decode/openFile.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { perceptualHash } from '../../../src-main/images/hash.ts';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { coded } from '../../helpers/phonePictures.ts';
import { encode, SIDE, tiff } from '../../helpers/rasters.ts';
import type { Page } from '../../helpers/rasters.ts';
import { meanDifference, rgb } from '../../helpers/scene.ts';

const folder = sharedFolder('clear');
const tile = { x: 8, y: 16, width: 24, height: 20 };
const rgba = (fourth: (place: number) => number) =>
  Array.from({ length: SIDE * SIDE }, (_, i) => [...rgb.slice(3 * i, 3 * i + 3), fourth(i)]).flat();
const clear = rgba(() => 0);
const raw = { raw: { width: SIDE, height: SIDE, channels: 4 as const } };
const page = { samples: 4, photometric: 2, extra: [2] };
/** Colours, and their transparency as a page of its own, of one bit a pixel. */
const apart = (levels: readonly number[], more: Partial<Page> = {}) => {
  const mask = Buffer.alloc((SIDE * SIDE) / 8);
  for (let i = 0; i < SIDE * SIDE; i++) if (levels[4 * i + 3]! > 0) mask[i >> 3]! |= 128 >> (i & 7);
  const colours = levels.filter((_, i) => i % 4 !== 3);
  const pixels = more.type === 'u16' ? encode(colours.map((level) => level * 257), 'u16') : Buffer.from(colours); // prettier-ignore
  return tiff({ samples: 3, photometric: 2, pixels, ...more }, { bits: 1, subfile: 4, photometric: 4, pixels: mask });
};
const keys = ({ notes }: { notes: { key: string }[] }) => notes.map(({ key }) => key);

const forms: [string, (levels: number[]) => Buffer | Promise<Buffer>][] = [
  ['PNG', (levels) => sharp(Buffer.from(levels), raw).png().toBuffer()],
  ['WebP', (levels) => sharp(Buffer.from(levels), raw).webp({ lossless: true, exact: true }).toBuffer()],
  ['TIFF', (levels) => tiff({ ...page, pixels: Buffer.from(levels) })],
  ['TIFF of tiles', (levels) => tiff({ ...page, tile: 16, pixels: Buffer.from(levels) })],
  [
    'TIFF of 16 bits',
    (levels) => tiff({ ...page, type: 'u16', pixels: encode(levels.map((level) => level * 257), 'u16') }), // prettier-ignore
  ],
  ['TIFF with a mask', (levels) => apart(levels)],
  ['TIFF of tiles with a mask', (levels) => apart(levels, { tile: 16 })],
];

describe.each(forms)('%s', (form, make) => {
  const write = async (name: string, levels: number[]) => {
    const path = join(folder, `${form} ${name}`);
    const bytes = await make(levels);
    writeFileSync(path, bytes);
    const small = await decodeTo(SIDE / 2, path, bytes, DEFAULT_LIMITS, defaultRule);
    return { path, whole: await decodeBytes(path, bytes), small };
  };
  const tileOf = async (path: string, place = tile) =>
    await readPart(path, formatPart({ page: null, tile: place }), DEFAULT_LIMITS, defaultRule);
  const halved = async (levels: readonly number[]) =>
    await sharp(Buffer.from(levels), { raw: { ...raw.raw, channels: 3 } })
      .resize(SIDE / 2)
      .raw()
      .toBuffer();

  it('that is clear everywhere is one picture in all sizes and parts, and none of its tiles is empty', async () => {
    const { path, whole, small } = await write('clear', clear);
    expect(meanDifference(whole.data, rgb)).toBeLessThan(1);
    expect(meanDifference(small.data, [...(await halved(rgb))])).toBeLessThan(1);
    expect(perceptualHash(small)).not.toBe('0000000000000000');
    const part = await tileOf(path);
    expect(meanDifference(part.data, [...cut(whole, tile).data])).toBeLessThan(1);
    expect([keys(small), keys(part)]).toEqual([['note.transparent'], ['note.transparent']]);
    const { parts, empty } = (await divideFile(path, DEFAULT_LIMITS, { ...defaultRule, tiles: 16 }))!;
    expect([parts.length, empty]).toEqual([9, 0]);
  });

  it('that is clear in a part stays white there', async () => {
    const { path } = await write(
      'cut-out',
      rgba((i) => (i % SIDE < 40 ? 0 : 255)),
    );
    const part = await tileOf(path);
    expect([Math.min(...part.data), keys(part)]).toEqual([255, []]);
  });
});

it.each([
  [1, 'u8'],
  [6, 'u8'],
  [1, 'u16'],
] as const)(
  'what a mask leaves out of colours is white, upright and small too (orientation %s, %s)',
  async (orientation, type) => {
    const isSeen = (x: number, y: number) => x >= 16 || y >= 32;
    const file = apart(
      rgba((i) => (isSeen(i % SIDE, Math.floor(i / SIDE)) ? 255 : 0)),
      { orientation, type },
    );
    const path = join(folder, `mask ${orientation} ${type}`);
    writeFileSync(path, file);
    const stored = (x: number, y: number): [number, number] => (orientation === 6 ? [y, SIDE - 1 - x] : [x, y]);
    const right = Array.from({ length: SIDE * SIDE }, (_, i) => {
      const [x, y] = stored(i % SIDE, Math.floor(i / SIDE));
      const at = 3 * (y * SIDE + x);
      return isSeen(x, y) ? rgb.slice(at, at + 3) : [255, 255, 255];
    }).flat();
    expect([...(await decodeBytes(path, file)).data]).toEqual(right);
    const half = await sharp(Buffer.from(right), { raw: { ...raw.raw, channels: 3 } })
      .resize(SIDE / 2)
      .raw()
      .toBuffer();
    const small = await readPart(path, '', DEFAULT_LIMITS, defaultRule, SIDE / 2);
    expect(meanDifference(small.data, [...half])).toBeLessThan(2);
  },
);

it('of several pages each has the mask behind it', async () => {
  const page = { samples: 3, photometric: 2, pixels: Buffer.from(rgb) };
  const mask = (byte: number) => ({
    ...{ bits: 1, subfile: 4, photometric: 4 },
    pixels: Buffer.alloc((SIDE * SIDE) / 8, byte),
  });
  const file = tiff(page, mask(0xff), page, mask(0xf0));
  const of = async (number: number) =>
    [...(await decodeBytes('pages.tif', file, {}, { ...defaultRule, page: number })).data].map(
      (level, i) => level === rgb[i] && Math.floor(i / 3) % 8 >= 4,
    );
  expect((await of(2)).some(Boolean)).toBe(false);
  expect((await of(1)).some(Boolean)).toBe(true);
});

it('infrared that is called transparency does not darken a small copy', async () => {
  const file = tiff({ ...page, pixels: Buffer.from(rgba((i) => 5 + ((i * 97) % 200))) });
  const { data } = await decodeTo(SIDE / 2, 'scene.tif', file, DEFAULT_LIMITS, defaultRule);
  const without = tiff({ samples: 3, photometric: 2, pixels: Buffer.from(rgb) });
  const right = await decodeTo(SIDE / 2, 'scene.tif', without, DEFAULT_LIMITS, defaultRule);
  expect(meanDifference(data, [...right.data])).toBeLessThan(0.1);
});

it('AVIF whose colours are named by numbers shows what it hides, and says so', async () => {
  const [P3, SRGB] = [12, 13];
  const encoded = async (levels: number[]) =>
    coded(await sharp(Buffer.from(levels), raw).avif({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), P3, SRGB); // prettier-ignore
  const hidden = await decodeBytes('scene', await encoded(clear));
  const opaque = await decodeBytes('scene', await encoded(rgba(() => 255)));
  expect([keys(hidden), keys(opaque)]).toEqual([['note.transparent'], []]);
  expect(meanDifference(hidden.data, [...opaque.data])).toBeLessThan(1);
});

it('has no part in the range of a large image that is read in windows', async () => {
  const isHidden = (place: number) => place % SIDE < 20;
  const levels = rgba((place) => (isHidden(place) ? 0 : 65535)).map((value, at) =>
    at % 4 === 3 ? value : isHidden(at >> 2) ? 30000 : value * 8,
  );
  const path = join(folder, 'hidden');
  writeFileSync(path, tiff({ ...page, type: 'u16', tile: 16, pixels: encode(levels, 'u16') }));
  const { data } = await readPart(path, formatPart({ page: 1, tile: null }), DEFAULT_LIMITS, defaultRule);
  const right = rgb.map((level, at) => (isHidden(Math.floor(at / 3)) ? 255 : level));
  expect(meanDifference(data, right)).toBeLessThan(12);
});

it('is white in a tile of measured values that shows nothing else', async () => {
  const levels = rgba((place) => (place % SIDE < 40 ? 0 : 65535)).map((value, at) =>
    at % 4 === 3 ? value : 8 * value,
  );
  const path = join(folder, 'measured');
  writeFileSync(path, tiff({ ...page, type: 'u16', tile: 16, pixels: encode(levels, 'u16') }));
  const part = await readPart(path, formatPart({ page: null, tile }), DEFAULT_LIMITS, defaultRule);
  expect([Math.min(...part.data), keys(part)]).toEqual([255, []]);
});

it('grey of 16 bits, its transparency apart, has the same levels in a part as in the whole', async () => {
  const planes = [rgb.filter((_, i) => i % 3 === 0), rgb.map((_, i) => (i % SIDE < 9 ? 0 : 255))];
  const pixels = encode(
    planes.flatMap((plane) => plane.slice(0, SIDE * SIDE).map((level) => Math.round(level * 257))),
    'u16',
  );
  const path = join(folder, 'grey apart');
  const bytes = tiff({ type: 'u16', samples: 2, planar: true, extra: [2], pixels });
  writeFileSync(path, bytes);
  const whole = await decodeBytes(path, bytes);
  const part = await readPart(path, formatPart({ page: null, tile }), DEFAULT_LIMITS, defaultRule);
  expect(meanDifference(part.data, [...cut(whole, tile).data])).toBeLessThan(0.1);
});
