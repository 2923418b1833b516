/**
 * Files that say too little of themselves, or what is not so: values that stand for nothing without a tag, infrared that
 * is called transparency, thumbnails and empty channels that come first, grey whose profile readers pass over.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { encodeSrgb } from '../../../src-main/images/decode/cicp.ts';
import { bandsOfSamples } from '../../../src-main/images/decode/bandImage.ts';
import { greyLevels } from '../../../src-main/images/decode/icc.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { sortedSample } from '../../../src-main/images/decode/samples.ts';
import type { Values } from '../../../src-main/images/decode/samples.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { greyProfile, linearGreyProfile, withPngProfile } from '../../helpers/profiles.ts';
import { encode, png, SIDE, tiff, values } from '../../helpers/rasters.ts';
import { channel, expectScene, reference } from '../../helpers/seen.ts';

const folder = mkdtempSync(join(tmpdir(), 'unsaid-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** A window of a file on the disk. */
async function windowOf(file: Buffer, xywh: string) {
  const path = join(folder, 'scene.tif');
  writeFileSync(path, file);
  return await readPart(path, `xywh=${xywh}`, DEFAULT_LIMITS, defaultRule);
}

const decode = (bytes: Buffer, rule = {}) => decodeBytes('scene.tif', bytes, {}, { ...defaultRule, ...rule });
const keysOf = ({ notes }: { notes: { key: string }[] }) => notes.map(({ key }) => key);
const plane = (low: number, high: number) => ({ type: 'u16' as const, pixels: encode(values(low, high), 'u16') });

describe('values that stand for nothing, though no tag says so,', () => {
  const HOLES = 6 * SIDE;
  const withHoles = (hole: number, low = 812, high = 1430) =>
    values(low, high).map((value, i) => (i < HOLES ? hole : value));

  it.each([
    ['the largest float', 3.4028234663852886e38],
    ['what netCDF writes', 9.969209968386869e36],
    ['1e20', 1e20],
    ['the least float', -3.4028234663852886e38],
    ['-1e30', -1e30],
    ['-1e10', -1e10],
    ['-10000', -10000],
    ['0 far below all others', 0],
  ])('do not set the range: %s', async (_, hole) => {
    const seen = channel(await decode(tiff({ type: 'f32', pixels: encode(withHoles(hole), 'f32') })));
    expect(new Set(seen.slice(0, HOLES))).toEqual(new Set([0]));
    expectScene(seen.slice(HOLES), reference.slice(HOLES));
  });

  it.each([
    ['u16', 65535, 80, 4095],
    ['i16', 32767, -850, 2000],
    ['i32', -2147483648, -70_000, 100_000],
    ['i16', -10000, -850, 2000],
    ['u32', 4294967295, 0, 100_000],
  ] as const)('of integers do not set the range: %s %d', async (type, hole, low, high) => {
    const image = await decode(tiff({ type, pixels: encode(withHoles(hole, low, high), type) }));
    expect(new Set(channel(image).slice(0, HOLES))).toEqual(new Set([0]));
    expectScene(channel(image).slice(HOLES), reference.slice(HOLES));
  });

  it('are values where the others are labels or near', async () => {
    const labels = values(0, 2).map((value, i) => (i < HOLES ? 0 : 5 + Math.round(value)));
    const seen = channel(await decode(tiff({ type: 'u16', pixels: encode(labels, 'u16') })));
    expect(Math.min(...seen.slice(HOLES))).toBeGreaterThan(100);
    const near = channel(await decode(tiff({ type: 'u16', pixels: encode(withHoles(0, 100, 4000), 'u16') })));
    expect(Math.min(...near.slice(HOLES))).toBeGreaterThan(0);
    const glaring = channel(await decode(tiff({ type: 'u16', pixels: encode(withHoles(65535, 100, 40000), 'u16') })));
    expect(Math.max(...glaring.slice(0, HOLES))).toBe(255);
    const dense = channel(await decode(tiff({ type: 'f32', pixels: encode(withHoles(9e20, 1e20, 8e20), 'f32') })));
    expect(dense[0]).toBe(255);
    const mask = values(0, 1).map((value) => (value > 0.5 ? 65535 : 0));
    expect(Math.max(...channel(await decode(tiff({ type: 'u16', pixels: encode(mask, 'u16') }))))).toBe(255);
  });
});

describe('photos', () => {
  const HOLES = 6 * SIDE;
  const framed = (frame: number, low: number, high: number) =>
    values(low, high, [1, 0.9, 0.8]).map((value, i) => (i < 3 * HOLES ? frame : Math.max(low, value)));

  it.each([
    ['light', 0, 42000, 65000],
    ['dark', 65535, 300, 28000],
  ])('of 16 bits that are %s keep a frame of %d', async (_, frame, low, high) => {
    const numbers = framed(frame, low, high);
    const page = { type: 'u16' as const, samples: 3, photometric: 2, pixels: encode(numbers, 'u16') };
    const { data, measured } = await decode(tiff(page));
    expect(measured).toBeNull();
    expect(Math.max(...data.map((level, i) => Math.abs(level - (numbers[i]! >> 8))))).toBeLessThanOrEqual(1);
  });

  it('of 8 bits keep zeros as levels: in what is measured, and as white where the smallest value is white', async () => {
    const numbers = values(140, 250).map((value, i) => (i < HOLES ? 0 : Math.round(value)));
    const bands: Values[] = [Uint8Array.from(numbers)];
    expect(sortedSample({ bands, nodata: null })).toMatchObject({ fill: null, valid: 1 });
    const samples = { width: SIDE, height: SIDE, bands, channels: false, inverted: true, nodata: null };
    const { data } = bandsOfSamples('scene.tif', samples, { ...defaultRule, channels: 1 });
    expect([...data]).toEqual(numbers.map((value) => 255 - value));
  });
});

describe('16-bit colours whose fourth band is called transparency', () => {
  const page = { type: 'u16' as const, samples: 4, photometric: 2, extra: [2], compression: 1 };
  const whole = (fourth: (i: number) => number) =>
    values(0, 65535, [1, 0.8, 0.6, 0]).map((value, i) => (i % 4 === 3 ? fourth(i >> 2) : value));
  const infrared = tiff({
    ...page,
    pixels: encode(
      whole((i) => 9000 + (i % 400) * 90),
      'u16',
    ),
  });
  const clear = tiff({
    ...page,
    pixels: encode(
      whole((i) => (i % SIDE < SIDE / 2 ? 0 : 65535)),
      'u16',
    ),
  });

  it('keep them where it is infrared that they were multiplied by, cut into tiles', async () => {
    const levels = whole((i) => 9000 + (i % 400) * 90).map((value) => value / 257);
    const file = tiff({ ...page, type: 'u8', extra: [1], pixels: encode(levels, 'u8') });
    const { data } = await windowOf(file, '8,8,32,32');
    expect([...data.subarray(0, 3)]).toEqual([0, 1, 2].map((c) => Math.round(levels[4 * (8 * SIDE + 8) + c]!)));
  });

  it('keep them where it is infrared, whole and cut into tiles', async () => {
    const found = await decode(infrared);
    expectScene(channel(found));
    expect(keysOf(found)).toEqual(['note.no-alpha']);
    expect(Math.min(...(await windowOf(infrared, '8,8,32,32')).data)).toBeLessThan(60);
  });

  it('keep them beside a profile', async () => {
    const profile = greyProfile([0]);
    profile.write('RGB ', 16, 'latin1'); // that there is one is all that is asked of it
    const wide = encode(
      whole((i) => 9000 + (i % 400) * 90),
      'u16',
    );
    const file = tiff({ ...page, pixels: wide, icc: profile });
    const found = await decode(file);
    expect([Math.min(...found.data) < 60, keysOf(found)]).toEqual([true, ['note.no-alpha']]);
    expect(Math.min(...(await windowOf(file, '8,8,32,32')).data)).toBeLessThan(60);
  });

  it('lie on white where it is transparency', async () => {
    const found = await decode(clear);
    expect([found.data[0], found.data[3 * (SIDE - 1)]! < 120, keysOf(found)]).toEqual([255, true, []]);
  });
});

it('grey of 16 bits goes through the curve of its profile, as grey of 8 bits does', async () => {
  const expected = values(0, 1).map((light) => 255 * encodeSrgb(light));
  const full = encode(values(0, 65535), 'u16');
  const turned = encode(values(65535, 0), 'u16');
  const profile = linearGreyProfile();
  const files = {
    tiff: tiff({ type: 'u16', pixels: full, icc: profile }),
    'white is zero': tiff({ type: 'u16', photometric: 0, pixels: turned, icc: profile }),
    png: withPngProfile(png(encode(values(0, 65535), 'u16', false), 16, false), profile),
  };
  const { data } = await windowOf(files.tiff, `0,0,${SIDE},${SIDE}`);
  const seen = [[...data].filter((_, i) => i % 3 === 0)];
  for (const file of Object.values(files)) seen.push(channel(await decode(file)));
  for (const one of seen)
    expect(Math.max(...one.map((level, i) => Math.abs(level - expected[i]!)))).toBeLessThanOrEqual(1);
});

it('grey whose colours are numbered goes by the numbers, whatever profile stands beside them', async () => {
  const coded = png(encode(values(0, 65535), 'u16', false), 16, false, [['cICP', Buffer.of(9, 16, 0, 1)]]);
  const [alone, beside] = [await decode(coded), await decode(withPngProfile(coded, linearGreyProfile()))];
  expect([...beside.data]).toEqual([...alone.data]);
});

it.each([
  ['a power', [1, 0x0233], (x: number) => x ** (0x233 / 256)],
  ['a table', [3, 0, 16384, 65535], (x: number) => (x < 0.5 ? x / 2 : 0.25 + 1.5 * (x - 0.5))],
  ['sRGB', 3, (x: number) => (x >= 0.04045 ? ((x + 0.055) / 1.055) ** 2.4 : x / 12.92)],
  ['a power by parameters', 0, (x: number) => x ** 1.8],
])('a grey curve that is %s is followed', (_, curve, light) => {
  const levels = greyLevels(greyProfile(curve))!;
  for (const value of [0, 900, 12345, 32768, 50000, 65535])
    expect(Math.abs(levels[value]! - 255 * encodeSrgb(light(value / 65535)))).toBeLessThanOrEqual(1);
});

describe('pages', () => {
  const bare = { type: 'u16' as const, pixels: encode(values(0, 1).map((_, i) => 3 + (i % 7)), 'u16') }; // prettier-ignore
  const ome = (count: number, channels = '') =>
    `<OME><Image><Pixels SizeC="${count}" SizeZ="1" SizeT="1" DimensionOrder="XYCZT">${channels}</Pixels></Image>` +
    '<Image><Pixels><Channel Name="other"/></Pixels></Image></OME>';

  it('of OME whose first three channels hold noise alone: those that hold more are shown', async () => {
    const image = await decode(tiff({ ...bare, description: ome(5) }, bare, bare, plane(100, 900), bare));
    expectScene(channel(image));
    expect(image.notes[0]).toEqual({ key: 'note.channels', values: { count: 5, shown: '4' } });
    const first = await decode(tiff({ ...plane(100, 900), description: ome(4) }, bare, bare, plane(0, 4000)));
    expect(first.notes[0]!.values).toEqual({ count: 4, shown: '1, 2, 3' });
  });

  it('of OME are chosen by the names of their channels', async () => {
    const named = ['A', 'B', 'DAPI'].map((name) => `<Channel ID="${name}" Name="${name}"/>`).join('');
    const file = tiff({ ...bare, description: ome(3, named) }, bare, plane(100, 900));
    const image = await decode(file, { bands: 'dapi' });
    expectScene(channel(image));
    expect(image.notes[0]!.values).toEqual({ count: 3, shown: '3' });
  });

  it('that begin with a small copy are shown by what it is a copy of, and numbered from there', async () => {
    const grey = { pixels: encode(values(0, 255), 'u8') };
    const small = { width: 24, height: 24, pixels: Buffer.alloc(24 * 24, 90) };
    for (const file of [tiff(small, grey), tiff({ ...small, width: 24 }, grey, grey)]) {
      const image = await decode(file);
      expect([image.width, image.height]).toEqual([SIDE, SIDE]);
      expectScene(channel(image));
      expectScene(channel(await decode(file, { page: 1 })));
    }
    const pages = [small, { pixels: encode(values(0, 255), 'u8') }, { pixels: Buffer.alloc(SIDE * SIDE, 7) }];
    const second = await decode(tiff(...pages), { page: 2 });
    expectScene(channel(second)); // numbers are those of the file
    const path = join(folder, 'numbered.tif');
    writeFileSync(path, tiff(...pages));
    const { parts } = (await divideFile(path, DEFAULT_LIMITS, { ...defaultRule, page: 'each' }))!;
    expect(parts).toEqual([2, 3].map((page) => ({ part: `page=${page}`, width: SIDE, height: SIDE })));
    expectScene(channel(await readPart(path, 'page=2', DEFAULT_LIMITS, defaultRule)));
    expect((await readPart(path, 'page=3', DEFAULT_LIMITS, defaultRule)).data[0]).toBe(7);
    const strip = { width: 24, height: 48, pixels: Buffer.alloc(24 * 48, 90).fill(9, 99) };
    expect((await decode(tiff(strip, grey))).width).toBe(24);
  });
});

it('a JPEG behind the head of an answer is read', async () => {
  const jpeg = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a53' } })
    .jpeg()
    .toBuffer();
  const head = `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nETag: "${'x'.repeat(400)}"\r\n\r\n`;
  const file = Buffer.concat([Buffer.from(head), jpeg]);
  expect([...(await decodeBytes('a.jpg', file)).data]).toEqual([...(await decodeBytes('a.jpg', jpeg)).data]);
  await expect(decodeBytes('a.jpg', Buffer.from(head))).rejects.toMatchObject({ key: 'not-an-image.text-named' });
});

it('a preview of the size of the tiles beside it stands for a DNG', async () => {
  const jpeg = (background: string) =>
    sharp({ create: { width: 256, height: 256, channels: 3, background } }).jpeg().toBuffer(); // prettier-ignore
  const tile = Buffer.alloc(256 * 256);
  (await jpeg('#00f')).copy(tile);
  const raw = tiff({ width: 256, height: 256, tile: 256, photometric: 34892, compression: 34892, pixels: tile });
  const { data, format } = await decodeBytes('a.dng', Buffer.concat([raw, await jpeg('#f00')]));
  expect([format, data[0]! > 200, data[2]! < 50]).toEqual(['raw', true, true]);
});
