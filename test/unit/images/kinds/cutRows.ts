/** Files of which the end is missing, though decoders make a picture of them; and such as only look like it. */
import sharp from 'sharp';
import { bigEndianTiff } from '../../../helpers/bigEndianTiff.ts';
import { dicomOf } from '../../../helpers/dicomForms.ts';
import { jpeg2000 } from '../../../helpers/packedRasters.ts';
import { HEIGHT, pattern, patternPixels, texture, WIDTH } from '../../../helpers/pictures.ts';
import { rgbProfile } from '../../../helpers/profiles.ts';
import { encode, SIDE, tiff } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { near } from './row.ts';
import type { Right, Row } from './row.ts';

const short: Right = { refused: 'truncated.bytes' };
const quarters: Right = { picture: { width: WIDTH, height: HEIGHT, data: patternPixels() }, within: 4 };

/** Of the best quality, whose numbers are so long that zeros are enough of them for the rest of the picture. */
const best = (more = {}) =>
  texture(1)
    .jpeg({ quality: 98, chromaSubsampling: '4:4:4', ...more })
    .toBuffer();
const firstOf = (file: Buffer, share: number) => file.subarray(0, Math.floor(share * file.length));
/** As long as it was, with nothing but zeros behind the first part. */
const filled = (file: Buffer, share: number): Buffer =>
  Buffer.concat([firstOf(file, share), Buffer.alloc(file.length - Math.floor(share * file.length))]);

const [STRIP_OFFSETS, PALETTE, TILE_OFFSETS, PROFILE] = [273, 320, 324, 34675];
/** Tiles behind the directory that names them, as in files that are made to be fetched in parts. */
function tilesLast(): Buffer {
  const file = tiff({ samples: 3, photometric: 2, tile: 16, pixels: Buffer.from(rgb) });
  const first = file.readUInt32LE(4);
  const entry = Array.from({ length: file.readUInt16LE(first) }, (_, i) => first + 2 + 12 * i).find(
    (at) => file.readUInt16LE(at) === TILE_OFFSETS,
  )!;
  const [count, list] = [file.readUInt32LE(entry + 4), file.readUInt32LE(entry + 8)];
  const tiles = file.subarray(8, 8 + count * 16 * 16 * 3);
  for (let at = list; at < list + 4 * count; at += 4) file.writeUInt32LE(file.readUInt32LE(at) + file.length - 8, at);
  return Buffer.concat([file, tiles]);
}

export const cutRows: readonly Row[] = [
  ...[0.4, 0.9].map((share): Row => ({
    kind: `JPEG of the best quality, zeros behind ${100 * share} percent`,
    file: async () => filled(await best(), share),
    right: short,
  })),
  ...[1, 2, 6, 9].map((scans): Row => ({
    kind: `progressive JPEG of which ${scans} of 10 scans are there`,
    file: async () => {
      const jpeg = await best({ progressive: true });
      const begins = [...jpeg.toString('latin1').matchAll(/\xff\xda/g)].map(({ index }) => index);
      return jpeg.subarray(0, begins[scans]);
    },
    right: short,
  })),
  {
    kind: 'progressive JPEG without the mark of its end',
    file: async () => (await pattern().jpeg({ quality: 97, progressive: true }).toBuffer()).subarray(0, -2),
    right: quarters,
  },
  { kind: 'JPEG without its last hundredth', file: async () => firstOf(await best(), 0.99), right: short },
  { kind: 'JPEG with half of the mark of its end', file: async () => (await pattern().jpeg({ quality: 97 }).toBuffer()).subarray(0, -1), right: quarters }, // prettier-ignore
  {
    kind: 'JPEG with zeros behind its end',
    file: async () => Buffer.concat([await pattern().jpeg({ quality: 97 }).toBuffer(), Buffer.alloc(5000)]),
    right: quarters,
  },
  {
    kind: 'JPEG 2000 whose second half is zeros',
    file: async () => filled(await jpeg2000(Buffer.from(rgb), { componentCount: 3, bitsPerSample: 8 }), 0.5),
    right: short,
  },
  {
    kind: 'DICOM of JPEG whose second half is zeros',
    file: async () => filled(dicomOf(await best(), { kind: 'RGB', samples: 3, syntax: '.4.50', bits: 8 }), 0.5),
    right: short,
  },
  {
    kind: 'WebP whose second half is zeros',
    file: async () => filled(await texture(1).webp({ quality: 95 }).toBuffer(), 0.5),
    right: short,
  },
  {
    kind: 'AVIF whose second half is zeros',
    file: async () => filled(await texture(1).avif({ quality: 95 }).toBuffer(), 0.6),
    right: short,
  },
  {
    kind: 'WebP whose last words are zeros',
    file: async () => {
      const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
      const exif = { IFD0: { Copyright: ' '.repeat(400) } };
      const file = await sharp(Buffer.from(rgb), raw).withExif(exif).webp({ lossless: true }).toBuffer();
      const last = file.lastIndexOf(' '.repeat(400));
      return Buffer.concat([file.subarray(0, last), Buffer.alloc(file.length - last)]);
    },
    right: near(0),
  },
  { kind: 'TIFF whose tiles come last, whole', file: tilesLast, right: near(0) },
  { kind: 'TIFF whose tiles come last, cut short', file: () => firstOf(tilesLast(), 0.8), right: { refused: 'truncated.announced' } }, // prettier-ignore
  {
    kind: 'TIFF whose list of strips is cut off, highest byte first',
    file: () => {
      const file = bigEndianTiff(tiff({ samples: 2, planar: true, pixels: Buffer.alloc(2 * SIDE * SIDE, 7) }), 1);
      const first = file.readUInt32BE(4);
      for (let at = first + 2; at < first + 2 + 12 * file.readUInt16BE(first); at += 12)
        if (file.readUInt16BE(at) === STRIP_OFFSETS) file.writeUInt32BE(file.length, at + 8);
      return file;
    },
    right: { refused: 'truncated.announced' },
  },
  {
    kind: 'TIFF whose palette is cut off',
    file: () => {
      const file = tiff({ photometric: 3, palette: Array.from({ length: 768 }, (_, i) => 85 * i), pixels: Buffer.from(grey) }); // prettier-ignore
      const first = file.readUInt32LE(4);
      for (let at = first + 2; at < first + 2 + 12 * file.readUInt16LE(first); at += 12)
        if (file.readUInt16LE(at) === PALETTE) file.writeUInt32LE(file.length - 100, at + 8);
      return file;
    },
    right: { refused: 'truncated.announced' },
  },
  ...(['u8', 'u16'] as const).map((type): Row => ({
    kind: `TIFF of ${type} whose profile is cut off`,
    file: () => {
      const pixels = type === 'u8' ? Buffer.from(rgb) : encode(rgb.map((level) => 257 * level), type); // prettier-ignore
      const file = tiff({ type, samples: 3, photometric: 2, icc: rgbProfile('P3', 'displayP3', 3), pixels });
      const first = file.readUInt32LE(4);
      for (let at = first + 2; at < first + 2 + 12 * file.readUInt16LE(first); at += 12)
        if (file.readUInt16LE(at) === PROFILE) file.writeUInt32LE(file.length - 100, at + 8);
      return file;
    },
    right: { refused: 'truncated.announced' },
  })),
  {
    kind: 'BigTIFF whose directory, behind its pixels, is cut off',
    file: async () => firstOf(await pattern().tiff({ bigtiff: true, compression: 'lzw' }).toBuffer(), 0.5),
    right: { refused: 'truncated.announced' },
  },
  {
    kind: 'TIFF whose second half is zeros, with its directory in it',
    file: () => filled(tiff({ samples: 3, photometric: 2, pixels: Buffer.from(rgb) }), 0.5),
    right: short,
  },
  {
    kind: 'AVIF that ends within the head of a box',
    file: async () => {
      const file = await pattern().avif({ quality: 90, effort: 0 }).toBuffer();
      return file.subarray(0, file.indexOf('mdat'));
    },
    right: { refused: 'truncated.announced' },
  },
];
