/**
 * What decoders and the rule make of measured values, held against the version by which copies of them are kept: where the
 * pictures become others and the version does not, copies of earlier versions are taken for today's.
 */
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { picturesKey } from '../../../src-main/images/cache/survey.ts';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { dicomOf } from '../../helpers/dicomForms.ts';
import { encode, npy, png, SIDE, tiff, values } from '../../helpers/rasters.ts';

const isHole = (place: number) => place % SIDE < 9;
const holed = (numbers: readonly number[], hole: number) => numbers.map((value, i) => (isHole(i) ? hole : value));
const floats = values(0, 1);
const [dim, signed] = [values(80, 4095), values(-850, 2000)];
const withAlpha = dim.flatMap((value, i) => [value, value, value, isHole(i) ? 0 : 65535]);

const files: Readonly<Record<string, Buffer>> = {
  '12 bits': tiff({ type: 'u16', pixels: encode(dim, 'u16') }),
  'white is 0': tiff({ type: 'u16', photometric: 0, pixels: encode(dim, 'u16') }),
  'a sign': tiff({ type: 'i16', pixels: encode(signed, 'i16') }),
  NaN: tiff({ type: 'f32', pixels: encode(holed(floats, NaN), 'f32') }),
  infinities: tiff({ type: 'f32', pixels: encode(holed(floats, Infinity), 'f32') }),
  nodata: tiff({ type: 'f32', nodata: '-9999', pixels: encode(holed(floats, -9999), 'f32') }),
  'an unsaid fill': tiff({ type: 'i16', pixels: encode(holed(signed, -32768), 'i16') }),
  'clear places': tiff({ type: 'u16', samples: 4, photometric: 2, extra: [2], pixels: encode(withAlpha, 'u16') }),
  PNG: png(encode(dim, 'u16', false), 16, false),
  DICOM: dicomOf(encode(dim, 'u16')),
  NumPy: npy('<f4', [SIDE, SIDE], encode(floats, 'f32')),
};

it('counts on where measured values become other pictures', async () => {
  let all = 0;
  for (const [name, file] of Object.entries(files)) {
    const { data, measured } = await decodeBytes(name, file);
    expect(measured, name).not.toBeNull();
    all = crc32(data, all);
  }
  // another number: count PICTURES up in survey.ts, and write both of them here
  expect([picturesKey('a.tif', defaultRule), all]).toEqual(['|v7', 314_561_790]);
});
