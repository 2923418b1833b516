/** The size of plain JPEGs without a decoder: never another than libvips says, and none where there is more to it. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { plainJpegSize } from '../../../src-main/images/decode/jpegHeader.ts';

const picture = () =>
  sharp({
    create: {
      width: 70,
      height: 50,
      channels: 3,
      background: '#8a4',
      noise: { type: 'gaussian', mean: 120, sigma: 40 },
    },
  });

test.each([
  ['baseline', picture().jpeg()],
  ['progressive', picture().jpeg({ progressive: true })],
  ['grey', picture().greyscale().jpeg()],
  ['without subsampling', picture().jpeg({ chromaSubsampling: '4:4:4', quality: 100 })],
])('%s: what libvips says of it, and its pixels', async (_, made) => {
  const bytes = await made.toBuffer();
  const { width, height, exif, icc } = await sharp(bytes).metadata();
  expect(exif ?? icc).toBeUndefined();
  expect(plainJpegSize(bytes)).toEqual({ width, height });
  const decoded = await decodeBytes('x.jpg', bytes);
  expect(decoded).toMatchObject({ width, height, orientation: 1, format: 'jpeg' });
  expect(Buffer.compare(decoded.data, await sharp(bytes).toColourspace('srgb').raw().toBuffer())).toBe(0);
});

test('orientation, profile and four colours are left to libvips, as is what is no JPEG', async () => {
  const others = await Promise.all([
    picture().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    picture().withIccProfile('p3').jpeg().toBuffer(),
    picture().toColourspace('cmyk').jpeg().toBuffer(),
    picture().png().toBuffer(),
  ]);
  expect(others.map(plainJpegSize)).toEqual([null, null, null, null]);
  expect(await decodeBytes('x.jpg', others[0]!)).toMatchObject({ width: 50, height: 70, orientation: 6 });
});

test('a header that is cut off or changed says nothing, or what it says', async () => {
  const bytes = await picture().jpeg().toBuffer();
  const scan = bytes.indexOf('ffda', 0, 'hex');
  for (let end = 0; end <= scan; end++) expect(plainJpegSize(bytes.subarray(0, end))).toBeNull();
  const frame = bytes.indexOf('ffc0', 0, 'hex');
  for (const [at, value] of [
    [0, 0], // no start
    [frame + 1, 0xc9], // coded otherwise
    [frame + 4, 12], // bits
    [frame + 9, 4], // colours
    [frame + 3, 3], // shorter than a frame is
  ] as const) {
    const changed = Buffer.from(bytes);
    changed[at] = value;
    expect(plainJpegSize(changed)).toBeNull();
  }
});
