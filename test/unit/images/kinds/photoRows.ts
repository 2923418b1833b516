/** Photos: JPEG, PNG and WebP in the forms that people have, of the scene of rasters.ts or the quarters of pictures.ts. */
import sharp from 'sharp';
import { coloursIn, lightOf, srgbCurve } from '../../../helpers/colourSpaces.ts';
import { HEIGHT, orientedJpeg, pattern, patternPixels, storedFor, texture, WIDTH } from '../../../helpers/pictures.ts';
import { apng, PALETTE, pngOf } from '../../../helpers/pngForms.ts';
import type { Chunk } from '../../../helpers/pngForms.ts';
import {
  greyProfile,
  rgbProfile,
  withJpegProfile,
  withPngProfile,
  withWebpProfile,
} from '../../../helpers/profiles.ts';
import { encode, packed, png, SIDE, values } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { inColours, inGrey, near, stretched, threefold } from './row.ts';
import type { Picture, Right, Row } from './row.ts';

const raw = { raw: { width: SIDE, height: SIDE, channels: 3 as const } };
const picture = (levels: readonly number[] = rgb) => sharp(Buffer.from(levels.map(Math.round)), raw);
const jpeg = (levels?: readonly number[]) =>
  picture(levels).jpeg({ quality: 97, chromaSubsampling: '4:4:4' }).toBuffer();
const quarters: Picture = { width: WIDTH, height: HEIGHT, data: patternPixels() };
const nearQuarters: Right = { picture: quarters, within: 3 };

const in8 = (numbers: readonly number[]) => numbers.map((value) => Math.round(255 * value));
const linear8 = rgb.map((level) => Math.round(255 * lightOf(level)));
/** What is left of the scene in light of 8 bits, which has few levels for the dark parts. */
const nearLight = near(
  1,
  linear8.map((light) => 255 * srgbCurve(light / 255)),
);
const linear = rgbProfile('sRGB, but linear', 'srgb', [0]);
const srgb = rgbProfile('linear, but sRGB', 'srgb', 3);

const wide = (numbers: readonly number[]) => encode(numbers, 'u16', false);
const in16 = (numbers: readonly number[]) => wide(numbers.map((value) => Math.round(65535 * value)));
const isLeft = (place: number) => place % SIDE < SIDE / 2;
const word = (value: number) => encode([value], 'u32', false);
const isBright = grey.map((level) => (level > 100 ? 1 : 0));
const square = { width: SIDE, height: SIDE };
const keyed = grey.map((level) => (level < 20 ? 0 : level));

const turnedJpeg = (orientation: number): Row => ({
  kind: `JPEG of orientation ${orientation}`,
  file: () => orientedJpeg(orientation),
  right: nearQuarters,
});
const turned = (format: 'png' | 'webp', orientation: number): Row => ({
  kind: `${format} of orientation ${orientation}`,
  file: async () =>
    (await storedFor(orientation)).withMetadata({ orientation }).toFormat(format, { lossless: true }).toBuffer(),
  right: { picture: quarters, within: 0 },
});
/** The quarters, turned by EXIF that stands behind the pixels. */
const turnedBehind = (
  kind: string,
  bits: 8 | 16,
  encoded: (levels: number[]) => Buffer,
  before: Chunk[] = [],
): Row => ({
  kind: `${kind} that is said to be turned behind its pixels`,
  file: async () => {
    const pixels = encoded([...(await (await storedFor(6)).raw().toBuffer())]);
    const exif = Buffer.from('4d4d002a000000080001011200030000000100060000000000000000', 'hex');
    return pngOf({ width: HEIGHT, height: WIDTH, bits, colour: 2, pixels, before, after: [['eXIf', exif]] });
  },
  right: nearQuarters,
});
/** A large enough JPEG, whose second half is one byte again and again. */
const halfOf = async (byte: number) => {
  const whole = await texture(1).jpeg().toBuffer();
  whole[1999] = 1;
  return whole.fill(byte, 2000);
};

export const photoRows: readonly Row[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(turnedJpeg),
  {
    kind: 'JPEG, progressive',
    file: () => picture().jpeg({ quality: 97, progressive: true }).toBuffer(),
    right: near(6),
  },
  { kind: 'JPEG in grey', file: () => picture(threefold(grey)).toColourspace('b-w').jpeg({ quality: 97 }).toBuffer(), right: near(1, threefold(grey)) }, // prettier-ignore
  {
    kind: 'JPEG of four inks, inverted as Adobe does',
    file: () => picture().toColourspace('cmyk').jpeg({ quality: 97 }).toBuffer(),
    right: near(40),
  },
  { kind: 'JPEG behind a line break', file: async () => Buffer.concat([Buffer.from('\r\n'), await jpeg()]), name: 'a.jpg', right: near(2) }, // prettier-ignore
  { kind: 'JPEG before other bytes', file: async () => Buffer.concat([await jpeg(), Buffer.alloc(3000, 7)]), right: near(2) }, // prettier-ignore
  {
    kind: 'JPEG with a film behind it',
    file: async () =>
      Buffer.concat([await jpeg(), Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'), Buffer.alloc(2500)]),
    right: near(2),
  },
  { kind: 'JPEG without its last two bytes', file: async () => (await jpeg()).subarray(0, -2), right: near(2) },
  {
    kind: 'JPEG of linear light whose profile is called sRGB',
    file: async () => withJpegProfile(await jpeg(linear8), linear),
    right: near(4),
  },
  {
    kind: 'JPEG of sRGB whose profile is called linear',
    file: async () => withJpegProfile(await jpeg(), srgb),
    right: near(2.5),
  },
  {
    kind: 'JPEG of Adobe RGB',
    file: async () =>
      withJpegProfile(
        await jpeg(in8(coloursIn('adobeRgb', (light) => light ** (256 / 563), rgb))),
        rgbProfile('Adobe RGB (1998)', 'adobeRgb', [1, 563]),
      ),
    right: near(3),
  },
  {
    kind: 'JPEG, cut short',
    file: async () => {
      const whole = await texture(1).jpeg().toBuffer();
      return whole.subarray(0, Math.floor(0.6 * whole.length));
    },
    right: { refused: 'truncated.bytes' },
  },
  {
    kind: 'JPEG whose second half is zeros',
    file: () => halfOf(0),
    right: { refused: 'truncated.bytes', says: 'only 2.0 kB' },
  },
  {
    kind: 'JPEG whose second half is erased',
    file: () => halfOf(0xff),
    right: { refused: 'truncated.bytes', says: 'only 2.0 kB' },
  },

  {
    kind: 'PNG of a palette with a transparent colour',
    file: () =>
      pngOf({
        ...{ ...square, bits: 8, colour: PALETTE, pixels: Buffer.from(isBright) },
        before: [['PLTE', Buffer.of(200, 30, 60, 10, 20, 240)], ['tRNS', Buffer.of(0)]], // prettier-ignore
      }),
    right: near(0, isBright.flatMap((on) => (on ? [10, 20, 240] : [255, 255, 255]))), // prettier-ignore
  },
  {
    kind: 'PNG of 16 bits, interlaced',
    file: () =>
      sharp(Uint16Array.from(grey.map((level) => 257 * level)), { raw: { ...square, channels: 1 } })
        .toColourspace('grey16')
        .png({ progressive: true })
        .toBuffer(),
    right: inGrey,
  },
  {
    kind: 'PNG of 1 bit',
    file: () => pngOf({ ...square, bits: 1, colour: 0, pixels: packed(isBright, 1) }),
    right: near(0, threefold(isBright.map((on) => 255 * on))),
  },
  {
    kind: 'PNG of 4 bits',
    file: () => pngOf({ ...square, bits: 4, colour: 0, pixels: packed(grey.map((level) => level / 17), 4) }), // prettier-ignore
    right: near(0, threefold(grey.map((level) => 17 * Math.round(level / 17)))),
  },
  { kind: 'PNG of 12 bits in 16', file: () => png(wide(values(80, 4095)), 16, false), right: stretched },
  {
    kind: 'PNG of 12 bits in 16, which sBIT says',
    file: () => png(wide(values(80, 4095)), 16, false, [['sBIT', Buffer.of(12)]]),
    right: stretched,
  },
  {
    kind: 'PNG of 12 bits in 16 with a transparent value',
    file: () => png(wide(grey.map((level) => (level < 20 ? 7 : 16 * level))), 16, false, [['tRNS', Buffer.of(0, 7)]]),
    right: { stretched: grey, valid: (place) => grey[place]! >= 20, rest: 255 },
  },
  {
    kind: 'PNG of linear light by gAMA',
    file: () => png(Buffer.from(linear8), 8, true, [['gAMA', word(100_000)]]),
    right: nearLight,
  },
  {
    kind: 'PNG of linear light by gAMA, in 16 bits',
    file: () => png(in16(rgb.map(lightOf)), 16, true, [['gAMA', word(100_000)]]),
    right: near(1.5),
  },
  {
    kind: 'PNG of 16 bits with a transparent value',
    file: () => png(wide(keyed.map((level) => 257 * level)), 16, false, [['tRNS', Buffer.of(0, 0)]]),
    right: near(1, threefold(keyed.map((level) => level || 255))),
  },
  {
    kind: 'PNG that is transparent everywhere',
    file: () => picture().ensureAlpha(0).png().toBuffer(),
    right: inColours,
    notes: ['note.transparent'],
  },
  {
    kind: 'PNG, half transparent',
    file: async () => {
      const rgba = await picture().ensureAlpha(1).raw().toBuffer();
      for (let i = 0; i < SIDE * SIDE; i++) if (isLeft(i)) rgba[4 * i + 3] = 0;
      return await sharp(rgba, { raw: { ...square, channels: 4 } })
        .png()
        .toBuffer();
    },
    right: near(0, rgb.map((level, i) => (isLeft(Math.floor(i / 3)) ? 255 : level))), // prettier-ignore
  },
  {
    kind: 'PNG of several pictures (APNG)',
    file: () => apng({ ...square, bits: 8, colour: 2, pixels: Buffer.from(rgb) }, Buffer.alloc(rgb.length, 9)),
    right: inColours,
    notes: ['note.frames'],
  },
  ...[3, 6].map((orientation) => turned('png', orientation)),
  turnedBehind('PNG', 8, (levels) => Buffer.from(levels)),
  turnedBehind('PNG of 16 bits', 16, (levels) => wide(levels.map((level) => 257 * level))),
  turnedBehind('PNG of linear light by gAMA', 8, (levels) => Buffer.from(levels.map((level) => Math.round(255 * lightOf(level)))), [['gAMA', word(100_000)]]), // prettier-ignore
  {
    kind: 'PNG of Display P3 in 16 bits',
    file: () =>
      withPngProfile(
        png(in16(coloursIn('displayP3', (light) => light ** (1 / 1.8), rgb)), 16, true),
        rgbProfile('P3', 'displayP3', 0),
      ),
    right: near(1.5),
  },
  {
    kind: 'PNG of ProPhoto in 16 bits',
    file: () =>
      withPngProfile(
        png(in16(coloursIn('proPhoto', (light) => light ** (1 / 1.8), rgb)), 16, true),
        rgbProfile('ProPhoto RGB', 'proPhoto', 0),
      ),
    right: near(1.5),
  },
  {
    kind: 'PNG of linear light by a profile, in 16 bits',
    file: () => withPngProfile(png(in16(rgb.map(lightOf)), 16, true), linear),
    right: near(1.5),
  },
  {
    kind: 'PNG of linear light whose profile is called sRGB',
    file: () => withPngProfile(png(Buffer.from(linear8), 8, true), linear),
    right: nearLight,
  },
  {
    kind: 'PNG of sRGB whose profile is called linear',
    file: () => withPngProfile(png(Buffer.from(rgb), 8, true), srgb),
    right: near(1),
  },
  {
    kind: 'PNG in grey of linear light by a profile',
    file: () => withPngProfile(png(in16(grey.map(lightOf)), 16, false), greyProfile([0])),
    right: near(1.5, threefold(grey)),
  },
  {
    kind: 'PNG with a flipped bit',
    file: async () => {
      const whole = await texture(3).png().toBuffer();
      whole[whole.length >> 1]! ^= 4;
      return whole;
    },
    right: { refused: 'corrupt' },
  },

  ...[6, 8].map((orientation) => turned('webp', orientation)),
  {
    kind: 'WebP of several pictures',
    file: async () => {
      const both = await Promise.all(
        [pattern(), pattern().negate()].map((each) => each.png().toBuffer()), // prettier-ignore
      );
      return await sharp(both, { join: { animated: true } })
        .webp({ lossless: true })
        .toBuffer();
    },
    right: { picture: quarters, within: 0 },
    notes: ['note.frames'],
  },
  {
    kind: 'WebP that is transparent everywhere',
    file: () => picture().ensureAlpha(0).webp({ lossless: true, exact: true }).toBuffer(),
    right: inColours,
    notes: ['note.transparent'],
  },
  {
    kind: 'WebP of linear light whose profile is called sRGB',
    file: async () => withWebpProfile(await picture(linear8).webp({ lossless: true }).toBuffer(), linear, SIDE, SIDE),
    right: nearLight,
  },
];
