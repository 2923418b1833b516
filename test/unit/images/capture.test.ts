/** When a photo was taken and with what, from EXIF as cameras write it, cut off and hostile too. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { captureOf } from '../../../src-main/images/capture.ts';

const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } });
const exif = {
  IFD0: { Make: 'Nikon', Model: 'Z 6' },
  IFD2: { DateTimeOriginal: '2026:11:28 14:03:59', SubSecTimeOriginal: '25' },
};

it('is read from a JPEG, with the fraction of the second', async () => {
  const expected = { taken: Date.UTC(2026, 10, 28, 14, 3, 59, 250), camera: 'Nikon Z 6' };
  expect(captureOf(await picture().withExif(exif).jpeg().toBuffer())).toEqual(expected);
});

it('is not known where nothing says so, where a clock was never set, and where the file is cut off', async () => {
  const none = { taken: null, camera: null };
  expect(captureOf(await picture().jpeg().toBuffer())).toEqual(none);
  expect(captureOf(Buffer.alloc(0))).toEqual(none);
  const unset = { IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } };
  expect(captureOf(await picture().withExif(unset).jpeg().toBuffer()).taken).toBeNull();
  const whole = await picture().withExif(exif).jpeg().toBuffer();
  for (let length = 0; length < 400; length += 7) {
    const { taken } = captureOf(whole.subarray(0, length));
    expect(taken === null || taken === Date.UTC(2026, 10, 28, 14, 3, 59, 250) || taken % 1000 === 0).toBe(true);
  }
});

it('survives offsets that lead nowhere', async () => {
  const whole = await picture().withExif(exif).jpeg().toBuffer();
  const begin = whole.indexOf('Exif') + 6;
  for (let at = begin; at < begin + 120; at++) {
    const broken = Buffer.from(whole);
    broken[at] = 0xff;
    expect(() => captureOf(broken)).not.toThrow();
  }
});
