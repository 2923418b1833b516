/** JPEG of more than 8 bits: right to the value, and nothing that a damaged one does stays behind. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { decodeDeepJpeg } from '../../../src-main/images/decode/deepJpeg.ts';
import { GREY12, GREY12_VALUES, LOSSLESS_RGB16, LOSSLESS_RGB16_VALUES } from '../../helpers/deepJpegs.ts';

const MOST = 1e6;

test('12 bits: the values that DCMTK unpacks', () => {
  const { data, ...facts } = decodeDeepJpeg(GREY12, MOST, false);
  expect(facts).toEqual({ width: 48, height: 48, components: 1, bits: 12 });
  expect(createHash('sha256').update(data).digest('hex')).toMatch(GREY12_VALUES);
});

test('16 bits without loss: the values that were packed', () => {
  expect([...decodeDeepJpeg(LOSSLESS_RGB16, MOST, false).data]).toEqual([...LOSSLESS_RGB16_VALUES]);
});

test('one that is damaged, cut short or too large is refused, and the next is read as before', () => {
  const right = [...decodeDeepJpeg(GREY12, MOST, false).data];
  const scan = GREY12.indexOf('ffda', 0, 'hex');
  const withoutCodes = Buffer.concat([GREY12.subarray(0, GREY12.indexOf('ffc4', 0, 'hex')), GREY12.subarray(scan)]);
  // of this marker the codec would look for the end of without an end
  const withMarker = Buffer.concat([GREY12.subarray(0, 2), Buffer.of(0xff, 1), GREY12.subarray(2)]);
  for (const wrong of [withoutCodes, withMarker, GREY12.subarray(0, scan)]) {
    expect(() => decodeDeepJpeg(wrong, MOST, false)).toThrow(Error);
    expect([...decodeDeepJpeg(GREY12, MOST, false).data]).toEqual(right);
  }
  expect(() => decodeDeepJpeg(GREY12, 48 * 48 - 1, false)).toThrow('larger');
  expect(() => decodeDeepJpeg(GREY12.subarray(0, -100), MOST, false)).toThrow(RangeError);
});
