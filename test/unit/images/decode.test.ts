/** Every format to upright sRGB pixels, and every broken file to a reason. */
import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { ImageError, decodeBytes } from '../../../src-main/images/index.ts';
import type { DecodedImage, ImageErrorCode } from '../../../src-main/images/index.ts';
import { heicFixture, rotatedHeic, ultraHdrJpeg } from '../../helpers/phonePictures.ts';
import {
  HEIGHT,
  QUARTERS,
  WIDTH,
  bmp,
  bmpRle8,
  orientedJpeg,
  pattern,
  quartersOf,
  rawFile,
} from '../../helpers/pictures.ts';
import type { RawKind } from '../../helpers/pictures.ts';
import { animatedGif, noise } from '../../helpers/hostile.ts';
import { withPngProfile, linearGreyProfile } from '../../helpers/profiles.ts';

function expectPattern(image: DecodedImage, tolerance: number, width = WIDTH, height = HEIGHT): void {
  expect([image.width, image.height, image.data.length]).toEqual([width, height, width * height * 3]);
  quartersOf(image).forEach((colour, i) => {
    colour.forEach((value, c) =>
      expect(Math.abs(value - QUARTERS[i]![c]!), `quarter ${i}, channel ${c}: ${colour}`).toBeLessThanOrEqual(
        tolerance,
      ),
    );
  });
}

async function failure(bytes: Buffer, limits = {}): Promise<ImageError> {
  const result = await decodeBytes('photo.jpg', bytes, limits).then(
    () => 'decoded',
    (error: unknown) => error,
  );
  expect(result).toBeInstanceOf(ImageError);
  return result as ImageError;
}

describe('formats', () => {
  const encoders: [string, () => Promise<Buffer>, number][] = [
    ['jpeg', () => pattern().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), 4],
    ['png', () => pattern().png().toBuffer(), 0],
    ['webp', () => pattern().webp({ lossless: true }).toBuffer(), 0],
    ['avif', () => pattern().avif({ quality: 90, effort: 0, chromaSubsampling: '4:4:4' }).toBuffer(), 6],
    ['tiff', () => pattern().tiff({ compression: 'lzw' }).toBuffer(), 0],
    ['gif', () => pattern().gif().toBuffer(), 4],
    ['heic', async () => heicFixture('pattern'), 4],
  ];
  it.each(encoders)('%s', async (format, encode, tolerance) => {
    const image = await decodeBytes('a name without extension', await encode());
    expect(image.format).toBe(format);
    expectPattern(image, tolerance);
  });

  it.each([1, 4, 8, 16, 24, 32] as const)(
    'bmp of %i bits, both ways up, odd width, a gap before the pixels',
    async (bits) => {
      for (const topDown of [false, true]) {
        const image = await decodeBytes('x.bmp', bmp(bits, { topDown, width: 97, height: 65 }));
        const expected = quartersOf(image);
        if (bits === 1) expect(expected).toEqual([QUARTERS[0], QUARTERS[1], QUARTERS[0], QUARTERS[1]]);
        else expectPattern(image, bits === 16 ? 7 : 0, 97, 65);
      }
    },
  );

  it('a photo with a gain map (Ultra HDR) is its ordinary picture', async () => {
    for (const orientation of [1, 6]) {
      const base = await orientedJpeg(orientation);
      const image = await decodeBytes('x.jpg', await ultraHdrJpeg(base));
      expect((await sharp(await ultraHdrJpeg(base)).metadata()).gainMap).toBeDefined();
      expect(image.orientation).toBe(orientation);
      expect(Buffer.compare(image.data, (await decodeBytes('x.jpg', base)).data)).toBe(0);
    }
  });

  it('run-length coded bmp', async () => {
    expectPattern(await decodeBytes('x.bmp', bmpRle8()), 0);
  });

  it('the first frame of an animation and the first page of a document', async () => {
    const first = await decodeBytes('x.gif', await animatedGif());
    expect([first.width, first.height]).toEqual([60, 40]);
    const still = await decodeBytes(
      'x.gif',
      await sharp(await animatedGif(), { page: 0 })
        .png()
        .toBuffer(),
    );
    expect(Buffer.compare(first.data, still.data)).toBe(0);
    const pages = await sharp([await pattern().png().toBuffer(), await pattern().negate().png().toBuffer()], {
      join: { animated: true },
    })
      .tiff({ compression: 'none' })
      .toBuffer();
    expectPattern(await decodeBytes('x.tif', pages), 0);
  });

  it.each(['cr2', 'cr3', 'nef', 'dng', 'orf', 'rw2', 'raf'] satisfies RawKind[])(
    '%s by its largest preview, turned as the camera says',
    async (kind) => {
      for (const orientation of [1, 3, 6, 8]) {
        const image = await decodeBytes(`x.${kind}`, await rawFile(kind, orientation));
        expect([image.format, image.orientation]).toEqual(['raw', orientation]);
        expectPattern(image, 6, 320, 200);
      }
    },
  );

  it('a RAW file without a preview says what to do', async () => {
    const error = await failure((await rawFile('dng')).subarray(0, 60));
    expect([error.code, error.message]).toEqual(['unsupported', expect.stringContaining('no preview')]);
  });
});

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is undone', async (orientation) => {
    const image = await decodeBytes('x.jpg', await orientedJpeg(orientation));
    expect(image.orientation).toBe(orientation);
    expectPattern(image, 4);
  });

  it('HEIC is turned by its container, and not again by its EXIF', async () => {
    // 90 degrees counter-clockwise: the top right corner comes to the top left.
    const turned = await decodeBytes('x.heic', rotatedHeic(1));
    expect([turned.width, turned.height]).toEqual([HEIGHT, WIDTH]);
    const [topLeft, topRight, bottomLeft, bottomRight] = QUARTERS;
    quartersOf(turned).forEach((colour, i) => {
      const expected = [topRight, bottomRight, topLeft, bottomLeft][i]!;
      colour.forEach((value, c) => expect(Math.abs(value - expected[c]!)).toBeLessThanOrEqual(4));
    });
    expectPattern(await decodeBytes('x.heic', heicFixture('pattern-p3')), 4); // its EXIF says 6
  });
});

describe('colour', () => {
  it('Display P3 comes out as sRGB, from PNG and from HEIC', async () => {
    expectPattern(await decodeBytes('x.png', await pattern().withIccProfile('p3').png().toBuffer()), 2);
    expectPattern(
      await decodeBytes('x.png', await pattern().toColourspace('rgb16').withIccProfile('p3').png().toBuffer()),
      2,
    );
    expectPattern(await decodeBytes('x.heic', heicFixture('pattern-p3')), 4);
  });

  it('an sRGB profile leaves the pixels as they are', async () => {
    const plain = await pattern().jpeg({ quality: 80 }).toBuffer();
    const tagged = await pattern().withIccProfile('srgb', { attach: true }).jpeg({ quality: 80 }).toBuffer();
    expect((await sharp(tagged).metadata()).icc).toBeDefined();
    expect(Buffer.compare((await decodeBytes('x', plain)).data, (await decodeBytes('x', tagged)).data)).toBe(0);
  });

  it('CMYK, with and without a profile', async () => {
    // Colours that ink can print; without a profile the inks are those of the standard one.
    const colour = { r: 170, g: 120, b: 90 };
    const printable = sharp({ create: { width: 32, height: 32, channels: 3, background: colour } });
    for (const encoder of [printable.clone(), printable.clone().withIccProfile('cmyk')]) {
      const { data } = await decodeBytes('x.jpg', await encoder.toColourspace('cmyk').jpeg({ quality: 98 }).toBuffer());
      [colour.r, colour.g, colour.b].forEach((value, c) => expect(Math.abs(data[c]! - value)).toBeLessThanOrEqual(20)); // unconverted inks are 80 off
    }
  });

  it('grey, grey with a profile, and 16 bits', async () => {
    const grey = await decodeBytes('x', await pattern().greyscale().png().toBuffer());
    for (const [r, g, b] of quartersOf(grey)) expect([g, b]).toEqual([r, r]);
    const ramp = sharp(Buffer.from(Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64) * 4)), {
      raw: { width: 64, height: 64, channels: 1 },
    });
    const linear = await decodeBytes(
      'x',
      withPngProfile(await ramp.toColourspace('b-w').png().toBuffer(), linearGreyProfile()),
    );
    // sRGB's curve lifts linear 128/255 to 188/255.
    expect(Math.abs(linear.data[32 * 3]! - 188)).toBeLessThanOrEqual(3);
    expectPattern(await decodeBytes('x', await pattern().toColourspace('rgb16').png().toBuffer()), 1);
  });

  it('transparency lies on white', async () => {
    const half = await pattern().ensureAlpha(0.5).png().toBuffer();
    const image = await decodeBytes('x', half);
    quartersOf(image).forEach((colour, i) => {
      colour.forEach((value, c) => expect(Math.abs(value - (QUARTERS[i]![c]! + 255) / 2)).toBeLessThanOrEqual(1.5));
    });
  });

  it('what is transparent everywhere shows its colours, and says so', async () => {
    const clear = await decodeBytes('x', await pattern().ensureAlpha(0).png().toBuffer());
    expectPattern(clear, 0);
    expect(clear.notes.map(({ key }) => key)).toEqual(['note.transparent']);
  });
});

describe('broken files', () => {
  const cases: [string, () => Promise<Buffer> | Buffer, ImageErrorCode][] = [
    ['an empty file', () => Buffer.alloc(0), 'empty'],
    ['half a JPEG', async () => half(await pattern(400, 300).jpeg().toBuffer()), 'truncated'],
    ['half a PNG', async () => half(await pattern(400, 300).png({ compressionLevel: 0 }).toBuffer()), 'truncated'],
    ['half a GIF', async () => (await animatedGif()).subarray(0, 1200), 'truncated'],
    ['half an AVIF', async () => half(await pattern(400, 300).avif({ effort: 0 }).toBuffer()), 'truncated'],
    ['half a HEIC', () => half(heicFixture('pattern')), 'truncated'],
    ['half a BMP', () => half(bmp(24)), 'truncated'],
    ['half a run-length coded BMP', () => half(bmpRle8()), 'truncated'],
    ['a text', () => Buffer.from('Only words here.\n'), 'not-an-image'],
    [
      'a drawing',
      () => Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'not-an-image',
    ],
    ['noise', () => noise(3000), 'not-an-image'],
    ['a single pixel', () => pattern(1, 1).png().toBuffer(), 'too-small'],
    ['seven rows', () => pattern(300, 7).png().toBuffer(), 'too-small'],
  ];
  it.each(cases)('%s', async (_, make, code) => {
    const error = await failure(await make());
    expect(error.code, error.message).toBe(code);
    expect(error.message).toMatch(/^[A-Z0-9].*\.$/s); // one plain sentence
    expect(error.message).not.toMatch(/Vips|buffer|undefined/i);
  });

  it('more pixels than the limit, by any format, are refused by the header alone', async () => {
    for (const bytes of [
      await pattern(200, 150).jpeg().toBuffer(),
      await pattern(200, 150).png().toBuffer(),
      bmp(24, { width: 200, height: 150 }),
    ]) {
      const error = await failure(bytes, { maxPixels: 29_999 });
      expect([error.code, error.message]).toEqual(['too-large', expect.stringContaining('200 × 150')]);
    }
    expect((await failure(heicFixture('pattern'), { maxPixels: 6000 })).code).toBe('too-large');
  });

  it('noise behind every signature fails or decodes, and never anything else', async () => {
    const heads = [
      (await pattern().jpeg().toBuffer()).subarray(0, 200),
      (await pattern().png().toBuffer()).subarray(0, 60),
      (await pattern().webp().toBuffer()).subarray(0, 30),
      (await pattern().gif().toBuffer()).subarray(0, 30),
      (await pattern().tiff().toBuffer()).subarray(0, 12),
      bmp(8).subarray(0, 60),
      bmpRle8().subarray(0, 70),
      heicFixture('pattern').subarray(0, 350),
      (await rawFile('nef')).subarray(0, 40),
    ];
    for (const head of heads) {
      for (const length of [0, 10, 3000]) {
        const result = await decodeBytes('x', Buffer.concat([head, noise(length)])).catch((error: unknown) => error);
        if (result instanceof Error) expect(result, String(result)).toBeInstanceOf(ImageError);
        else expect((result as DecodedImage).data.length).toBeGreaterThan(0);
      }
    }
  });
});

const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);
