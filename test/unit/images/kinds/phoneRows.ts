/** HEIC, AVIF and RAW, as telephones and cameras write them, of the quarters of pictures.ts. */
import sharp from 'sharp';
import { coloursIn, pqCurve, srgbCurve } from '../../../helpers/colourSpaces.ts';
import { patterns } from '../../../helpers/encodedPatterns.ts';
import { coded, heicFixture, mirroredHeic, rotatedHeic, ultraHdrJpeg } from '../../../helpers/phonePictures.ts';
import { HEIGHT, orientedJpeg, patternPixels, rawFile, WIDTH } from '../../../helpers/pictures.ts';
import { SIDE, tiff } from '../../../helpers/rasters.ts';
import { rgb } from '../../../helpers/scene.ts';
import { CLEAR_HEIC } from '../../../helpers/sequence.ts';
import { near } from './row.ts';
import type { Picture, Right, Row } from './row.ts';

const pixels = patternPixels();
const picture = (data: ArrayLike<number>, width = WIDTH, height = HEIGHT): Picture => ({ width, height, data });
const quarters = (within: number, width = WIDTH, height = HEIGHT): Right => ({
  picture: picture(patternPixels(width, height), width, height),
  within,
});
/** Each pixel of the picture from another place of the pattern. */
const from = (width: number, height: number, place: (x: number, y: number) => [number, number]): Picture =>
  picture(
    Array.from({ length: width * height }, (_, i) => {
      const [x, y] = place(i % width, Math.floor(i / width));
      const at = 3 * (y * WIDTH + x);
      return [...pixels.subarray(at, at + 3)];
    }).flat(),
    width,
    height,
  );
/** A quarter anticlockwise: the top right corner comes to the top left. */
const anticlockwise: Right = { picture: from(HEIGHT, WIDTH, (x, y) => [WIDTH - 1 - y, x]), within: 4 };
const mirrored: Right = { picture: from(WIDTH, HEIGHT, (x, y) => [WIDTH - 1 - x, y]), within: 4 };
const upsideDown: Right = { picture: from(WIDTH, HEIGHT, (x, y) => [x, HEIGHT - 1 - y]), within: 4 };
const halfClear: Right = {
  picture: picture(pixels.map((level, i) => (Math.floor(i / 3) % WIDTH < WIDTH / 2 ? 255 : level))),
  within: 4,
};

/** The left half opaque to two fifths, on white. */
const faint: Right = {
  picture: picture(pixels.map((level, i) => (Math.floor(i / 3) % WIDTH < WIDTH / 2 ? 153 + 0.4 * level : level))),
  within: 4,
};

/** The greys of the quarters as its encoder was given them. */
const GREYS = [114, 173, 84, 240];
const greyQuarters = picture(
  Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return Array<number>(3).fill(GREYS[(y >= HEIGHT / 2 ? 2 : 0) + (x >= WIDTH / 2 ? 1 : 0)]!);
  }).flat(),
);

const still = (levels: readonly number[]) =>
  sharp(Buffer.from(levels.map((level) => Math.round(level))), { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .avif({ quality: 98, chromaSubsampling: '4:4:4', effort: 0 })
    .toBuffer();
const in8 = (numbers: readonly number[]) => numbers.map((value) => 255 * value);
const numbers = { displayP3: 12, bt2020: 9, srgbCurve: 13, pq: 16 };

const turned = (kind: 'cr2' | 'cr3' | 'nef' | 'dng' | 'orf' | 'rw2' | 'raf', orientation: number): Row => ({
  kind: `${kind.toUpperCase()} of orientation ${orientation}`,
  file: () => rawFile(kind, orientation),
  right: quarters(3, 320, 200),
});

/** A lossy DNG: the sensor's picture in one tile that is a JPEG, larger than the preview. */
async function lossyDng(): Promise<Buffer> {
  const side = 256;
  const tile = Buffer.alloc(side * side);
  const sensor = { create: { width: side, height: side, channels: 3 as const, background: '#00f' } };
  (await sharp(sensor).jpeg().toBuffer()).copy(tile);
  const preview = await sharp(patternPixels(192, 128), { raw: { width: 192, height: 128, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
  const page = { width: 192, height: 128, samples: 3, photometric: 6, compression: 7, subfile: 1, pixels: preview };
  return tiff({
    ...page,
    subs: [{ width: side, height: side, tile: side, photometric: 34892, compression: 34892, pixels: tile }],
  });
}

/** A DNG whose preview, `width` wide, is not packed, above the mosaic of its sensor or beside it. */
function plainDng(width: number, height: number, isBelow: boolean, orientation = 1): Buffer {
  const preview = { width, height, samples: 3, photometric: 2, subfile: 1, pixels: patternPixels(width, height) };
  const sensor = { type: 'u16' as const, photometric: 32803, pixels: Buffer.alloc(2 * SIDE * SIDE, 7) };
  const first = { ...preview, width: 16, height: 12, pixels: Buffer.alloc(3 * 16 * 12) };
  return isBelow
    ? tiff({ ...first, orientation, subs: [sensor, preview] })
    : tiff({ ...preview, orientation, subs: [sensor] });
}

/** With a bit turned, as no decoder of HEVC notices. */
function turnedAt(file: Buffer, at: number): Buffer {
  const damaged = Buffer.from(file);
  damaged[at]! ^= 16;
  return damaged;
}

export const phoneRows: readonly Row[] = [
  { kind: 'HEIC', file: () => heicFixture('pattern'), right: quarters(4) },
  { kind: 'HEIC of Display P3 by its profile, turned by its EXIF too', file: () => heicFixture('pattern-p3'), right: quarters(4) }, // prettier-ignore
  { kind: 'HEIC of 10 bits', file: () => patterns.heic10, right: quarters(4) },
  { kind: 'HEIC, half transparent', file: () => patterns.heicHalfClear, right: halfClear },
  {
    kind: 'HEIC whose colours were multiplied by its transparency',
    file: () => patterns.heicPremultiplied,
    right: faint,
  },
  {
    kind: 'HEIC that is transparent everywhere',
    file: () => CLEAR_HEIC,
    right: { stretched: Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? 40 : 220)) },
    notes: ['note.transparent'],
  },
  { kind: 'HEIC with a thumbnail', file: () => patterns.heicThumbnail, right: quarters(4) },
  { kind: 'HEIC of two pictures', file: () => patterns.heicTwo, right: quarters(4), notes: ['note.pictures'] },
  { kind: 'HEIC with a turned bit', file: () => turnedAt(heicFixture('pattern'), 472), right: { refused: 'corrupt' } },
  {
    kind: 'HEIC with a turned bit, beside its thumbnail',
    file: () => turnedAt(patterns.heicThumbnail, 845),
    right: { refused: 'corrupt' },
  },
  {
    kind: 'HEIC with a turned bit in its thumbnail',
    file: () => turnedAt(patterns.heicThumbnail, 1043),
    right: quarters(4),
  },
  { kind: 'HEIC in grey', file: () => patterns.heicGrey, right: { picture: greyQuarters, within: 3 } },
  { kind: 'HEIC, turned by its container', file: () => rotatedHeic(1), right: anticlockwise },
  { kind: 'HEIC, mirrored left to right', file: () => mirroredHeic(1), right: mirrored },
  { kind: 'HEIC, mirrored top to bottom', file: () => mirroredHeic(0), right: upsideDown },
  {
    kind: 'HEIC of PQ and BT.2020 by numbers',
    file: () => coded(patterns.heicPq, numbers.bt2020, numbers.pq),
    right: quarters(6),
  },

  { kind: 'AVIF', file: () => still(rgb), right: near(2) },
  {
    kind: 'AVIF whose colours were multiplied by its transparency',
    file: () => patterns.avifPremultiplied,
    right: faint,
  },
  { kind: 'AVIF of 10 bits', file: () => patterns.avif10, right: quarters(3) },
  { kind: 'AVIF of 12 bits', file: () => patterns.avif12, right: quarters(3) },
  { kind: 'AVIF, turned by its container', file: () => patterns.avifTurned, right: anticlockwise },
  { kind: 'AVIF, mirrored by its container', file: () => patterns.avifMirrored, right: mirrored },
  { kind: 'AVIF of a grid', file: () => patterns.avifGrid, right: quarters(3, 128, 64) },
  { kind: 'AVIF of PQ and BT.2020', file: () => patterns.avifPq, right: quarters(4) },
  {
    kind: 'AVIF of Display P3 by numbers',
    file: async () =>
      coded(await still(in8(coloursIn('displayP3', srgbCurve, rgb))), numbers.displayP3, numbers.srgbCurve),
    right: near(3),
  },
  {
    kind: 'AVIF of PQ and BT.2020 in 8 bits',
    file: async () => coded(await still(in8(coloursIn('bt2020', pqCurve, rgb))), numbers.bt2020, numbers.pq),
    right: near(8),
  },

  { kind: 'JPEG with a gain map', file: async () => ultraHdrJpeg(await orientedJpeg(6)), right: quarters(3) },
  ...(['cr2', 'cr3', 'nef', 'dng', 'orf', 'rw2', 'raf'] as const).map((kind) => turned(kind, 6)),
  {
    kind: 'DNG that a person turned upright, though its preview says otherwise',
    file: () => rawFile('dng', 1, 6),
    right: quarters(3, 320, 200),
  },
  { kind: 'DNG of tiles that are JPEG, beside a smaller preview', file: lossyDng, right: quarters(3, 192, 128) },
  { kind: 'DNG whose preview is no JPEG', file: () => plainDng(256, 170, false), right: quarters(0, 256, 170) },
  {
    kind: 'DNG whose preview is no JPEG and lies below',
    file: () => plainDng(256, 170, true),
    right: quarters(0, 256, 170),
  },
  {
    kind: 'DNG whose preview is no JPEG and upside down',
    file: () => plainDng(WIDTH * 2, HEIGHT * 3, false, 3),
    right: {
      picture: picture(
        Buffer.from(patternPixels(WIDTH * 2, HEIGHT * 3))
          .reverse()
          .map((_, i, all) => all[3 * Math.floor(i / 3) + 2 - (i % 3)]!),
        WIDTH * 2,
        HEIGHT * 3,
      ),
      within: 0,
    },
  },
  {
    kind: 'DNG whose preview is no JPEG and small',
    file: () => plainDng(80, 60, false),
    right: { refused: 'unsupported.raw' },
  },
  { kind: 'RAW without a preview', file: async () => (await rawFile('dng')).subarray(0, 60), right: { refused: 'unsupported.raw' } }, // prettier-ignore
];
