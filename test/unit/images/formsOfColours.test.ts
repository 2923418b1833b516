/**
 * Colours and transparency in forms that no library here reads of itself: TIFFs whose compression libvips does not know,
 * PNGs that say their colours in chunks, HEIC and AVIF that name them by numbers. Each holds the scene of rasters.ts.
 */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { decodeBands } from '../../../src-main/images/decode/bandImage.ts';
import { convertColours } from '../../../src-main/images/decode/cicp.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { lerc } from '../../helpers/packedRasters.ts';
import { coded, heicFixture } from '../../helpers/phonePictures.ts';
import { quartersOf } from '../../helpers/pictures.ts';
import { encode, png, SIDE, tiff, values } from '../../helpers/rasters.ts';
import { grey, meanDifference, rgb } from '../../helpers/scene.ts';
import { CLEAR_HEIC } from '../../helpers/sequence.ts';
import type { Page } from '../../helpers/rasters.ts';

const isLeft = (i: number) => i % SIDE < SIDE / 2;
/** Clear on the left, opaque on the right. */
const alpha = grey.map((_, i) => (isLeft(i) ? 0 : 255));
const onWhite = rgb.map((level, i) => (isLeft(Math.floor(i / 3)) ? 255 : level));
const pixelsOf = (from: readonly number[]) =>
  Array.from({ length: SIDE * SIDE }, (_, i) => from.slice(3 * i, 3 * i + 3));
const threefold = (levels: readonly number[]) => levels.flatMap((level) => [level, level, level]);

const decoded = async (file: Buffer) => await decodeBytes('scene', file);
const keys = ({ notes }: { notes: { key: string }[] }) => notes.map(({ key }) => key);

describe('a TIFF that libvips does not unpack', () => {
  const ZSTANDARD = 50000;
  const packed = (page: Page) => tiff({ ...page, compression: ZSTANDARD, pixels: zstdCompressSync(page.pixels) });

  it.each([
    ['as Zstandard', packed],
    ['as deflate', (page: Page) => tiff({ ...page, compression: 8, pixels: deflateSync(page.pixels) })],
  ])('of a palette has its colours, %s', async (_, make) => {
    const colours = [0, 1, 2].map((c) => Array.from({ length: 256 }, (_, i) => (c === 0 ? i : 255 - i) * 257));
    const file = make({ photometric: 3, palette: colours.flat(), pixels: Buffer.from(grey) });
    const { data } = await decoded(file);
    expect([...data]).toEqual(grey.flatMap((level) => [level, 255 - level, 255 - level]));
  });

  it('of YCbCr has its colours', async () => {
    const ycc = pixelsOf(rgb).flatMap(([r, g, b]) => {
      const y = 0.299 * r! + 0.587 * g! + 0.114 * b!;
      return [y, 128 + (b! - y) / 1.772, 128 + (r! - y) / 1.402].map(Math.round);
    });
    const page = { samples: 3, photometric: 6, pixels: Buffer.from(ycc) };
    expect(meanDifference((await decoded(packed({ ...page, subsampling: [1, 1] }))).data, rgb)).toBeLessThan(1);
    await expect(decoded(packed({ ...page, subsampling: [2, 2] }))).rejects.toMatchObject({
      key: 'unsupported.tiff-compression',
      values: { name: 'Zstandard (YCbCr)' },
    });
  });

  it('lies on white where it is transparent, of colours and of grey, multiplied already or not', async () => {
    const rgba = pixelsOf(rgb).flatMap((pixel, i) => [...pixel, alpha[i]!]);
    const page = { samples: 4, photometric: 2, extra: [2], pixels: Buffer.from(rgba) };
    const found = await decoded(packed(page));
    expect([meanDifference(found.data, onWhite) < 0.01, keys(found)]).toEqual([true, []]);
    const half = rgba.map((level, i) => Math.round(level / (isLeft(i >> 2) ? 2 : 1)));
    half.forEach((_, i) => i % 4 === 3 && (half[i] = isLeft(i >> 2) ? 128 : 255));
    const halfOnWhite = rgb.map((level, i) => (isLeft(Math.floor(i / 3)) ? level / 2 + 127.5 : level));
    expect(
      meanDifference((await decoded(packed({ ...page, extra: [1], pixels: Buffer.from(half) }))).data, halfOnWhite),
    ).toBeLessThan(1);
    const both = Buffer.from(grey.flatMap((level, i) => [level, alpha[i]!]));
    const shown = await decoded(packed({ samples: 2, photometric: 1, extra: [2], pixels: both }));
    expect(meanDifference(shown.data, threefold(grey.map((level, i) => (isLeft(i) ? 255 : level))))).toBeLessThan(0.01);
  });

  it('is no transparency where hardly any of it is clear or opaque, and shows what it hides where all is clear', async () => {
    const with4 = (fourth: (i: number) => number) =>
      packed({
        samples: 4,
        photometric: 2,
        extra: [2],
        pixels: Buffer.from(pixelsOf(rgb).flatMap((pixel, i) => [...pixel, fourth(i)])),
      });
    const infrared = await decoded(with4((i) => 20 + (i % 200)));
    expect([[...infrared.data], keys(infrared)]).toEqual([rgb, ['note.no-alpha']]);
    const clear = await decoded(with4(() => 0));
    expect([[...clear.data], keys(clear)]).toEqual([rgb, ['note.transparent']]);
  });

  it('of tiles for each band is put together, in 8 bits and in 16', async () => {
    const bands = [0, 1, 2].flatMap((c) => rgb.filter((_, i) => i % 3 === c));
    const page = { samples: 3, photometric: 2, planar: true, tile: 32 };
    expect([...(await decoded(tiff({ ...page, pixels: Buffer.from(bands) }))).data]).toEqual(rgb);
    const wide = encode(bands.map((level) => level * 257), 'u16'); // prettier-ignore
    expect(meanDifference((await decoded(tiff({ ...page, type: 'u16', pixels: wide }))).data, rgb)).toBeLessThan(0.01);
  });

  it('leaves out what a mask says was not measured', async () => {
    const numbers = values(1000, 3000).map((value, i) => (isLeft(i) ? 60000 : Math.round(value)));
    const mask = Buffer.alloc((SIDE * SIDE) / 8);
    grey.forEach((_, i) => !isLeft(i) && (mask[i >> 3]! |= 128 >> (i & 7)));
    const file = tiff(
      { type: 'u16', pixels: encode(numbers, 'u16') },
      { bits: 1, subfile: 4, photometric: 4, pixels: mask },
    );
    const found = await decoded(file);
    const right = [...found.data].filter((_, i) => !isLeft(Math.floor(i / 3)));
    const left = [...found.data].filter((_, i) => isLeft(Math.floor(i / 3)));
    expect([Math.max(...left), Math.max(...right), keys(found)]).toEqual([0, 255, []]);
  });

  it('of LERC with 32 bits without a sign is read', async () => {
    const numbers = values(0, 65535).map((value) => Math.round(value) * 60000);
    const file = tiff({ type: 'u32', compression: 34887, pixels: lerc(encode(numbers, 'u32'), 'u32', numbers) });
    const rule = {
      ...defaultRule,
      channels: 1,
      depth: 16 as const,
      rule: 'fixed' as const,
      low: 0,
      high: 65535 * 60000,
    };
    expect([...(await decodeBands('scene', file, {}, rule)).image.data]).toEqual(numbers.map((n) => n / 60000));
  });
});

describe('a PNG', () => {
  const linear = (level: number) => {
    const v = level / 255;
    return Math.round(255 * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  };
  const gamma: [string, Buffer] = ['gAMA', Buffer.of(0, 1, 0x86, 0xa0)];

  it('of linear light comes out as sRGB, with its transparency', async () => {
    const found = await decoded(png(Buffer.from(rgb.map(linear)), 8, true, [gamma]));
    expect(meanDifference(found.data, rgb)).toBeLessThan(4);
    const raw = { width: SIDE, height: SIDE, channels: 4 as const };
    const rgba = (fourth: readonly number[]) =>
      Buffer.from(pixelsOf(rgb.map(linear)).flatMap((pixel, i) => [...pixel, fourth[i]!]));
    const withGamma = async (pixels: Buffer, palette = false) => {
      const file = await sharp(pixels, { raw }).png({ palette, effort: 1 }).toBuffer();
      const chunk = png(Buffer.from(rgb), 8, true, [gamma]).subarray(33, 49);
      return Buffer.concat([file.subarray(0, 33), chunk, file.subarray(33)]);
    };
    expect(meanDifference((await decoded(await withGamma(rgba(alpha)))).data, onWhite)).toBeLessThan(4);
    const clear = await decoded(await withGamma(rgba(alpha.map(() => 0))));
    expect([meanDifference(clear.data, rgb) < 4, keys(clear)]).toEqual([true, ['note.transparent']]);
    const byPalette = await decoded(await withGamma(rgba(alpha.map(() => 255)), true));
    expect(meanDifference(byPalette.data, rgb)).toBeLessThan(12);
  });

  it("whose primaries are Display P3's by their places is converted as by their number", async () => {
    const places = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000];
    const primaries: [string, Buffer] = ['cHRM', encode(places, 'u32', false)];
    const found = await decoded(png(Buffer.from(rgb), 8, true, [primaries]));
    const named = await decoded(png(Buffer.from(rgb), 8, true, [['cICP', Buffer.of(12, 13, 0, 1)]]));
    expect([...found.data]).toEqual([...named.data]);
    expect(meanDifference(found.data, rgb)).toBeGreaterThan(2);
  });

  it('of iOS programs is named', async () => {
    const file = png(Buffer.from(rgb), 8, true, []);
    const own = png(Buffer.from(rgb), 8, true, [['CgBI', Buffer.alloc(4)]]).subarray(33, 49);
    const other = Buffer.concat([file.subarray(0, 8), own, file.subarray(8)]);
    await expect(decoded(other)).rejects.toMatchObject({
      key: 'unsupported.kind',
      values: { kind: 'PNG of iOS programs (CgBI)' },
    });
  });
});

describe('colours named by numbers in a box', () => {
  const P3 = 12;
  const SRGB = 13;

  it('mean the same for Display P3 as JPEG XL calls it', () => {
    const [asPhones, asCinemas] = [P3, 11].map((primaries) =>
      convertColours(Uint8Array.from(rgb), 3, 255, { primaries, transfer: SRGB }),
    );
    expect(asCinemas).toEqual(asPhones);
  });

  it('of HEIC and AVIF are converted', async () => {
    const plain = await decoded(heicFixture('pattern'));
    const expected = quartersOf({
      ...plain,
      data: convertColours(plain.data, 3, 255, { primaries: P3, transfer: SRGB }),
    });
    const found = quartersOf(await decoded(coded(heicFixture('pattern'), P3, SRGB)));
    expect(found).toEqual(expected);
    expect(found).not.toEqual(quartersOf(plain));

    const avif = await sharp(Buffer.from(rgb), { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .avif({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const { data } = await decoded(avif);
    const converted = convertColours(data, 3, 255, { primaries: P3, transfer: SRGB });
    expect(meanDifference((await decoded(coded(avif, P3, SRGB))).data, [...converted])).toBeLessThan(1);
    expect(meanDifference(data, [...converted])).toBeGreaterThan(2);
  });
});

it('a HEIC that is transparent everywhere shows what that hides, and says so', async () => {
  const found = await decoded(CLEAR_HEIC);
  const [dark, bright] = [10, 50].map((x) => found.data[3 * (32 * found.width + x)]!);
  expect([bright! - dark! > 150, keys(found)]).toEqual([true, ['note.transparent']]);
});

describe('pictures of cameras and of other programs', () => {
  it.each([
    ['Sigma', 'FOVb\0\0\x03\0'],
    ['Minolta', '\0MRM\0\0\x01\0'],
    ['older Canon', 'II\x1a\0\0\0HEAPCCDR'],
  ])('%s: the preview is used', async (_, head) => {
    const preview = await sharp({ create: { width: 320, height: 200, channels: 3, background: '#a53' } })
      .jpeg()
      .toBuffer();
    const { width, format } = await decoded(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(300), preview]));
    expect([width, format]).toEqual([320, 'raw']);
  });

  it.each([
    ['DPX', 'SDPX'],
    ['Cineon', '\x80\x2a\x5f\xd7'],
    ['JPEG XR', 'II\xbc\x01'],
    ['PCX', '\x0a\x05\x01'],
    ['NRRD', 'NRRD0004\ntype: ushort\n'],
    ['MetaImage', 'ObjectType = Image\nNDims = 2\n'],
    ['KTX', '\xabKTX 20\xbb\r\n\x1a\n'],
  ])('%s is named', async (kind, head) => {
    const file = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(300, 7)]);
    await expect(decoded(file)).rejects.toMatchObject({ key: 'unsupported.kind', values: { kind } });
  });
});

describe('colours that are told by numbers', () => {
  const colours = values(10, 240, [1, 0.6, 0.3]);
  it("a PNG's gamma is honoured where it is far from sRGB's", async () => {
    const gamma = Buffer.alloc(4);
    gamma.writeUInt32BE(100_000);
    const linear = colours.map((value) =>
      value <= 10.3 ? value / 12.92 : 255 * ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    const file = png(
      encode(
        linear.map((value) => value * 257),
        'u16',
        false,
      ),
      16,
      true,
      [['gAMA', gamma]],
    );
    (await decoded(file)).data.forEach((value, i) => expect(Math.abs(value - colours[i]!)).toBeLessThanOrEqual(1.5));
    const usual = Buffer.alloc(4);
    usual.writeUInt32BE(45_455);
    expect([...(await decoded(png(encode(rgb, 'u8'), 8, true, [['gAMA', usual]]))).data]).toEqual(rgb);
  });

  it('CIELab is read', async () => {
    const lightness = Buffer.concat(Array.from({ length: SIDE * SIDE }, (_, i) => Buffer.from([i % 256, 0, 0])));
    const image = await decoded(tiff({ samples: 3, photometric: 8, pixels: lightness }));
    const [light, dark] = [image.data.subarray(3 * 255, 3 * 256), image.data.subarray(0, 3)];
    expect([...dark]).toEqual([0, 0, 0]);
    light.forEach((value) => expect(value).toBeGreaterThanOrEqual(253));
  });
});
