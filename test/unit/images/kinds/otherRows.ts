/** JPEG 2000, JPEG XL, DICOM, NumPy, portable maps, BMP and GIF, and what is refused by its name; of the scene of rasters.ts. */
import sharp from 'sharp';
import { boxOf, short, word } from '../../../../src-main/images/decode/isoBoxes.ts';
import { dicomOf } from '../../../helpers/dicomForms.ts';
import type { Elements } from '../../../helpers/dicomForms.ts';
import { patterns } from '../../../helpers/encodedPatterns.ts';
import { jpeg2000, jpegLs, runLengths } from '../../../helpers/packedRasters.ts';
import { bmp, bmpRle8, bmpWithAlpha, HEIGHT, patternPixels, WIDTH } from '../../../helpers/pictures.ts';
import { encode, npy, SIDE, values } from '../../../helpers/rasters.ts';
import { grey, numbers, rgb, wide } from '../../../helpers/scene.ts';
import { LOSSLESS_JPEG, LZMA_VALUES } from '../../../helpers/seeds.ts';
import { inColours, inGrey, near, stretched, threefold } from './row.ts';
import type { Right, Row } from './row.ts';

const quarters = (within: number): Right => ({
  picture: { width: WIDTH, height: HEIGHT, data: patternPixels() },
  within,
});
/** The quarters on white: nothing of those on the left, a fifth of the others. */
const fifthOnWhite = [...patternPixels()].map((level, i) =>
  Math.floor(i / 3) % WIDTH < WIDTH / 2 ? 255 : 204 + level / 5,
);
/** The greys of the quarters of an encoded picture. */
const greyOf = (x: number, y: number) => [114, 173, 84, 240][(y >= HEIGHT / 2 ? 2 : 0) + (x >= WIDTH / 2 ? 1 : 0)]!;
const bytes = Buffer.from(rgb);
const isLeft = (place: number) => place % SIDE < SIDE / 2;
const bigEnd = (levels: readonly number[]) => encode(levels, 'u16', false);
const map = (head: string, pixels: Buffer) => Buffer.concat([Buffer.from(head), pixels]);

/** Components of 8 bits in the boxes of a file, of which the last may be transparency. */
async function jp2(pixels: Buffer, components: number, isLastClear: boolean): Promise<Buffer> {
  const header = boxOf('ihdr', word(SIDE), word(SIDE), short(components), [7, 7, 0, 0]);
  const places = Array.from({ length: components }, (_, i) => {
    const isClear = isLastClear && i === components - 1;
    return [...short(i), ...short(isClear ? 1 : 0), ...short(isClear ? 0 : i + 1)];
  });
  return Buffer.concat([
    boxOf('jP  ', [0x0d, 0x0a, 0x87, 0x0a]),
    boxOf('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    boxOf('jp2h', header, boxOf('colr', [1, 0, 0], word(16)), boxOf('cdef', short(components), places.flat())),
    boxOf('jp2c', await jpeg2000(pixels, { componentCount: components, bitsPerSample: 8 })),
  ]);
}

/** Says of each component that it has every second column and row, and of the grid that it is twice as long less one. */
function onHalfTheGrid(file: Buffer): Buffer {
  const at = file.indexOf('ff4fff51', 0, 'hex');
  const grid = [8, 12, 24, 28].map((place) => at + place);
  for (const place of grid) file.writeUInt32BE(2 * SIDE - 1, place);
  for (let c = 0; c < 3; c++) file.fill(2, at + 43 + 3 * c, at + 45 + 3 * c);
  return file;
}

const inverted = numbers.map((value) => 4095 - value);
const window: Elements = [
  [0x28, 0x1050, 'DS', '1050'],
  [0x28, 0x1051, 'DS', '1000'],
  [0x28, 0x1052, 'DS', '-100'],
  [0x28, 0x1053, 'DS', '0.5'],
];
/** What the window shows of the values in their unit: the standard's formula. */
const windowed = numbers.map((stored) => Math.min(255, Math.max(0, ((0.5 * stored - 100 - 1049.5) / 999 + 0.5) * 255)));
/** Colours so near to grey that there is a colour for each triple of them taken for YCbCr. */
const muted = grey.map((level): [number, number, number] => {
  const off = Math.round((level - 128) / 8);
  return [Math.round(level / 2) + 64, 128 + off, 128 - off];
});
/** The colour whose luma and chroma these are. */
const asIfYcbcr = ([y, cb, cr]: [number, number, number]): number[] =>
  [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)].map(Math.round);
const dicom = (
  kind: string,
  file: () => Buffer | Promise<Buffer>,
  right: Right = stretched,
  notes?: string[],
): Row => ({ kind: `DICOM, ${kind}`, file, right, ...(notes && { notes }) });
const planes = [0, 1, 2].flatMap((c) => rgb.filter((_, i) => i % 3 === c));

/** Planes alike but for how bright they are, each by itself or a pixel's values beside each other. */
const spectrum = (count: number, isLast: boolean): Row => {
  const brightness = Array.from({ length: count }, (_, i) => 0.5 + i / (2 * count));
  const beside = values(80, 4095, brightness);
  const apart = brightness.flatMap((share) => values(80 * share, 4095 * share));
  const shape = isLast ? [SIDE, SIDE, count] : [count, SIDE, SIDE];
  return {
    kind: `NumPy, ${count} planes ${isLast ? 'along the last axis' : 'along the first'}`,
    file: () => npy('<u2', shape, encode(isLast ? beside : apart, 'u16')),
    right: stretched,
    notes: ['note.pages'],
  };
};

const refused = (says: string, head: string, name?: string): Row => ({
  kind: says,
  file: () => Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(400, 7)]),
  ...(name && { name }),
  right: { refused: 'unsupported.kind', says },
});

export const otherRows: readonly Row[] = [
  { kind: 'JPEG 2000 in boxes', file: () => jp2(bytes, 3, false), right: inColours },
  {
    kind: 'JPEG 2000, half transparent',
    file: () =>
      jp2(Buffer.from(grey.map((_, i) => [...rgb.slice(3 * i, 3 * i + 3), isLeft(i) ? 0 : 255]).flat()), 4, true),
    right: near(0.01, rgb.map((level, i) => (isLeft(Math.floor(i / 3)) ? 255 : level))), // prettier-ignore
  },
  {
    kind: 'JPEG 2000 whose components all have half of the grid',
    file: async () => onHalfTheGrid(await jp2(bytes, 3, false)),
    right: inColours,
  },
  {
    kind: 'JPEG 2000 whose components all have half of the grid, which the box before them has the size of',
    file: async () => {
      const file = onHalfTheGrid(await jp2(bytes, 3, false));
      const size = file.indexOf('ihdr') + 4;
      for (const at of [size, size + 4]) file.writeUInt32BE(2 * SIDE - 1, at);
      return file;
    },
    right: inColours,
  },
  { kind: 'JPEG 2000 of 12 bits', file: () => jpeg2000(wide, { bitsPerSample: 12 }), right: stretched },
  {
    kind: 'JPEG 2000 of 16 bits with a sign',
    file: () => jpeg2000(encode(values(-850, 2000), 'i16'), { isSigned: true }),
    right: stretched,
  },
  { kind: 'JPEG XL', file: () => patterns.jxl, right: quarters(0) },
  { kind: 'JPEG XL of 10 bits', file: () => patterns.jxl10, right: quarters(4) }, // as its encoder rounds them
  { kind: 'JPEG XL of 16 bits', file: () => patterns.jxl16, right: quarters(0.01) },
  {
    kind: 'JPEG XL of dim values in 16 bits, which its encoder calls linear light',
    file: () => patterns.jxlDim,
    right: { stretched: Array.from({ length: WIDTH * HEIGHT }, (_, i) => greyOf(i % WIDTH, Math.floor(i / WIDTH))) },
  },
  {
    kind: 'JPEG XL of CMYK',
    file: () => patterns.jxlCmyk,
    right: { refused: 'unsupported.kind', says: 'JPEG XL, CMYK' },
  },
  {
    kind: 'NumPy, complex numbers',
    file: () => npy('<c8', [SIDE, SIDE], Buffer.alloc(8 * SIDE * SIDE)),
    right: { refused: 'unsupported.npy-complex' },
  },
  { kind: 'JPEG XL of floats', file: () => patterns.jxlFloat, right: quarters(0.51) },

  dicom('MONOCHROME1 of 12 bits', () => dicomOf(encode(inverted, 'u16'), { kind: 'MONOCHROME1' })),
  dicom('MONOCHROME2 of 12 bits', () => dicomOf(wide)),
  dicom('with a window and a rescale', () => dicomOf(wide, { more: window }), near(1, threefold(windowed))),
  dicom('run lengths', () => dicomOf(runLengths(wide, 2), { syntax: '.5' })),
  dicom('JPEG-LS', async () => dicomOf(await jpegLs(wide), { syntax: '.4.80' })),
  dicom('JPEG 2000', async () => dicomOf(await jpeg2000(wide), { syntax: '.4.90' })),
  dicom('lossless JPEG', () => dicomOf(LOSSLESS_JPEG, { syntax: '.4.70' }), {
    stretched: LZMA_VALUES.map((v) => v / 16),
  }),
  dicom(
    'JPEG of 8 bits',
    async () => {
      const raw = { raw: { width: SIDE, height: SIDE, channels: 1 as const } };
      const jpeg = await sharp(Buffer.from(grey), raw).toColourspace('b-w').jpeg({ quality: 97 }).toBuffer();
      return dicomOf(jpeg, { syntax: '.4.50', bits: 8 });
    },
    near(2, threefold(grey)),
  ),
  dicom('colours', () => dicomOf(bytes, { kind: 'RGB', samples: 3, bits: 8 }), inColours),
  dicom(
    'colours, plane after plane',
    () => dicomOf(Buffer.from(planes), { kind: 'RGB', samples: 3, bits: 8, more: [[0x28, 6, 'US', 1]] }),
    inColours,
  ),
  dicom(
    'progressive JPEG of 8 bits',
    async () => {
      const raw = { raw: { width: SIDE, height: SIDE, channels: 1 as const } };
      const jpeg = await sharp(Buffer.from(grey), raw).toColourspace('b-w').jpeg({ quality: 97, progressive: true }).toBuffer(); // prettier-ignore
      return dicomOf(jpeg, { syntax: '.4.55', bits: 8 });
    },
    near(2, threefold(grey)),
  ),
  dicom(
    'JPEG of red, green and blue that does not say so',
    async () => {
      const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
      const jpeg = await sharp(Buffer.from(muted.flatMap(asIfYcbcr)), raw)
        .jpeg({ quality: 97, chromaSubsampling: '4:4:4' })
        .toBuffer();
      return dicomOf(jpeg, { kind: 'RGB', samples: 3, syntax: '.4.50', bits: 8 }); // of neither JFIF nor Adobe
    },
    near(3, muted.flat()),
  ),
  dicom(
    'frames, of which the first holds most',
    () => dicomOf(Buffer.concat([wide, Buffer.alloc(4 * wide.length)]), { more: [[0x28, 8, 'IS', '5']] }),
    stretched,
    ['note.pages'],
  ),
  dicom(
    'frames, of which the second holds most',
    () => dicomOf(Buffer.concat([Buffer.alloc(wide.length), wide]), { more: [[0x28, 8, 'IS', '2']] }),
    stretched,
    ['note.pages'],
  ),

  { kind: 'NumPy, integers', file: () => npy('<u2', [SIDE, SIDE], encode(values(80, 4095), 'u16')), right: stretched },
  {
    kind: 'NumPy, floats with the highest byte first',
    file: () => npy('>f4', [SIDE, SIDE], encode(values(-1, 2), 'f32', false)),
    right: stretched,
  },
  { kind: 'NumPy, colours', file: () => npy('|u1', [SIDE, SIDE, 3], bytes), right: inColours },
  { kind: 'NumPy, colours plane after plane', file: () => npy('|u1', [3, SIDE, SIDE], Buffer.from(planes)), right: inColours }, // prettier-ignore
  ...[24, 2 * SIDE].flatMap((count) => [spectrum(count, true), spectrum(count, false)]),
  {
    kind: 'NumPy, columns first',
    file: () =>
      npy('<u2', [SIDE, SIDE], encode(numbers.map((_, i) => numbers[(i % SIDE) * SIDE + Math.floor(i / SIDE)]!), 'u16'), true), // prettier-ignore
    right: stretched,
  },

  { kind: 'PPM', file: () => map(`P6 ${SIDE} ${SIDE} 255\n`, bytes), right: inColours },
  { kind: 'PPM in text', file: () => Buffer.from(`P3\n# a scene\n${SIDE} ${SIDE} 255\n${rgb.join(' ')}\n`), right: inColours }, // prettier-ignore
  { kind: 'PGM of 16 bits', file: () => map(`P5 ${SIDE} ${SIDE} 65535\n`, bigEnd(values(80, 4095))), right: stretched },
  {
    kind: 'PAM with transparency',
    file: () =>
      map(
        `P7\nWIDTH ${SIDE}\nHEIGHT ${SIDE}\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n`,
        Buffer.from(grey.flatMap((level, i) => [level, isLeft(i) ? 0 : 255])),
      ),
    right: near(0.01, threefold(grey.map((level, i) => (isLeft(i) ? 255 : level)))),
  },
  { kind: 'BMP', file: () => bmp(24), right: quarters(0) },
  {
    kind: 'BMP with a mask for transparency, clear on the left and nearly so on the right',
    file: () => bmpWithAlpha((x) => (x < WIDTH / 2 ? 0 : 51)),
    right: { picture: { width: WIDTH, height: HEIGHT, data: fifthOnWhite }, within: 0.5 },
  },
  { kind: 'BMP whose transparency was never written', file: () => bmpWithAlpha(() => 0), right: quarters(0) },
  { kind: 'BMP of run lengths', file: () => bmpRle8(), right: quarters(0) },
  {
    kind: 'GIF of several pictures',
    file: async () => {
      const both = [patternPixels(), Buffer.alloc(3 * WIDTH * HEIGHT)].map((data) =>
        sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
          .png()
          .toBuffer(),
      );
      return await sharp(await Promise.all(both), { join: { animated: true } })
        .gif()
        .toBuffer();
    },
    right: quarters(2),
    notes: ['note.frames'],
  },
  { kind: 'grey of 8 bits by the name of a TIFF', file: () => map(`P5 ${SIDE} ${SIDE} 255\n`, Buffer.from(grey)), name: 'a.tif', right: inGrey }, // prettier-ignore

  refused('Photoshop (PSD)', '8BPS\0\x01\0\0\0\0\0\0\0\x03'),
  refused('ICO', '\0\0\x01\0\x01\0\x10\x10\0\0\x01\0'),
  { ...refused('JBIG, which begins as an icon does', '\0\0\x01\0\0\0\0\x30\0\0\0\x30'), right: { refused: 'not-an-image.content' } }, // prettier-ignore
  refused('XPM', '/* XPM */\nstatic char *xpm[] = {'),
  refused('TGA', '\0\0\x02\0\0\0\0\0\0\0\0\0\x30\0\x30\0\x18\0', 'photo.tga'),
  refused('OpenEXR', 'v/1\x01\x02\0\0\0'),
  refused('Radiance HDR', '#?RADIANCE\n'),
  refused('FITS', 'SIMPLE  =                    T'),
  refused('NIfTI', `${'\0'.repeat(344)}n+1\0`),
  refused('netCDF', 'CDF\x02\0\0\0\0'),
  refused('HDF4', '\x0e\x03\x13\x01'),
  refused('GRIB', 'GRIB\0\0\0\x02'),
  refused('ERDAS Imagine', 'EHFA_HEADER_TAG\0'),
  refused('NITF', 'NITF02.10'),
  refused('NITF', 'NSIF01.00', 'scene.nsf'),
  refused('PCIDSK', 'PCIDSK  SDH'),
  refused('VICAR', 'LBLSIZE=1024'),
  refused('Leica LIF', 'p\0\0\0', 'slides.lif'), // whose beginning is nobody's
];
