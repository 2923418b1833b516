/** Colours of TIFFs as programs beside the usual ones write them, and what of them is refused; of the scene of rasters.ts. */
import { zstdCompressSync } from 'node:zlib';
import { labOf, lightOf } from '../../../helpers/colourSpaces.ts';
import { jpeg2000 } from '../../../helpers/packedRasters.ts';
import { greyProfile } from '../../../helpers/profiles.ts';
import { encode, packed, SIDE, tiff } from '../../../helpers/rasters.ts';
import type { Page, SampleType } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { LOSSLESS_JPEG8 } from '../../../helpers/seeds.ts';
import { reframed } from './jpegRows.ts';
import { inColours, inGrey, near, threefold } from './row.ts';
import type { Row } from './row.ts';
import { coloured } from './tiffRows.ts';

const ZSTANDARD = 50000;
const [JPEG, JPEG_XR, VIPS_2000] = [7, 34934, 33004];
const [CMYK, YCBCR, LAB] = [5, 6, 8];
const ASSOCIATED = 1;

const pixels = Array.from({ length: SIDE * SIDE }, (_, i) => rgb.slice(3 * i, 3 * i + 3) as [number, number, number]);

/** Lightness and both colours, these from -0.5 to 0.5, by the shares of red and blue in lightness. */
const yccOf = (red: number, blue: number): [number, number, number][] =>
  pixels.map(([r, g, b]) => {
    const y = (red * r + (1 - red - blue) * g + blue * b) / 255;
    return [y, (b / 255 - y) / (2 * (1 - blue)), (r / 255 - y) / (2 * (1 - red))];
  });
/** Of television: from 16 to 235 and 240, by the shares of BT.709. */
const ofTelevision = yccOf(0.2126, 0.0722).flatMap(([y, cb, cr]) => [16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr]);
const television = {
  529: [[2126, 10_000], [7152, 10_000], [722, 10_000]],
  532: [16, 235, 128, 240, 128, 240].map((level) => [level, 1] as const),
} as const; // prettier-ignore
const usualYcc = Buffer.from(yccOf(0.299, 0.114).flatMap(([y, ...colours]) => [255 * y, ...colours.map((c) => 128 + 255 * c)].map(Math.round))); // prettier-ignore

/** Inks without black, 0 to 1. */
const inks = pixels.flatMap((colour) => [...colour.map((level) => 1 - level / 255), 0]);
const opaqueInks = pixels.flatMap((colour) => [...colour.map((level) => 1 - level / 255), 0, 1]);
const inInks = (kind: string, type: SampleType, most: number, more: Partial<Page> = {}, of = inks, samples = 4): Row =>
  coloured(
    kind,
    { type, samples, photometric: CMYK, pixels: encode(of.map((ink) => ink * most), type), ...more }, // prettier-ignore
    near(1),
  );

/** L* from 0 to 100, a* and b*. */
const lab = labOf(rgb).map((value, i) => (i % 3 ? value : value / 2.55));
/** 16 bits as if the highest were a sign. */
const signed = (value: number) => (value << 16) >> 16;

const linear = grey.map((level) => Math.round(65535 * lightOf(level)));
/** Grey in linear light, which only the profile tells. */
const profiled = (kind: string, more: Page): Row => ({
  kind,
  file: () => tiff({ icc: greyProfile([0]), ...more }),
  right: near(1, threefold(grey)),
});

const refused = (kind: string, says: string, page: Page | (() => Promise<Page>)): Row => ({
  kind,
  file: async () => tiff(typeof page === 'function' ? await page() : page),
  right: { refused: 'unsupported.tiff-compression', says },
});
const planesOfGrey = Buffer.from([...grey, ...grey.map(() => 255)]);
/** Black and white, each place of the scene four pixels wide and high. */
const large = { width: 4 * SIDE, height: 4 * SIDE };
const isBright = Array.from({ length: large.width * large.height }, (_, i) => {
  const [x, y] = [Math.floor((i % large.width) / 4), Math.floor(i / large.width / 4)];
  return grey[y * SIDE + x]! > 100 ? 1 : 0;
});
const yccOf2000 = async (software?: string, levels: Buffer = usualYcc): Promise<Buffer> =>
  tiff({
    ...{ samples: 3, photometric: 2, compression: VIPS_2000, ...(software && { software }) },
    pixels: await jpeg2000(levels, { componentCount: 3, bitsPerSample: 8 }),
  });

export const colourRows: readonly Row[] = [
  coloured(
    'YCbCr of television, by its own shares and levels',
    { photometric: YCBCR, subsampling: [1, 1], fractions: television, pixels: Buffer.from(ofTelevision.map(Math.round)) }, // prettier-ignore
    near(1.5),
  ),
  coloured(
    'YCbCr whose shares and levels make no sense',
    { photometric: YCBCR, subsampling: [1, 1], fractions: { 529: [[0, 1], [0, 0], [0, 0]], 532: Array.from({ length: 6 }, () => [9, 0] as const) }, pixels: usualYcc }, // prettier-ignore
    near(1.5),
  ),
  inInks('CMYK of 32 bits', 'u32', 2 ** 32 - 1),
  inInks('CMYK of floats', 'f32', 1),
  inInks('CMYK of 16 bits that was multiplied by its transparency', 'u16', 65535, { extra: [ASSOCIATED] }, opaqueInks, 5), // prettier-ignore
  coloured(
    'CMYK with an ink of its own beside it',
    { samples: 5, photometric: CMYK, extra: [0], pixels: Buffer.from(rgb.flatMap((_, i) => (i % 3 ? [] : [0, 0, 0, 255 - grey[i / 3]!, 255 - grey[i / 3]!]))) }, // prettier-ignore
    { stretched: grey },
    ['note.bands'],
  ),
  {
    kind: 'complex numbers',
    file: () => tiff({ type: 'f32', bits: 64, format: 6, pixels: Buffer.alloc(8 * SIDE * SIDE) }),
    right: { refused: 'unsupported.tiff-complex', says: 'complex numbers' },
  },
  {
    kind: 'bands of different sizes',
    file: () => tiff({ samples: 3, photometric: 2, bits: [8, 16, 8], pixels: Buffer.alloc(4 * SIDE * SIDE) }),
    right: { refused: 'unsupported.tiff-mixed' },
  },
  coloured('CIELab of floats', { photometric: LAB, type: 'f32', pixels: encode(lab, 'f32') }, near(2)),
  coloured(
    'CIELab of 16 bits that are said to have a sign',
    { photometric: LAB, type: 'i16', pixels: encode(lab.map((value, i) => (i % 3 ? 256 * value : signed(Math.round(655.35 * value)))), 'i16') }, // prettier-ignore
    near(2),
  ),
  ...(['u8', 'u16'] as const).map((type): Row => ({
    kind: `grey of ${type === 'u8' ? 8 : 16} bits and its transparency, plane after plane`,
    file: () => {
      const levels = type === 'u8' ? planesOfGrey : encode([...planesOfGrey].map((level) => 257 * level), type); // prettier-ignore
      return tiff({ type, samples: 2, planar: true, extra: [2], pixels: levels });
    },
    right: near(1, threefold(grey)),
  })),
  { kind: 'grey in tiles, said to be in planes', file: () => tiff({ planar: true, tile: 16, pixels: Buffer.from(grey) }), right: inGrey }, // prettier-ignore
  {
    kind: '1 bit by Zstandard, of which nothing says how many they are',
    file: () => tiff({ bits: null, ...large, compression: ZSTANDARD, pixels: zstdCompressSync(packed(isBright, 1, large.width)) }), // prettier-ignore
    right: { picture: { ...large, data: threefold(isBright.map((bit) => 255 * bit)) }, within: 0 },
  },
  profiled('grey of 8 bits by a profile, by Zstandard', {
    compression: ZSTANDARD,
    pixels: zstdCompressSync(Buffer.from(linear.map((light) => Math.round(light / 257)))),
  }),
  profiled('grey of 16 bits by a profile, by Zstandard', {
    ...{ type: 'u16', compression: ZSTANDARD },
    pixels: zstdCompressSync(encode(linear, 'u16')),
  }),
  profiled('grey of 16 bits by a profile, with transparency', {
    ...{ type: 'u16', samples: 2, extra: [2] },
    pixels: encode(linear.flatMap((light) => [light, 65535]), 'u16'), // prettier-ignore
  }),
  { kind: 'JPEG 2000 of YCbCr, as libvips numbers it', file: () => yccOf2000(), right: near(1.5) },
  { kind: 'JPEG 2000 of colours, as Bio-Formats numbers it', file: () => yccOf2000('OME Bio-Formats 7.3', Buffer.from(rgb)), right: inColours }, // prettier-ignore
  refused('JPEG 2000 of 24 bits in a TIFF', 'JPEG 2000 (24 bits)', async () => {
    const stream = await jpeg2000(Buffer.from(grey), { bitsPerSample: 8 });
    stream[stream.indexOf('ff51', 0, 'hex') + 40] = 23;
    return { type: 'u32', compression: VIPS_2000, pixels: stream };
  }),
  { kind: 'lossless JPEG in a TIFF', file: () => tiff({ compression: JPEG, pixels: LOSSLESS_JPEG8 }), right: inGrey },
  refused('hierarchical JPEG in a TIFF', 'hierarchical JPEG', async () => ({
    ...{ samples: 3, photometric: 2, compression: JPEG },
    pixels: await reframed(0xff, 0xc5),
  })),
  refused('JPEG of 12 bits by arithmetic in a TIFF', 'JPEG (12 bits, arithmetic)', async () => ({
    ...{ type: 'u16', samples: 3, photometric: 2, compression: JPEG },
    pixels: await reframed(0xff, 0xc9, 0, 17, 12),
  })),
  refused('JPEG XR in a TIFF', 'JPEG XR', { compression: JPEG_XR, pixels: Buffer.alloc(500, 1) }),
];
