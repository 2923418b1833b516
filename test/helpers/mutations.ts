/**
 * Damaged files, counted rather than random: a file with bits turned, bytes, words and runs replaced, parts cut out,
 * doubled or swapped, or its end missing. What is done to a file is a function of its number.
 */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { jpeg2000, jpegLs, lerc, runLengths } from './packedRasters.ts';
import { dicom, encode, npy, packed, png, SIDE, tiff, values } from './rasters.ts';
import { bandScene } from './bands.ts';

/** Numbers of [0, 1) that follow from a seed. */
function counted(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers that decoders trip over, in place of sizes, offsets and counts. */
const WORDS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000, 0xffff, 0x8000];

export function mutated(file: Buffer, seed: number): Buffer {
  const random = counted(seed);
  const below = (n: number) => Math.floor(random() * n);
  let out = Buffer.from(file);
  // heads are a small part of a file and decide all: half of the damage goes there
  const place = () => below(random() < 0.5 ? Math.min(512, out.length) : out.length);
  for (let damage = 1 + below(4); damage > 0 && out.length > 8; damage--) {
    const at = place();
    const length = 1 + below(Math.min(64, out.length - at));
    switch (below(7)) {
      case 0:
        out[at]! ^= 1 << below(8);
        break;
      case 1:
        out[at] = below(256);
        break;
      case 2:
        if (at + 4 <= out.length) out.writeUInt32LE(WORDS[below(WORDS.length)]!, at);
        break;
      case 3:
        if (at + 4 <= out.length) out.writeUInt32BE(WORDS[below(WORDS.length)]!, at);
        break;
      case 4:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
        break;
      case 5:
        out = Buffer.concat([out.subarray(0, at + length), out.subarray(at)]);
        break;
      default:
        out = random() < 0.3 ? out.subarray(0, Math.max(1, at)) : out.fill(below(256), at, at + length);
    }
  }
  return out;
}

/** A whole file of each kind that is read here, by what reads it. */
export async function seeds(): Promise<Record<string, Buffer[]>> {
  const numbers = values(80, 4095).map(Math.round);
  const wide = encode(numbers, 'u16');
  const rgb = Buffer.from(values(10, 240, [1, 0.6, 0.3]).map(Math.round));
  const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
  const plain = (type: 'u16', compression: number, pixels: Buffer) => tiff({ type, compression, pixels });
  const frame = (syntax: string, content: Buffer) =>
    dicom(
      [
        ...([2, 4, 0x10, 0x11, 0x100, 0x101, 0x102, 0x103] as const).map(
          (element, i): Parameters<typeof dicom>[0][number] =>
            element === 4
              ? [0x28, 4, 'CS', 'MONOCHROME2']
              : [0x28, element, 'US', [1, 0, SIDE, SIDE, 16, 12, 11, 0][i]!],
        ),
        [0x7fe0, 0x10, syntax === '.1' ? 'OW' : 'OB', content],
      ],
      `1.2.840.10008.1.2${syntax}`,
    );
  return {
    tiff: [
      plain('u16', 1, wide),
      plain('u16', 8, deflateSync(wide)),
      tiff({ bits: 12, pixels: packed(values(0, 4095), 12) }),
      tiff({ type: 'u16', description: 'ImageJ=1.53\nimages=2\nslices=2', pixels: Buffer.concat([wide, wide]) }),
      bandScene(1, 1, 24),
      await sharp(rgb, raw).tiff({ compression: 'lzw' }).toBuffer(),
    ],
    'tiff-zstandard': [plain('u16', 50000, zstdCompressSync(wide))],
    'tiff-lzma': [plain('u16', 34925, LZMA)],
    'tiff-lerc': [
      plain('u16', 34887, lerc(wide, 'u16', numbers)),
      tiff({ type: 'f32', compression: 34887, pixels: lerc(encode(numbers, 'f32'), 'f32', numbers) }),
    ],
    'tiff-jpeg2000': [plain('u16', 34712, await jpeg2000(wide))],
    'tiff-webp': [
      tiff({ samples: 3, photometric: 2, compression: 50001, pixels: await sharp(rgb, raw).webp().toBuffer() }),
    ],
    npy: [npy('<u2', [SIDE, SIDE], wide), npy('>f4', [3, 16, 48], encode(values(0, 9), 'f32', false))],
    dicom: [frame('.1', wide)],
    'dicom-runs': [frame('.5', runLengths(wide, 2))],
    'dicom-jpeg-ls': [frame('.4.80', await jpegLs(wide))],
    'dicom-jpeg2000': [frame('.4.90', await jpeg2000(wide))],
    'dicom-lossless-jpeg': [frame('.4.70', LOSSLESS_JPEG)],
    jpeg2000: [
      await jpeg2000(wide),
      await jpeg2000(rgb, { componentCount: 3, bitsPerSample: 8 }),
      await jpeg2000(encode(values(-900, 900), 'i16'), { isSigned: true }),
    ],
    netpbm: [
      Buffer.concat([Buffer.from(`P5 ${SIDE} ${SIDE} 4095\n`), encode(numbers, 'u16', false)]),
      Buffer.from(`P3 ${SIDE} ${SIDE} 255\n${[...rgb].join(' ')}\n`),
      Buffer.concat([Buffer.from(`Pf\n${SIDE} ${SIDE}\n-1.0\n`), encode(numbers, 'f32')]),
    ],
    png: [png(encode(numbers, 'u16', false), 16, false, [['gAMA', Buffer.of(0, 1, 0x86, 0xa0)]])],
    jxl: [JXL],
  };
}

/** The scene in colours, by libjxl: no encoder of JPEG XL is among the packages. */
const JXL = Buffer.from(
  '/wpLwE4BVARrCwAAVKiMMm7wcq7nyw8dFtM2rjO01bYFAAAA8AD+lSSOkG1OqTivTk7gkLfyoQCgRaqQFSkoKJAJoK5qSlGSI6XG' +
    'SEZuh/+34ySMOAAAj9H3fd/3fd/3fd/3fd/3fd/3fd/3fd/3fd/3fZ/xkjMByJBXBPrQzS9Yjt0NsSy5/2K/1vnh6f3fWYq2c0BP' +
    'Vt1NgGj0h4r0pnSZOHYk89m1euUhqZns40BtYJ1igtfjDQLGzg2aF1+wz2UN5vWkAbKpkAJZAFr7FMkYY6TuYrwrlmcAkAXZAm3n' +
    'YP5xF/DTXEhxczHghbphuqpWQuEV56dmecxo+dII+ychDyFctVQldkMr4Afb81mywQez30PA2Z0t4HAB',
  'base64',
);

/** 48 x 48 values of 16 bits by liblzma, with the delta filter of libtiff: no encoder of LZMA is among the packages. */
const LZMA = Buffer.from(
  '/Td6WFoAAAD/EtlBAgEDAQEhARYcR3hW4BH/AF1dAABsV2MibiCHh7hG3IeEES+Ok7bgCURYqnM5tCKXdJjs7wIg09/UkFxJfG+luAvqY9ngbO' +
    '00sq+int0qEsECNLL1a7AuDYl1xJOkZZr4fBMXo1weyo00/UkzS37avgAAAAAAAXGAJAAAAEKCnZ2oAAr8AgAAAAAAWVo=',
  'base64',
);

/** 48 x 48 values of 12 bits as lossless JPEG, by DCMTK. */
const LOSSLESS_JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/wwALEAAwADABAREA/8QAGAABAQEBAQAAAAAAAAAAAAAAAAgJDBD/2gAIAQEAAQAA8CyAWQCyAWQCyAWQCy' +
    'AAWQCyAWQCyAWQCyAWQACyAWQCyAWQCyAWQCyAAWQCyAWQCyAWQCyAWQACyAWQCyAWQCyAWQCyAAWQCyAWQCyAWQCyAWQDWgFkAsgFkAsgFkAs' +
    'gFkAAsgFkAsgFkAsgFkAsgAFkAsgFkAsgFkAsgFkAAsgFkAsgFkAsgFkAsgAFkAsgFkAsgFkAsgFkAAsgFkAsgFkAsgFkAsgGtALIBZALIBZAL' +
    'IBZALIABZALIBZALIBZALIBZAALIBZALIBZALIBZALIABZALIBZALIBZALIBZAALIBZALIBZALIBZALIABZALIBZALIBZALIBZANaAWQCyAWQC' +
    'yAWQCyAWQACyAWQCyAWQCyAWQCyAAWQCyAWQCyAWQCyAWQACyAWQCyAWQCyAWQCyAAWQCyAWQCyAWQCyAWQACyAWQCyAWQCyAWQCyAa0AsgFkA' +
    'sgFkAsgFkAsgAFkAsgFkAsgFkAsgFkAAsgFkAsgFkAsgFkAsgAFkAsgFkAsgFkAsgFkAAsgFkAsgFkAsgFkAsgAFkAsgFkAsgFkAsgFkA1oBZA' +
    'LIBZALIBZALIBZAALIBZALIBZALIBZALIABZALIBZALIBZALIBZAALIBZALIBZALIBZALIABZALIBZALIBZALIBZAALIBZALIBZALIBZALIBrQ' +
    'CyAWQCyAWQCyAWQCyAAWQCyAWQCyAWQCyAWQACyAWQCyAWQCyAWQCyAAWQCyAWQCyAWQCyAWQACyAWQCyAWQCyAWQCyAAWQCyAWQCyAWQCyAWQ' +
    'DWgFkAsgFkAsgFkAsgHDPgAsgFkAsgFkAsgFkA4Z8AFkAsgFkAsgFkAsgHDPgAsgFkAsgFkAsgFkA4Z8AFkAsgFkAsgFkAsgHDPgAsgFkAsgFk' +
    'AsgFkA4Z8H/9k=',
  'base64',
);
