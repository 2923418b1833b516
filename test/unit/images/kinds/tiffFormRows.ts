/** Pages, compressions, orders and profiles of TIFFs, each of the scene of rasters.ts or the quarters of pictures.ts. */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { coloursIn, labOf, lightOf } from '../../../helpers/colourSpaces.ts';
import { jpeg2000, jpegOfBands, lerc } from '../../../helpers/packedRasters.ts';
import { HEIGHT, patternPixels, storedFor, WIDTH } from '../../../helpers/pictures.ts';
import { rgbProfile } from '../../../helpers/profiles.ts';
import { encode, SIDE, tiff, values } from '../../../helpers/rasters.ts';
import type { Page } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { LZMA, LZMA_VALUES } from '../../../helpers/seeds.ts';
import { inColours, inGrey, near, stretched, threefold } from './row.ts';
import type { Row } from './row.ts';
import { coloured, PLACES, planes } from './tiffRows.ts';

const ZSTANDARD = 50000;
const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
const picture = () => sharp(Buffer.from(rgb), raw);
const linear16 = rgb.map((level) => Math.round(65535 * lightOf(level)));
const in16 = (numbers: readonly number[]) => numbers.map((value) => Math.round(65535 * value));
const profiled16 = (kind: string, numbers: readonly number[], icc: Buffer): Row =>
  coloured(kind, { type: 'u16', icc, pixels: encode(numbers, 'u16') }, near(2));

/** The pattern stored so that it is upright by the tag. */
const turned = (orientation: number): Row => ({
  kind: `orientation ${orientation}`,
  file: async () => {
    const { data, info } = await (await storedFor(orientation)).raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return tiff({ samples: 3, photometric: 2, orientation, width, height, pixels: data });
  },
  right: { picture: { width: WIDTH, height: HEIGHT, data: patternPixels() }, within: 0 },
});

const plane = (low: number, high: number) => ({ type: 'u16' as const, pixels: encode(values(low, high), 'u16') });
const OME = '<OME><Image><Pixels SizeC="3" SizeZ="1" SizeT="1" DimensionOrder="XYCZT"/></Image></OME>';
const ijDescription = (channels: number, frames: number) =>
  `ImageJ=1.53\nimages=${channels * frames}\nchannels=${channels}\nframes=${frames}\nhyperstack=true\n`;
const omeDescription = (channels: number, planes: number) =>
  `<OME><Image><Pixels SizeC="${channels}" SizeZ="${planes}" SizeT="1" DimensionOrder="XYCZT"/></Image></OME>`;
const [noise, signal] = [plane(100, 103), plane(100, 900)];
const [nothing, floats] = [[0, 0], [0, 1]].map(([low, high]): Page => ({ type: 'f32', pixels: encode(values(low!, high!), 'f32') })); // prettier-ignore
/** Channels of planes, the first of which has the description. */
const stack = (kind: string, description: string, planes: readonly (readonly Page[])[]): Row => ({
  kind: `a stack ${kind}`,
  file: () => tiff(...planes.flat().map((page, i) => (i === 0 ? { ...page, description } : page))),
  right: stretched,
  notes: planes.length > 1 || planes[0]!.length > 3 ? ['note.channels', 'note.pages'] : ['note.channels'],
});
const small = (pixels: Buffer, more: Partial<Page> = {}) => ({
  ...{ samples: 3, photometric: 2, width: SIDE / 4, height: SIDE / 4 },
  ...more,
  pixels: pixels.subarray(0, (3 * PLACES) / 16),
});
const isBright = grey.map((level) => (level > 100 ? 255 : 0));

/** Measured values of the scene, stored a quarter turn from how they are seen. */
const turnedValues = (): number[] => {
  const upright = values(80, 4095);
  return upright.map((_, i) => upright[(i % SIDE) * SIDE + SIDE - 1 - Math.floor(i / SIDE)]!);
};

export const tiffFormRows: readonly Row[] = [
  {
    kind: 'channels of OME as pages, the first of them empty',
    file: () => tiff({ ...plane(100, 103), description: OME }, plane(100, 900), plane(500, 4000)),
    right: stretched,
    notes: ['note.channels'],
  },
  {
    kind: 'a stack of ImageJ whose first plane is black',
    file: () =>
      tiff(
        { pixels: Buffer.alloc(PLACES), description: 'ImageJ=1.53\nimages=2\nslices=2\n' },
        { pixels: Buffer.from(grey) },
      ),
    right: inGrey,
    notes: ['note.pages'],
  },
  stack('of ImageJ whose first plane is the full one', ijDescription(2, 3), [[noise, signal], [noise, noise], [noise, noise]]), // prettier-ignore
  stack('of OME whose last plane is the full one', omeDescription(3, 3), [[noise, noise, noise], [noise, noise, noise], [noise, signal, noise]]), // prettier-ignore
  stack('of OME whose fourth channel alone has something, in floats', omeDescription(4, 1), [[nothing, nothing, nothing, floats]]), // prettier-ignore
  {
    kind: 'a reduced copy as the first page',
    file: () => tiff(small(Buffer.alloc(3 * PLACES, 9), { subfile: 1 }), { samples: 3, photometric: 2, pixels: Buffer.from(rgb) }), // prettier-ignore
    right: inColours,
  },
  coloured('a thumbnail whose page lies below it', {
    ...small(Buffer.alloc(3 * PLACES, 9), { subfile: 1 }),
    subs: [{ samples: 3, photometric: 2, pixels: Buffer.from(rgb) }],
  }),
  {
    kind: 'a thumbnail whose page of 12 bits lies below it',
    file: () =>
      tiff({
        ...small(Buffer.alloc(3 * PLACES, 9), { subfile: 1 }),
        subs: [{ ...small(Buffer.alloc(3 * PLACES, 9), { subfile: 1 }) }, plane(80, 4095)],
      }),
    right: stretched,
  },
  {
    kind: 'a slide of Leica behind pictures of the whole glass',
    file: () => {
      const description = '<scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01">';
      const glass = Buffer.from(Array.from({ length: (3 * PLACES) / 2 }, (_, i) => (7 * i) % 256));
      const tall = { width: SIDE / 2, height: SIDE, samples: 3, photometric: 2, pixels: glass };
      const slide = { samples: 3, photometric: 2, pixels: Buffer.from(rgb) };
      return tiff({ ...tall, description }, tall, slide, small(Buffer.alloc(3 * PLACES, 9), {}));
    },
    right: inColours,
    notes: ['note.pages'],
  },
  coloured('smaller copies below its page', {
    description: OME.replace('SizeC="3"', 'SizeC="3" Type="uint8"'),
    subs: [small(Buffer.alloc(3 * PLACES, 9), { subfile: 1 })],
  }),

  { kind: 'BigTIFF', file: () => picture().tiff({ bigtiff: true, compression: 'none' }).toBuffer(), right: inColours },
  coloured('tiles', { tile: 32 }),
  coloured('planes of colours', { planar: true, pixels: Buffer.from(planes(rgb, 3)) }),
  ...(['none', 'lzw', 'deflate', 'packbits', 'zstd'] as const).map((compression): Row => ({
    kind: `compressed by ${compression}`,
    file: () =>
      compression === 'zstd'
        ? tiff({ samples: 3, photometric: 2, compression: ZSTANDARD, pixels: zstdCompressSync(Buffer.from(rgb)) })
        : picture().tiff({ compression, predictor: 'none' }).toBuffer(),
    right: inColours,
  })),
  {
    kind: 'compressed by JPEG',
    file: () => picture().tiff({ compression: 'jpeg', quality: 95 }).toBuffer(),
    right: near(4),
  },
  {
    kind: 'tiles of JPEG of colours and infrared',
    file: async () => {
      const bands = [...[0, 1, 2].map((c) => rgb.filter((_, i) => i % 3 === c)), grey].map((of) => Uint8Array.from(of));
      const pixels = await jpegOfBands(bands, SIDE, SIDE);
      return tiff({ samples: 4, photometric: 2, extra: [2], compression: 7, tile: SIDE, pixels });
    },
    right: near(2),
    notes: ['note.no-alpha'],
  },
  {
    kind: 'tiles of JPEG of one band, plane after plane',
    file: async () => {
      const pixels = await jpegOfBands([Uint8Array.from(grey)], SIDE, SIDE);
      return tiff({ planar: true, compression: 7, tile: SIDE, pixels });
    },
    right: near(2, threefold(grey)),
  },
  {
    kind: 'compressed by LZMA',
    file: () => tiff({ type: 'u16', compression: 34925, pixels: LZMA }),
    right: { stretched: LZMA_VALUES.map((value) => value / 16) },
  },
  {
    kind: 'compressed by LERC',
    file: () => tiff({ type: 'u8', compression: 34887, pixels: lerc(Buffer.from(grey), 'u8', grey) }),
    right: inGrey,
  },
  {
    kind: 'compressed by WebP',
    file: async () =>
      tiff({ samples: 3, photometric: 2, compression: 50001, pixels: await picture().webp({ lossless: true }).toBuffer() }), // prettier-ignore
    right: inColours,
  },
  {
    kind: 'JPEG 2000 in tiles, as slide scanners write it',
    file: async () =>
      tiff({
        ...{ samples: 3, photometric: 2, compression: 33005 },
        pixels: await jpeg2000(Buffer.from(rgb), { componentCount: 3, bitsPerSample: 8 }),
      }),
    right: inColours,
  },
  {
    kind: 'black and white of a fax',
    file: () =>
      sharp(Buffer.from(isBright), { raw: { ...raw.raw, channels: 1 } })
        .toColourspace('b-w')
        .tiff({ compression: 'ccittfax4', bitdepth: 1 })
        .toBuffer(),
    right: near(0, threefold(isBright)),
  },
  {
    kind: 'a palette',
    file: () => {
      const colours = [0, 1, 2].map((c) => Array.from({ length: 256 }, (_, i) => (c === 0 ? i : 255 - i) * 257));
      return tiff({ photometric: 3, palette: colours.flat(), pixels: Buffer.from(grey) });
    },
    right: near(0, grey.flatMap((level) => [level, 255 - level, 255 - level])), // prettier-ignore
  },
  coloured('CIELab', { photometric: 8, pixels: Buffer.from(labOf(rgb).map((value) => value & 255)) }, near(2)),
  ...[2, 3, 4, 5, 6, 7, 8].map(turned),
  {
    kind: 'orientation 6 of measured values',
    file: () => tiff({ type: 'u16', orientation: 6, pixels: encode(turnedValues(), 'u16') }),
    right: stretched,
  },

  profiled16('linear light by a profile', linear16, rgbProfile('linear', 'srgb', [0])),
  profiled16('linear light by a profile that is called sRGB', linear16, rgbProfile('sRGB, linear', 'srgb', [0])),
  profiled16('Display P3 of 16 bits', in16(coloursIn('displayP3', (x) => x ** (1 / 1.8), rgb)), rgbProfile('P3', 'displayP3', 0)), // prettier-ignore
  profiled16('ProPhoto of 16 bits', in16(coloursIn('proPhoto', (x) => x ** (1 / 1.8), rgb)), rgbProfile('ProPhoto', 'proPhoto', 0)), // prettier-ignore
  profiled16('Adobe RGB of 16 bits', in16(coloursIn('adobeRgb', (x) => x ** (256 / 563), rgb)), rgbProfile('Adobe RGB', 'adobeRgb', [1, 563])), // prettier-ignore

  {
    kind: 'cut short, packed by LZW',
    file: async () => {
      const whole = await picture().tiff({ compression: 'lzw' }).toBuffer();
      return whole.subarray(0, Math.floor(0.6 * whole.length));
    },
    right: { refused: 'truncated.announced' },
  },
  {
    kind: 'cut short, packed by deflate',
    file: () => tiff({ type: 'u16', compression: 8, pixels: deflateSync(encode(values(80, 4095), 'u16')) }).subarray(0, 400), // prettier-ignore
    right: { refused: 'truncated.announced' },
  },
];
