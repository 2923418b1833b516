/**
 * Measured values, many bands and the formats that hold them: each file holds one scene in its own way, and the
 * picture has to show it. The files are written here, byte by byte.
 */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { decodeBands, decodeBytes } from '../../../src-main/images/index.ts';
import type { DecodedImage, PixelRule } from '../../../src-main/images/index.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { xray } from '../../helpers/dicomForms.ts';
import type { Elements } from '../../helpers/dicomForms.ts';
import { encode, npy, packed, png, SIDE, tiff, values } from '../../helpers/rasters.ts';
import { expectScene, channel, reference } from '../../helpers/seen.ts';

const decode = (bytes: Buffer, rule = {}) => decodeBytes('scene', bytes, {}, { ...defaultRule, ...rule });

const u16 = (low: number, high: number) => encode(values(low, high), 'u16');
const hot = values(100, 900);
hot[5] = 60000;
hot[700] = 65535;
const holes = values(0.2, 0.4);
for (let i = 0; i < 300; i++) holes[i] = NaN;
const endless = holes.map((value, i) => (Number.isNaN(value) ? [Infinity, -Infinity][i % 2]! : value));
const fills = values(800, 1400);
for (let i = 0; i < 300; i++) fills[i] = -9999;

describe('values of one band are stretched over the scene', () => {
  const files: [string, () => Buffer][] = [
    ['12 bits in a 16-bit TIFF', () => tiff({ type: 'u16', pixels: u16(80, 4095) })],
    ['a few hundred of 65,536 levels', () => tiff({ type: 'u16', pixels: u16(125, 600) })],
    ['two hot pixels', () => tiff({ type: 'u16', pixels: encode(hot, 'u16') })],
    ['an offset of 32768', () => tiff({ type: 'u16', pixels: u16(32768, 32768 + 4095) })],
    ['8 bits saved as 16', () => tiff({ type: 'u16', pixels: u16(0, 255) })],
    ['signed 16 bits', () => tiff({ type: 'i16', pixels: encode(values(-850, 2000), 'i16') })],
    ['32 bits', () => tiff({ type: 'u32', pixels: encode(values(0, 100_000), 'u32') })],
    ['signed 32 bits', () => tiff({ type: 'i32', pixels: encode(values(-70_000, 100_000), 'i32') })],
    ['float32 of elevations', () => tiff({ type: 'f32', pixels: encode(values(812, 1430), 'f32') })],
    ['float64', () => tiff({ type: 'f64', pixels: encode(values(0, 1), 'f64') })],
    ['10 bits packed', () => tiff({ bits: 10, pixels: packed(values(0, 1023), 10) })],
    ['12 bits packed', () => tiff({ bits: 12, pixels: packed(values(0, 4095), 12) })],
    ['zstd', () => tiff({ type: 'u16', compression: 50000, pixels: zstdCompressSync(u16(80, 4095)) })],
    ['deflate', () => tiff({ type: 'u16', compression: 8, pixels: deflateSync(u16(80, 4095)) })],
    ['12 bits in a 16-bit PNG', () => png(encode(values(80, 4095), 'u16', false), 16, false)],
    ['a NumPy array of integers', () => npy('<u2', [SIDE, SIDE], u16(80, 4095))],
    ['a NumPy array of floats, big-endian', () => npy('>f4', [SIDE, SIDE], encode(values(-1, 2), 'f32', false))],
    [
      'PGM of 16 bits',
      () => Buffer.concat([Buffer.from(`P5 ${SIDE} ${SIDE} 65535\n`), encode(values(80, 4095), 'u16', false)]),
    ],
    ['PFM', () => Buffer.concat([Buffer.from(`Pf\n${SIDE} ${SIDE}\n-1.0\n`), encode(upsideDown(values(3, 9)), 'f32')])],
    ['DICOM of 12 bits', () => xray('MONOCHROME2', values(80, 4095))],
    ['DICOM, inverted', () => xray('MONOCHROME1', values(4095, 80))],
  ];
  it.each(files)('%s', async (_, file) => {
    const image = await decode(file());
    expect([image.width, image.height]).toEqual([SIDE, SIDE]);
    expect(image.measured).not.toBeNull();
    expectScene(channel(image));
    expect(channel(image, 1)).toEqual(channel(image));
  });

  it.each([
    ['NaN', () => tiff({ type: 'f32', pixels: encode(holes, 'f32') })],
    ['an infinity', () => tiff({ type: 'f32', pixels: encode(endless, 'f32') })],
    ['an infinity in a NumPy array', () => npy('<f4', [SIDE, SIDE], encode(endless, 'f32'))],
    ['a nodata tag', () => tiff({ type: 'f32', nodata: '-9999', pixels: encode(fills, 'f32') })],
    ['a customary fill without a tag', () => tiff({ type: 'f32', pixels: encode(fills, 'f32') })],
  ] as const)('%s is black and sets no range', async (_, file) => {
    const seen = channel(await decode(file()));
    expect(new Set(seen.slice(0, 300))).toEqual(new Set([0]));
    expectScene(seen.slice(300), reference.slice(300));
  });

  it.each([
    ['of each file', { rule: 'file' }],
    ['that is fixed', { rule: 'fixed', low: 0.2, high: 0.4 }],
    ['of the folder', { ranges: 'float32x1 0.2..0.4' }],
    ['of the type', { rule: 'photo' }],
  ])('an infinity is black by a range %s, in a picture and in bands', async (_, rule) => {
    const file = tiff({ type: 'f32', pixels: encode(endless, 'f32') });
    expect(new Set(channel(await decode(file, rule)).slice(0, 300))).toEqual(new Set([0]));
    const bands = await decodeBands('scene', file, {}, { ...defaultRule, ...rule, channels: 1 } as PixelRule);
    expect(new Set(bands.image.data.subarray(0, 300))).toEqual(new Set([0]));
    expect(bands.image.data[20 * SIDE + 24]).toBeGreaterThan(50);
  });

  it('a constant is said to be one', async () => {
    const image = await decode(tiff({ type: 'u16', pixels: u16(700, 700) }));
    expect(image.notes.map(({ key }) => key)).toEqual(['note.constant']);
  });
});

const upsideDown = (numbers: number[]): number[] =>
  Array.from({ length: SIDE }, (_, y) => numbers.slice((SIDE - 1 - y) * SIDE, (SIDE - y) * SIDE)).flat();

describe('a DICOM', () => {
  it('is shown by its own window, in the unit that its rescale gives', async () => {
    const window: Elements = [
      [0x28, 0x1050, 'DS', '40'],
      [0x28, 0x1051, 'DS', '400'],
      [0x28, 0x1052, 'DS', '-1024'],
      [0x28, 0x1053, 'DS', '1'],
    ];
    const numbers = values(0, 2000);
    const seen = channel(await decode(xray('MONOCHROME2', numbers, window)));
    seen.forEach((level, i) => {
      const right = ((Math.round(numbers[i]!) - 1024 + 160) / 400) * 255;
      expect(Math.abs(level - Math.min(255, Math.max(0, right)))).toBeLessThanOrEqual(1);
    });
  });
});

const colours = values(10, 240, [1, 0.6, 0.3]);
const infrared = values(10, 240, [1, 0.6, 0.3, 0.5]);
const rgbOf = (image: DecodedImage) => [...image.data];
const asBytes = (numbers: number[]) => numbers.map(Math.round);

describe('bands', () => {
  it.each([
    ['infrared as an unspecified fourth band', { photometric: 2, extra: [0] }],
    ['infrared that is called transparency', { photometric: 2, extra: [2] }],
    ['four bands of a MinIsBlack TIFF', { photometric: 1, extra: [0, 0, 0] }],
  ])('%s leaves the colours as they are, and is told', async (_, tags) => {
    const image = await decode(tiff({ samples: 4, pixels: encode(infrared, 'u8'), ...tags }));
    expect(rgbOf(image)).toEqual(asBytes(colours));
    expect(image.notes).toHaveLength(1);
  });

  it('a real transparency lies on white', async () => {
    const cut = infrared.map((value, i) => (i % 4 === 3 ? (i < infrared.length / 2 ? 0 : 255) : value));
    const image = await decode(tiff({ samples: 4, photometric: 2, extra: [2], pixels: encode(cut, 'u8') }));
    expect(new Set(rgbOf(image).slice(0, (3 * SIDE * SIDE) / 2))).toEqual(new Set([255]));
    expect(rgbOf(image).slice((3 * SIDE * SIDE) / 2)).toEqual(asBytes(colours).slice((3 * SIDE * SIDE) / 2));
  });

  it('of five 16-bit bands the first three are shown, by one range, or those that the rule names', async () => {
    const file = tiff({
      type: 'u16',
      samples: 5,
      extra: [0, 0, 0, 0],
      pixels: encode(values(0, 3000, [1, 0.8, 0.5, 0.2, 0.9]), 'u16'),
    });
    const first = await decode(file);
    expect(first.notes.map(({ values }) => values)).toEqual([{ count: 5, shown: '1, 2, 3' }]);
    expectScene(
      channel(first, 2),
      reference.map((value) => value * 0.5),
    );
    const named = await decode(file, { bands: '5,4,1' });
    expectScene(
      channel(named, 1),
      reference.map((value) => value * 0.2),
    );
    expect(channel(await decode(file, { bands: 4 }), 2)).toEqual(channel(await decode(file, { bands: 4 }), 0));
  });

  it('12-bit colours keep their balance', async () => {
    const pixels = encode(values(0, 4095, [1, 0.6, 0.3]), 'u16');
    const image = await decode(tiff({ type: 'u16', samples: 3, photometric: 2, pixels }));
    const [red, green] = [channel(image, 0), channel(image, 1)];
    red.forEach((value, i) => value < 250 && expect(Math.abs(green[i]! - 0.6 * value)).toBeLessThanOrEqual(3));
  });

  it('16-bit photos over their whole range, or with a profile, are scaled as they were', async () => {
    const pixels = encode(values(0, 65535, [1, 0.6, 0.3]), 'u16');
    const file = tiff({ type: 'u16', samples: 3, photometric: 2, pixels });
    const upper = values(0, 65535, [1, 0.6, 0.3]).map((value) => Math.round(value) >> 8);
    expect(rgbOf(await decode(file))).toEqual(upper);
    const dark = await sharp(Buffer.from(asBytes(colours.map((value) => value / 8))), {
      raw: { width: SIDE, height: SIDE, channels: 3 },
    })
      .toColourspace('rgb16')
      .withIccProfile('p3')
      .tiff()
      .toBuffer();
    expect((await decode(dark)).measured).toBeNull();
  });
});

describe('the rule', () => {
  const dim = tiff({ type: 'u16', pixels: u16(100, 300) });

  it("a folder's range holds for all of its files of the kind", async () => {
    const rule = { ranges: 'uint16x1 100..1100' };
    const seen = channel(await decode(dim, rule));
    expect(Math.max(...seen)).toBeLessThan(60);
    expect(channel(await decode(dim, { ranges: 'float32x1 0..1' }))).toEqual(channel(await decode(dim)));
  });

  it('a fixed range, and none', async () => {
    expect(Math.max(...channel(await decode(dim, { rule: 'fixed', low: 0, high: 400 })))).toBeGreaterThan(150);
    expect(Math.max(...channel(await decode(dim, { rule: 'photo' })))).toBeLessThanOrEqual(1);
  });

  it('never touches 8-bit colours', async () => {
    const file = tiff({ samples: 3, photometric: 2, pixels: encode(colours, 'u8') });
    expect(rgbOf(await decode(file, { rule: 'fixed', low: 0, high: 10 }))).toEqual(asBytes(colours));
  });
});

describe('refusals say what the file is', () => {
  it.each([
    ['a compression', tiff({ compression: 34661, pixels: Buffer.alloc(99) }), 'unsupported.tiff-compression'],
    ['a Photoshop document', Buffer.concat([Buffer.from('8BPS'), Buffer.alloc(40)]), 'unsupported.kind'],
    ['a cut TIFF', tiff({ type: 'u16', pixels: u16(80, 4095) }).subarray(0, 4000), 'truncated.announced'],
    ['a cut array', npy('<u2', [SIDE, SIDE], u16(1, 9).subarray(100)), 'truncated.announced'],
    ['an array of four axes', npy('<u2', [2, 2, 24, 48], u16(1, 9)), 'unsupported.npy'],
  ])('%s', async (_, file, key) => {
    await expect(decode(file)).rejects.toMatchObject({ key });
  });
});
