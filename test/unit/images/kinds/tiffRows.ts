/** TIFFs of measured values, colours and bands, each of the scene of rasters.ts. */
import { deflateSync } from 'node:zlib';
import { bigEndianTiff } from '../../../helpers/bigEndianTiff.ts';
import { encode, packed, SIDE, tiff, values } from '../../../helpers/rasters.ts';
import type { Page, SampleType } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { inColours, inGrey, near, stretched, threefold } from './row.ts';
import type { Right, Row } from './row.ts';

export const PLACES = SIDE * SIDE;
const wideRgb = rgb.map((level) => level * 257);
/** Colours whose white is at 12 bits, as a camera stores them in 16. */
const dimRgb = rgb.map((level) => Math.round((level * 4095) / 255));

const measured = (kind: string, type: SampleType, numbers: readonly number[], more: Partial<Page> = {}): Row => ({
  kind,
  file: () => tiff({ type, pixels: encode(numbers, type), ...more }),
  right: stretched,
});
export const coloured = (kind: string, page: Partial<Page>, right: Right = inColours, notes: string[] = []): Row => ({
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

/** The same values in more rows than are read at a time. */
const tall = { width: SIDE / 2, height: 2 * SIDE };

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

export const planes = (numbers: readonly number[], bands: number) =>
  Array.from({ length: bands }, (_, band) => numbers.filter((_, i) => i % bands === band)).flat();

const multiplied = (place: number, level: number) => (isLeft(place) ? Math.round(level / 2) : level);

/** What GDAL writes of colours whose bands lie otherwise than the tags of TIFF can say. */
const interpreted = (...roles: string[]) =>
  roles.map((role, i) => `<Item name="COLORINTERP" sample="${i}" role="colorinterp">${role}</Item>`).join('');
/** Bands of colours in another order; -1: infrared. */
const inOrder = (...order: number[]) =>
  Buffer.from(
    Array.from({ length: PLACES }, (_, i) => order.map((c) => (c < 0 ? infrared(i) : rgb[3 * i + c]!))).flat(),
  );

const bitsTurned = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.map((byte) => parseInt([...byte.toString(2).padStart(8, '0')].reverse().join(''), 2)));

/** Numbers of three bytes with these the other way round. */
const turned = (numbers: Buffer): Buffer => Buffer.from(numbers.map((_, i) => numbers[i - (i % 3) + 2 - (i % 3)]!));

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
  { ...measured('floats of which a quarter is infinite', 'f32', holed(values(0, 1), Infinity)), right: valid },
  {
    ...measured('floats with infinities of both signs and NaN', 'f64', values(0, 1).map((value, i) => (isHole(i) ? [Infinity, NaN, -Infinity][i % 3]! : value))), // prettier-ignore
    right: valid,
  },
  {
    ...measured('floats whose lowest value is white, with infinities', 'f32', holed(values(9, 8), -Infinity), { photometric: 0 }), // prettier-ignore
    right: valid,
  },
  { ...measured('floats with nodata', 'f32', holed(values(8, 9), -9999), { nodata: '-9999' }), right: valid },
  { kind: '10 bits packed', file: () => tiff({ bits: 10, pixels: packed(values(0, 1023), 10) }), right: stretched },
  {
    kind: '24 bits, in the order of the file',
    file: () => tiff({ bits: 24, pixels: turned(packed(values(900, 90000), 24)) }),
    right: stretched,
  },
  { kind: '24 bits, against the order of the file', file: () => tiff({ bits: 24, pixels: packed(values(900, 90000), 24) }), right: stretched }, // prettier-ignore
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
  ...[null, 0, 1000, 1_000_000].map((counts) =>
    measured(`12 bits in a strip that is said to have ${counts} bytes`, 'u16', values(80, 4095), { counts, ...tall }),
  ),
  measured('12 bits in tiles that are said to have no bytes', 'u16', values(80, 4095), { counts: 0, tile: 32 }),
  {
    kind: 'a stack of ImageJ in one strip that is said to have all of its planes',
    file: () => {
      const planes = encode([values(80, 90), values(80, 4095), values(80, 90)].flat(), 'u16');
      return tiff({ type: 'u16', description: 'ImageJ=1.53\nimages=3\nslices=3\n', pixels: planes, ...tall });
    },
    right: stretched,
    notes: ['note.pages'],
  },
  {
    kind: '12 bits in 16, the lowest bit of each byte first',
    file: () => tiff({ type: 'u16', fillOrder: 2, pixels: bitsTurned(encode(values(80, 4095), 'u16')) }),
    right: stretched,
  },
  {
    kind: '12 bits packed, the lowest bit of each byte first',
    file: () => tiff({ type: 'u16', bits: 12, fillOrder: 2, pixels: bitsTurned(packed(values(80, 4095), 12)) }),
    right: stretched,
  },
  {
    kind: 'deflated, the lowest bit of each byte first',
    file: () => {
      const pixels = bitsTurned(deflateSync(encode(values(80, 4095), 'u16')));
      return tiff({ type: 'u16', fillOrder: 2, compression: 8, pixels });
    },
    right: stretched,
  },
  coloured('colours of 12 bits in 16', { type: 'u16', pixels: encode(dimRgb, 'u16') }, stretchedColours),
  coloured('colours of 16 bits', { type: 'u16', pixels: encode(wideRgb, 'u16') }),
  coloured('colours with a sign', { type: 'i16', pixels: encode(signedRgb, 'i16') }, stretchedColours),
  coloured('colours as reflectance', { type: 'f32', pixels: encode(rgb.map((v) => v / 850), 'f32') }, stretchedColours), // prettier-ignore

  coloured('infrared, unspecified', { samples: 4, extra: [0], pixels: withBands(infrared) }, inColours, ['note.bands']),
  coloured('infrared as alpha', { samples: 4, extra: [2], pixels: withBands(infrared) }, inColours, ['note.no-alpha']),
  coloured(
    'infrared as transparency that colours were multiplied by',
    { samples: 4, extra: [1], pixels: withBands(infrared) },
    inColours,
    ['note.no-alpha'],
  ),
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
  coloured('blue, green and red, as GDAL says', { metadata: interpreted('Blue', 'Green', 'Red'), pixels: inOrder(2, 1, 0) }), // prettier-ignore
  coloured(
    'blue, green and red of 16 bits, as GDAL says',
    {
      ...{ type: 'u16', metadata: interpreted('Blue', 'Green', 'Red') },
      pixels: encode(Array.from(inOrder(2, 1, 0), (level) => level * 257), 'u16'), // prettier-ignore
    },
    near(1),
  ),
  coloured(
    'infrared before the colours, as GDAL says',
    {
      samples: 4,
      extra: [2],
      metadata: interpreted('Undefined', 'Red', 'Green', 'Blue'),
      pixels: inOrder(-1, 0, 1, 2),
    },
    inColours,
    ['note.bands'],
  ),
  coloured(
    'transparency before the colours, as GDAL says',
    {
      ...{ samples: 4, extra: [0], metadata: interpreted('Alpha', 'Blue', 'Green', 'Red') },
      pixels: Buffer.from(inOrder(-1, 2, 1, 0).map((level, i) => (i % 4 > 0 ? level : isLeft(i >> 2) ? 0 : 255))),
    },
    near(0.01, onWhite(0)),
  ),
  coloured('three inks', { photometric: 5, pixels: Buffer.from(rgb.map((level) => 255 - level)) }),
  coloured('nodata of 0 in colours of 8 bits', { nodata: '0' }),
  {
    kind: 'two bands, as radar has',
    file: () => tiff({ samples: 2, extra: [0], pixels: Buffer.from(grey.flatMap((v, i) => [v, infrared(i)])) }),
    right: inGrey,
    notes: ['note.bands'],
  },
  {
    kind: 'transparency beside grey of 16 bits',
    file: () =>
      tiff({
        ...{ type: 'u16', samples: 2, extra: [2] },
        pixels: encode(
          grey.flatMap((v, i) => [v * 257, isLeft(i) ? 0 : 65535]),
          'u16',
        ),
      }),
    right: near(0.01, threefold(grey.map((v, i) => (isLeft(i) ? 255 : v)))),
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
];
