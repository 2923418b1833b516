/** JPEG of more than 8 bits, by itself, in DICOM and in TIFF; of the scene of rasters.ts. */
import { dicomOf } from '../../../helpers/dicomForms.ts';
import {
  GREY12,
  LOSSLESS_RGB16,
  LOSSLESS_RGB16_VALUES,
  RGB12,
  withOrientation,
  withoutTables,
  YCC12,
} from '../../../helpers/deepJpegs.ts';
import { SIDE, tiff } from '../../../helpers/rasters.ts';
import type { Page } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { LOSSLESS_JPEG, LZMA_VALUES } from '../../../helpers/seeds.ts';
import { near, stretched, threefold } from './row.ts';
import type { Picture, Right, Row } from './row.ts';

const JPEG = 7;
const inTiff = (kind: string, page: Page, right: Right = stretched): Row => ({
  kind: `JPEG of 12 bits in a TIFF, ${kind}`,
  file: () => tiff({ type: 'u16', bits: 12, compression: JPEG, ...page }),
  right,
});
const { tables, piece } = withoutTables(GREY12);
/** A quarter turn clockwise, as orientation 6 says. */
const turned: Picture = {
  width: SIDE,
  height: SIDE,
  data: rgb.map((_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE), i % 3];
    return rgb[3 * ((SIDE - 1 - x) * SIDE + y) + c]!;
  }),
};

export const deepJpegRows: readonly Row[] = [
  { kind: 'JPEG of 12 bits', file: () => GREY12, right: near(1, threefold(grey)) },
  { kind: 'JPEG of 12 bits, colours', file: () => YCC12, right: near(1) },
  { kind: 'JPEG of 12 bits, red, green and blue', file: () => RGB12, right: near(1) },
  { kind: 'JPEG of 12 bits, turned', file: () => withOrientation(YCC12, 6), right: { picture: turned, within: 1 } },
  {
    kind: 'JPEG, lossless of 12 bits in 16',
    file: () => LOSSLESS_JPEG,
    right: { stretched: LZMA_VALUES.map((value) => value / 16) },
  },
  {
    kind: 'JPEG, lossless of 16 bits, colours',
    file: () => LOSSLESS_RGB16,
    right: near(0.5, LOSSLESS_RGB16_VALUES.map((value) => value / 257)), // prettier-ignore
  },
  {
    kind: 'JPEG of 12 bits without the mark of its end',
    file: () => GREY12.subarray(0, -2),
    right: near(1, threefold(grey)),
  },
  {
    kind: 'JPEG of 12 bits, cut short',
    file: () => GREY12.subarray(0, -100),
    right: { refused: 'truncated.announced' },
  },

  { kind: 'DICOM, JPEG of 12 bits', file: () => dicomOf(GREY12, { syntax: '.4.51' }), right: stretched },
  {
    kind: 'DICOM, JPEG of 12 bits, of which 10 are said to be stored',
    file: () => dicomOf(GREY12, { syntax: '.4.51', stored: 10 }),
    right: stretched,
  },
  {
    kind: 'DICOM, JPEG of 12 bits, colours',
    file: () => dicomOf(YCC12, { syntax: '.4.51', kind: 'YBR_FULL', samples: 3 }),
    right: near(1),
  },
  {
    kind: 'DICOM, lossless JPEG of 16 bits, colours',
    file: () => dicomOf(LOSSLESS_RGB16, { syntax: '.4.70', kind: 'RGB', samples: 3, stored: 16 }),
    right: near(1, LOSSLESS_RGB16_VALUES.map((value) => value / 257)), // prettier-ignore
  },

  inTiff('grey', { pixels: GREY12 }),
  inTiff('with its tables apart', { tables, pixels: piece }),
  inTiff('one tile', { tile: SIDE, pixels: GREY12 }),
  inTiff('YCbCr', { samples: 3, photometric: 6, subsampling: [1, 1], pixels: YCC12 }, near(1)),
  inTiff('red, green and blue', { samples: 3, photometric: 2, pixels: RGB12 }, near(10)),
  {
    kind: 'lossless JPEG of 16 bits in a TIFF, colours',
    file: () => tiff({ type: 'u16', samples: 3, photometric: 2, compression: JPEG, pixels: LOSSLESS_RGB16 }),
    right: near(1, LOSSLESS_RGB16_VALUES.map((value) => value / 257)), // prettier-ignore
  },
  {
    kind: 'lossless JPEG of 12 bits in a TIFF of 16',
    file: () => tiff({ type: 'u16', compression: JPEG, pixels: LOSSLESS_JPEG }),
    right: { stretched: LZMA_VALUES.map((value) => value / 16) },
  },
];
