/** TIFFs: measured values, bands, pages, compressions and forms, each of the scene of rasters.ts. */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { bigEndianTiff } from '../../../helpers/bigEndianTiff.ts';
import { coloursIn, labOf, lightOf } from '../../../helpers/colourSpaces.ts';
import { jpeg2000, lerc } from '../../../helpers/packedRasters.ts';
import { HEIGHT, patternPixels, storedFor, WIDTH } from '../../../helpers/pictures.ts';
import { rgbProfile } from '../../../helpers/profiles.ts';
import { encode, packed, SIDE, tiff, values } from '../../../helpers/rasters.ts';
import type { Page, SampleType } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { LZMA, LZMA_VALUES } from '../../../helpers/seeds.ts';
import { inColours, inGrey, near, stretched, threefold } from './row.ts';
import type { Right, Row } from './row.ts';

const PLACES = SIDE * SIDE;
const ZSTANDARD = 50000;
const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
const picture = () => sharp(Buffer.from(rgb), raw);
const wideRgb = rgb.map((level) => level * 257);
/** Colours whose white is at 12 bits, as a camera stores them in 16. */
const dimRgb = rgb.map((level) => Math.round((level * 4095) / 255));

const measured = (kind: string, type: SampleType, numbers: readonly number[], more: Partial<Page> = {}): Row => ({
  kind,
  file: () => tiff({ type, pixels: encode(numbers, type), ...more }),
  right: stretched,
});
const coloured = (kind: string, page: Partial<Page>, right: Right = inColours, notes: string[] = []): Row => ({
  kind,
  file: () => tiff({ samples: 3, photometric: 2, pixels: Buffer.from(rgb), ...page }),
  right,
  notes,
});
/** Further bands behind red, green and blue. */
const withBands = (...bands: ((place: number) => number)[]): Buffer =>
  Buffer.from(
    Array.from({ length: PLACES }, (_, i) => [...rgb.slice(3 * i, 3 * i + 3), ...bands.map((band) => band(i))]).flat(),
  );
const infrared = (place: number) => 255 - grey[place]!;
const isLeft = (place: number) => place % SIDE < SIDE / 2;
const onWhite = (share: number) =>
  rgb.map((level, i) => (isLeft(Math.floor(i / 3)) ? level * share + 255 * (1 - share) : level));

/** Without the last column. */
const isWithin = (_: number, place: number) => place % SIDE < SIDE - 1;

const hot = values(100, 900);
[hot[5], hot[700]] = [60000, 65535];
/** The first quarter of the rows is not there. */
const isHole = (place: number) => place < PLACES / 4;
const holed = (numbers: readonly number[], hole: number) => numbers.map((value, i) => (isHole(i) ? hole : value));
const valid: Right = { stretched: grey, valid: (place) => !isHole(place), rest: 0 };

const signedRgb = rgb.map((level) => level * 12);
/** Colours that are stretched: the scene in each band, so in their mean too. */
const stretchedColours: Right = { stretched: grey };

/** The same, on white where it is clear. */
const stretchedOnWhite: Right = { stretched: grey, valid: (place) => !isLeft(place), rest: 255 };

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

const planes = (numbers: readonly number[], bands: number) =>
  Array.from({ length: bands }, (_, band) => numbers.filter((_, i) => i % bands === band)).flat();

const plane = (low: number, high: number) => ({ type: 'u16' as const, pixels: encode(values(low, high), 'u16') });
const OME = '<OME><Image><Pixels SizeC="3" SizeZ="1" SizeT="1" DimensionOrder="XYCZT"/></Image></OME>';
const small = (pixels: Buffer, more: Partial<Page> = {}) => ({
  ...{ samples: 3, photometric: 2, width: SIDE / 4, height: SIDE / 4 },
  ...more,
  pixels: pixels.subarray(0, (3 * PLACES) / 16),
});
const isBright = grey.map((level) => (level > 100 ? 255 : 0));

const multiplied = (place: number, level: number) => (isLeft(place) ? Math.round(level / 2) : level);

export const tiffRows: readonly Row[] = [
  measured('12 bits in 16', 'u16', values(80, 4095)),
  measured('a dim picture of 16 bits', 'u16', values(125, 600)),
  measured('16 bits with two hot pixels', 'u16', hot),
  measured('8 bits saved as 16', 'u16', values(0, 255)),
  measured('12 bits behind an offset of 32768', 'u16', values(32768, 32768 + 4095)),
  measured('16 bits over their whole range', 'u16', values(0, 65535)),
  measured('16 bits whose smallest value is white', 'u16', values(65535, 0), { photometric: 0 }),
  measured('12 bits whose smallest value is white', 'u16', values(4095, 0), { photometric: 0 }),
  measured('integers with a sign', 'i16', values(-850, 2000)),
  measured('integers of 32 bits', 'u32', values(0, 100_000)),
  measured('integers of 32 bits with a sign', 'i32', values(-70_000, 100_000)),
  measured('floats from 0 to 1', 'f32', values(0, 1)),
  measured('floats of elevations', 'f32', values(812, 1430)),
  measured('floats of 64 bits', 'f64', values(0, 1)),
  { ...measured('floats of which a quarter is NaN', 'f32', holed(values(0, 1), NaN)), right: valid },
  { ...measured('floats with nodata', 'f32', holed(values(8, 9), -9999), { nodata: '-9999' }), right: valid },
  { kind: '10 bits packed', file: () => tiff({ bits: 10, pixels: packed(values(0, 1023), 10) }), right: stretched },
  { kind: '12 bits packed', file: () => tiff({ bits: 12, pixels: packed(values(0, 4095), 12) }), right: stretched },
  {
    kind: '12 bits packed, of an odd width',
    file: () => tiff({ bits: 12, width: SIDE - 1, pixels: packed(values(0, 4095).filter(isWithin), 12, SIDE - 1) }),
    right: { stretched: grey.filter((level, i) => isWithin(level, i)) },
  },
  {
    kind: '12 bits in 16, highest byte first',
    file: () => bigEndianTiff(tiff({ type: 'u16', pixels: encode(values(80, 4095), 'u16') }), 2),
    right: stretched,
  },
  {
    kind: 'floats in tiles, highest byte first',
    file: () => bigEndianTiff(tiff({ type: 'f32', tile: 32, pixels: encode(values(812, 1430), 'f32') }), 4),
    right: stretched,
  },
  coloured('colours of 12 bits in 16', { type: 'u16', pixels: encode(dimRgb, 'u16') }, stretchedColours),
  coloured('colours of 16 bits', { type: 'u16', pixels: encode(wideRgb, 'u16') }),
  coloured('colours with a sign', { type: 'i16', pixels: encode(signedRgb, 'i16') }, stretchedColours),
  coloured('colours as reflectance', { type: 'f32', pixels: encode(rgb.map((v) => v / 850), 'f32') }, stretchedColours), // prettier-ignore

  coloured('infrared, unspecified', { samples: 4, extra: [0], pixels: withBands(infrared) }, inColours, ['note.bands']),
  coloured('infrared as alpha', { samples: 4, extra: [2], pixels: withBands(infrared) }, inColours, ['note.no-alpha']),
  coloured(
    'infrared in four bands of grey',
    { samples: 4, photometric: 1, extra: [0, 0, 0], pixels: withBands(infrared) },
    inColours,
    ['note.bands'],
  ),
  coloured(
    'a saved selection',
    { samples: 4, extra: [0], pixels: withBands((i) => (isLeft(i) ? 0 : 255)) },
    inColours,
    ['note.bands'],
  ),
  coloured('two further channels', { samples: 5, extra: [0, 0], pixels: withBands(...[0, 1].map(() => () => 255)) }, inColours, ['note.bands']), // prettier-ignore
  coloured('transparency', { samples: 4, extra: [2], pixels: withBands((i) => (isLeft(i) ? 0 : 255)) }, near(0.01, onWhite(0))), // prettier-ignore
  coloured(
    'transparency that is multiplied in',
    {
      ...{ samples: 4, extra: [1] },
      pixels: Buffer.from(
        [...withBands((i) => (isLeft(i) ? 128 : 255))].map((level, i) =>
          i % 4 === 3 ? level : multiplied(i >> 2, level),
        ),
      ),
    },
    near(1, onWhite(0.5)),
  ),
  coloured(
    'transparency beside colours of 12 bits in 16',
    {
      ...{ type: 'u16', samples: 4, extra: [2] },
      pixels: encode([...withBands((i) => (isLeft(i) ? 0 : 255))].map((level) => Math.round((level * 4095) / 255)), 'u16'), // prettier-ignore
    },
    stretchedOnWhite,
  ),
  coloured(
    'transparency beside colours as floats',
    { type: 'f32', samples: 4, extra: [2], pixels: encode([...withBands((i) => (isLeft(i) ? 0 : 255))].map((v) => v / 255), 'f32') }, // prettier-ignore
    stretchedOnWhite,
  ),
  coloured('nodata of 0 in colours of 8 bits', { nodata: '0' }),
  {
    kind: 'two bands, as radar has',
    file: () => tiff({ samples: 2, extra: [0], pixels: Buffer.from(grey.flatMap((v, i) => [v, infrared(i)])) }),
    right: inGrey,
    notes: ['note.bands'],
  },
  {
    kind: 'colours and infrared of 12 bits',
    file: () =>
      tiff({
        ...{ type: 'u16', samples: 4, photometric: 2, extra: [0] },
        pixels: encode([...withBands(infrared)].map((v) => v * 12), 'u16'), // prettier-ignore
      }),
    right: stretchedColours,
    notes: ['note.bands'],
  },
  ...[5, 8].map((count): Row => ({
    kind: `${count} bands of 16 bits, plane after plane`,
    file: () =>
      tiff({
        ...{ type: 'u16', samples: count, planar: true, photometric: 1, compression: 1 },
        extra: Array<number>(count - 1).fill(0),
        pixels: encode(planes(values(0, 3060, [1, 0.9, 0.8, 0.2, 0.1, 0.5, 0.4, 0.3].slice(0, count)), count), 'u16'),
      }),
    right: stretchedColours,
    notes: ['note.bands'],
  })),

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
  {
    kind: 'a reduced copy as the first page',
    file: () => tiff(small(Buffer.alloc(3 * PLACES, 9), { subfile: 1 }), { samples: 3, photometric: 2, pixels: Buffer.from(rgb) }), // prettier-ignore
    right: inColours,
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
