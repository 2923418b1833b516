/** A whole file of each kind that is read here, for damaging; each holds the scene of rasters.ts or the quarters of pictures.ts. */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { boxOf, short, word } from '../../src-main/images/decode/isoBoxes.ts';
import { bandScene } from './bands.ts';
import { GREY12, LOSSLESS_RGB16, YCC12 } from './deepJpegs.ts';
import { bigEndian, dataSetOf, deflated, dicomOf, implicit, palette } from './dicomForms.ts';
import { jpeg2000, jpegLs, lerc, runLengths } from './packedRasters.ts';
import { coded, heicFixture, rotatedHeic, ultraHdrJpeg } from './phonePictures.ts';
import { imagej } from './imagej.ts';
import { bmp, bmpRle8, orientedJpeg, rawFile, restartJpeg } from './pictures.ts';
import type { RawKind } from './pictures.ts';
import { encode, npy, packed, png, SIDE, tiff, values } from './rasters.ts';
import type { Page } from './rasters.ts';
import { SEQUENCE } from './sequence.ts';

const OME =
  '<OME><Image><Pixels SizeC="2" SizeZ="1" SizeT="1" DimensionOrder="XYCZT"><Channel Name="a" Color="16711935"/>' +
  '<Channel Name="b" Color="65535"/><TiffData FirstC="0" IFD="1"/><TiffData FirstC="1" IFD="0"/></Pixels></Image></OME>';

const SHAPED = `{"shape": [2, 2, ${SIDE}, ${SIDE}], "axes": "ZCYX", "Channel": {"Name": ["a", "b"]}}`;
const qpi = (kind: string, name = '', colour = '') =>
  `<PerkinElmer-QPI-ImageDescription><ImageType>${kind}</ImageType><Name>${name}</Name><Color>${colour}</Color></PerkinElmer-QPI-ImageDescription>`;

/** A whole file of each kind that is read here, by what reads it. */
export async function seeds(): Promise<Record<string, Buffer[]>> {
  const numbers = values(80, 4095).map(Math.round);
  const wide = encode(numbers, 'u16');
  const rgb = Buffer.from(values(10, 240, [1, 0.6, 0.3]).map(Math.round));
  const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
  const plain = (type: 'u16', compression: number, pixels: Buffer) => tiff({ type, compression, pixels });
  const frame = (syntax: string, content: Buffer, kind = 'MONOCHROME2', bits = 16, more?: typeof palette) =>
    dicomOf(content, {
      before: [[8, 5, 'CS', 'ISO_IR 100']],
      samples: kind === 'YBR_FULL_422' ? 3 : 1,
      ...{ syntax, kind, bits },
      ...(more && { more }),
    });
  const picture = () => sharp(rgb, raw);
  const grey = Buffer.from(values(10, 240).map(Math.round));
  const frames = frame('.1', Buffer.concat([wide, wide, wide]), 'MONOCHROME2', 16, [[0x28, 8, 'IS', '3']]);
  const avif = await picture().avif().toBuffer();
  return {
    tiff: [
      plain('u16', 1, wide),
      plain('u16', 8, deflateSync(wide)),
      tiff({ bits: 12, pixels: packed(values(0, 4095), 12) }),
      tiff({ type: 'u16', description: 'ImageJ=1.53\nimages=2\nslices=2', pixels: Buffer.concat([wide, wide]) }),
      bandScene(1, 1, 24),
      await sharp(rgb, raw).tiff({ compression: 'lzw' }).toBuffer(),
    ],
    'tiff-stacks': [
      tiff(
        {
          type: 'u16',
          description: 'ImageJ=1.53\nimages=2\nchannels=2\nmode=composite\n',
          imagej: imagej(['DAPI', 'GFP'], [[0, 0, 255], [255, 0, 0]]), // prettier-ignore
          pixels: wide,
        },
        { type: 'u16', pixels: wide },
      ),
      tiff({ type: 'u16', description: OME, pixels: wide }, { type: 'u16', pixels: wide }),
      tiff({
        type: 'u16',
        samples: 2,
        extra: [0],
        metadata:
          '<Item name="D" sample="0" role="description">red</Item><Item name="D" sample="1" role="description">nir</Item>',
        pixels: Buffer.concat([wide, wide]),
      }),
    ],
    'tiff-channels': [
      tiff(
        { type: 'u16', description: qpi('FullResolution', 'DAPI', '0,0,255'), pixels: wide },
        { type: 'u16', description: qpi('FullResolution', 'CD3', '255,0,0'), pixels: wide },
        { samples: 3, photometric: 2, description: qpi('Label'), pixels: rgb },
      ),
      tiff(
        { type: 'u16', description: SHAPED, pixels: wide },
        ...Array.from({ length: 3 }, (): Page => ({ type: 'u16', pixels: wide })),
      ),
    ],
    'tiff-mask': [
      tiff(
        { samples: 3, photometric: 2, pixels: rgb },
        { bits: 1, subfile: 4, photometric: 4, pixels: Buffer.alloc((SIDE * SIDE) / 8, 0x3c) },
      ),
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
    'deep-jpeg': [
      ...[GREY12, YCC12, LOSSLESS_RGB16],
      frame('.4.51', GREY12),
      tiff({ type: 'u16', bits: 12, compression: 7, pixels: GREY12 }),
    ],
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
    'tiff-tiled': [
      await picture().tiff({ tile: true, tileWidth: 16, tileHeight: 16, pyramid: true, bigtiff: true }).toBuffer(),
      await picture().tiff({ tile: true, tileWidth: 32, tileHeight: 32, compression: 'packbits' }).toBuffer(),
    ],
    'tiff-jpeg': [
      await picture().tiff({ compression: 'jpeg' }).toBuffer(),
      await picture().tiff({ compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    ],
    'tiff-colours': [
      tiff({ samples: 4, photometric: 5, compression: 50000, pixels: zstdCompressSync(Buffer.concat([rgb, grey])) }),
      tiff({ samples: 3, photometric: 8, pixels: rgb }),
      tiff({ samples: 3, photometric: 6, subsampling: [1, 1], compression: 8, pixels: deflateSync(rgb) }),
      tiff({
        photometric: 3,
        compression: 50000,
        palette: [...Array(768).keys()].map((i) => 85 * i),
        pixels: zstdCompressSync(grey),
      }),
    ],
    'dicom-forms': [
      ...[implicit, bigEndian, deflated, dataSetOf].map((form) => form(frame('.1', wide))),
      frames,
      frame('.1', grey, 'PALETTE COLOR', 8, palette),
      frame('.1', Buffer.concat([grey, grey]), 'YBR_FULL_422', 8),
    ],
    'dicom-jpeg': [frame('.4.50', await sharp(grey, one).toColourspace('b-w').jpeg().toBuffer(), 'MONOCHROME2', 8)],
    'jpeg2000-boxes': [await boxed(rgb)],
    'netpbm-others': [
      Buffer.concat([Buffer.from(`P4 ${SIDE} ${SIDE}\n`), grey.subarray(0, (SIDE * SIDE) / 8)]),
      Buffer.concat([
        Buffer.from(`P7\nWIDTH ${SIDE}\nHEIGHT ${SIDE}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n`),
        rgb,
        grey,
      ]),
    ],
    'png-colours': [
      await picture().png({ palette: true }).toBuffer(),
      await picture().withIccProfile('p3').png().toBuffer(),
      png(rgb, 8, true, [['gAMA', Buffer.of(0, 1, 0x86, 0xa0)]]),
      png(rgb, 8, true, [['cICP', Buffer.of(9, 16, 0, 1)]]),
    ],
    jpeg: [
      restartJpeg(),
      await orientedJpeg(6),
      await picture().jpeg({ progressive: true }).toBuffer(),
      await picture().toColourspace('cmyk').jpeg().toBuffer(),
      await ultraHdrJpeg(await orientedJpeg(1)),
    ],
    webp: [
      await picture().webp().toBuffer(),
      await picture().ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
      await sharp(Buffer.concat([rgb, rgb]), { raw: { ...raw.raw, height: 2 * SIDE, pageHeight: SIDE } })
        .webp()
        .toBuffer(),
    ],
    gif: [await picture().gif().toBuffer()],
    bmp: [...([1, 4, 8, 16, 24, 32] as const).map((bits) => bmp(bits)), bmpRle8()],
    avif: [avif, coded(avif, 9, 16)],
    heic: [heicFixture('pattern'), heicFixture('pattern-p3'), coded(rotatedHeic(1), 12, 13), SEQUENCE],
    raw: await Promise.all(RAW.map((kind) => rawFile(kind, 6))),
  };
}

const one = { raw: { width: SIDE, height: SIDE, channels: 1 as const } };
const RAW: readonly RawKind[] = ['cr2', 'cr3', 'nef', 'dng', 'orf', 'rw2', 'raf'];

/** A JPEG 2000 as a file whose third component is its transparency. */
async function boxed(rgb: Buffer): Promise<Buffer> {
  const header = boxOf('ihdr', word(SIDE), word(SIDE), short(3), [7, 7, 0, 0]);
  const transparency = boxOf('cdef', short(3), ...[0, 1, 2].map((i) => [...short(i), ...short(i < 2 ? 0 : 1), 0, 0]));
  return Buffer.concat([
    boxOf('jP  ', [0x0d, 0x0a, 0x87, 0x0a]),
    boxOf('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    boxOf('jp2h', header, boxOf('colr', [1, 0, 0], word(16)), transparency),
    boxOf('jp2c', await jpeg2000(rgb, { componentCount: 3, bitsPerSample: 8 })),
  ]);
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
export const LZMA = Buffer.from(
  '/Td6WFoAAAD/EtlBAgEDAQEhARYcR3hW4BH/AF1dAABsV2MibiCHh7hG3IeEES+Ok7bgCURYqnM5tCKXdJjs7wIg09/UkFxJfG+luAvqY9ngbO' +
    '00sq+int0qEsECNLL1a7AuDYl1xJOkZZr4fBMXo1weyo00/UkzS37avgAAAAAAAXGAJAAAAEKCnZ2oAAr8AgAAAAAAWVo=',
  'base64',
);
export const LZMA_VALUES: readonly number[] = Array.from(
  { length: SIDE * SIDE },
  (_, i) => (200 * Math.floor((i % SIDE) / 6) + 360 * Math.floor(i / SIDE / 6)) % 3880,
);

/** 48 x 48 values of 12 bits as lossless JPEG, by DCMTK. */
export const LOSSLESS_JPEG = Buffer.from(
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

/** The grey scene of 8 bits as lossless JPEG, by DCMTK. */
export const LOSSLESS_JPEG8 = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/wwALCAAwADABAREA/8QAGgABAQADAQEAAAAAAAAAAAAAAgEDBAUACP/aAAgBAQABAAD5/VVSqqVVSqqVVSqqqVVS' +
    'qqVVXlVUqqlVUqqlVUqqqlVUqqlVV5VVKqpVVKpVVVKqqpVVKqpVVeVVSqqVSqqVVSqqqVVVSqqVVXlVUqlVUqlUqqqqlVVVUqqlVV5VVKpVKpVKpVVV' +
    'VVVVVKqpVVeVVSqSqSqSqqqqqtVVVSqqVVXlUqlUkqkkqlVbVaqqqqqqlVV5VKpKpJNJKpW1W21WqqqqpVVeVSqSSTSaaVVtt9bbVaqqqlVV5VJJJJtN' +
    'tp1W+9fevrbVaqqlVV5KpJNN5HkyPI0rfe9J73vW22qqpVVeSqTTeTJky5cmXK2l6QwmT3r61WqpVVeSSTWTJky5s2fNny5cisgAABk9621VVVVeSSbe' +
    'TLmz59nY2djPmyKwDFhxYsQEkvrVVVVV5JpvLlzbGxtbe3t7OxnyqkYsOvr4MGHGDPettVVVVSTeTLn2Nrb3d3d3NvZz5HTjxa+tq6utr4MQM962qqqr' +
    'yTeTLm2Nrc3uhv7+7t7ObKrMeHBq6enp6mtgxA+96q1VVeSeTJm2Nrd3uj0ejv7u3sZsjsGLX1tPR0dHU1cOIT3rbVVV5N5Mufa3N/o9Pp9Hf3NrPlyK' +
    '+GPDraejoc/R09bDjM9baqqvNZMmfY297o9TqdPo723s5smRXxGLX1dHn83n6Opr4hPetqqq83ky59nd6HT6vV6nQ3dnYy5Gr7wx4dXS5/N5vP0tbDjM' +
    '9bVVVU8uXY2t7pdXrdbp7+3s5suRK3xGLW0+fzeZzdHUwYjPeqtVXlkyZtnb3+p1uv1elvbexmyNK30OLBqaHM5nM5+nrYhPXytVXm8ubZ3Oj1Ov1+r0' +
    't3az5cjdV9DjwaujzeXy+dpa2ESXytVXm8ufZ3eh1ex1+r0d3az5MjSXrCMOro83l8vm6OthxyW21Veby59nd6PV7HX6vR3dnPlbat9448Oto83l8rna' +
    'OrhxyW21Veby59nd6HV7HX6vR3drPkyNJesIw6ujzeXy+bo62HHJbbVV5vLm2dzo9Tr9fq9Ld2s+XI3VfQ48Gro83l8vnaWthEl8rVV5ZMmbZ29/qdbr' +
    '9Xpb23sZsjSt9DiwamhzOZzOfp62IT18rVV5PLl2Nre6XV63W6e/t7ObLkSt8Ri1tPn83mc3R1MGIz3qrVVG8mXPs7vQ6fV6vU6G7s7GXI1feGPDq6XP' +
    '5vN5+lrYcZnraqqvNZMmfY297o9TqdPo723s5smRXxGLX1dHn83n6Opr4hPetqqq8m8mXPtbm/0en0+jv7m1ny5FfDHh1tPR0Ofo6ethxmettVVXknky' +
    'Ztja3d7o9Ho7+7t7GbI7Bi19bT0dHR1NXDiE9621VVeSbyZc2xtbm90N/f3dvZzZVZjw4NXT09PU1sGIH3vVWqqrySbyZc+xtbe7u7u5t7OfI6ceLX1t' +
    'XV1tfBiBnvW1VVVRJpvLlzbGxtbe3t7OxnyqkYsOvr4MGHGDPettVVVXkkm3ky5s+fZ2NnYz5sisAxYcWLEBJL61VVVVeSSTWTJky5s2fNny5cisgAAB' +
    'k9621VVVVeSqTTeTJky5cmXK2l6QwmT3r61WqpVVeSqSTTeR5MjyNK33vSe971ttqqqVVXlUkkkm022nVb7196+ttVqqqVVXlUqkkk0mmlVbbfW21Wqq' +
    'qpVVeVSqSqSTSSqVtVttVqqqqqVVXlUqlUkqkkqlVbVaqqqqqqlVV5VVKpKpKpKqqqqq1VVVKqpVVeVVSqVSqVSqVVVVVVVVSqqVVX//2Q==',
  'base64',
);
