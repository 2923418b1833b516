/** Compressed rasters, LERC and WebP in TIFF, and compressed frames of DICOM: each holds the scene, to the value where it is lossless. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { measureFile } from '../../../src-main/images/decode/measure.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { decodeBands } from '../../../src-main/images/decode/bandImage.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { jpeg2000, jpegLs, lerc, runLengths } from '../../helpers/packedRasters.ts';
import { dicom, encode, SIDE, tiff, values } from '../../helpers/rasters.ts';
import { numbers, rgb as colours, wide } from '../../helpers/scene.ts';

const eight = Buffer.from(values(10, 240).map(Math.round));
const rgb = Buffer.from(colours);

const SYNTAX = '1.2.840.10008.1.2';
const frame = (
  syntax: string,
  packed: Buffer,
  bits: 8 | 16,
  more: Partial<Record<'samples' | 'stored', number>> = {},
) =>
  dicom(
    [
      [0x28, 2, 'US', more.samples ?? 1],
      [0x28, 4, 'CS', (more.samples ?? 1) === 3 ? 'YBR_FULL_422' : 'MONOCHROME2'],
      [0x28, 0x10, 'US', SIDE],
      [0x28, 0x11, 'US', SIDE],
      [0x28, 0x100, 'US', bits],
      [0x28, 0x101, 'US', more.stored ?? bits],
      [0x28, 0x102, 'US', (more.stored ?? bits) - 1],
      [0x28, 0x103, 'US', 0],
      [0x7fe0, 0x10, 'OB', packed],
    ],
    SYNTAX + syntax,
  );

/** The values themselves, from 0 to 4095 in 16 bits. */
async function read(file: Buffer): Promise<number[]> {
  const rule = { ...defaultRule, channels: 1, depth: 16, rule: 'fixed' as const, low: 0, high: 65535 };
  return [...(await decodeBands('scene', file, {}, rule)).image.data];
}

describe('lossless pieces hold what was written', () => {
  it.each<[string, () => Promise<Buffer> | Buffer]>([
    ['LERC in TIFF', () => tiff({ type: 'u16', compression: 34887, pixels: lerc(wide, 'u16', numbers) })],
    [
      'LERC of floats',
      () => tiff({ type: 'f32', compression: 34887, pixels: lerc(encode(numbers, 'f32'), 'f32', numbers) }),
    ],
    ['JPEG 2000 in TIFF', async () => tiff({ type: 'u16', compression: 34712, pixels: await jpeg2000(wide) })],
    ['DICOM by run lengths', () => frame('.5', runLengths(wide, 2), 16, { stored: 12 })],
    ['DICOM by JPEG-LS', async () => frame('.4.80', await jpegLs(wide), 16, { stored: 12 })],
    ['DICOM by JPEG 2000', async () => frame('.4.90', await jpeg2000(wide), 16, { stored: 12 })],
  ])('%s', async (_, file) => {
    expect(await read(await file())).toEqual(numbers);
  });
});

it('LERC of floats leaves out what was not measured, though 0 is a value', async () => {
  const isMeasured = (place: number) => place % SIDE >= SIDE / 3;
  const around = numbers.map((value) => value - 2000);
  const file = tiff({
    type: 'f32',
    compression: 34887,
    pixels: lerc(encode(around, 'f32'), 'f32', around, isMeasured),
  });
  const { valid, values } = (await measureFile('scene', file, DEFAULT_LIMITS, defaultRule))!;
  expect(valid).toBeCloseTo(around.filter((_, place) => isMeasured(place)).length / around.length, 1);
  const [sorted] = values as [Float64Array];
  expect(sorted.filter((value) => value === 0).length).toBeLessThan(sorted.length / 50);
  const rule = { ...defaultRule, rule: 'fixed' as const, low: -2000, high: 2100 };
  const { data } = await decodeBytes('scene', file, {}, rule);
  expect([...data.filter((_, i) => !isMeasured(Math.floor(i / 3)))].every((level) => level === 0)).toBe(true);
});

it.each<[string, (pixels: Buffer) => Promise<Buffer>]>([
  ['.4.91', jpeg2000],
  ['.4.81', jpegLs],
])(
  'of a syntax with loss (%s) values beyond the bits that were stored are brighter, not black',
  async (syntax, pack) => {
    const beyond = numbers.map((value) => value + 3000);
    const file = frame(syntax, await pack(encode(beyond, 'u16')), 16, { stored: 12 });
    expect(await read(file)).toEqual(beyond);
  },
);

describe('pieces of 8 bits', () => {
  const near = (found: Uint8Array, expected: Buffer, most: number) =>
    found.reduce((sum, value, i) => sum + Math.abs(value - expected[i]!), 0) / expected.length < most;

  it('WebP in TIFF, lossless', async () => {
    const pixels = await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .webp({ lossless: true })
      .toBuffer();
    const { data } = await decodeBytes('scene', tiff({ samples: 3, photometric: 2, compression: 50001, pixels }));
    expect(near(data, rgb, 0.01)).toBe(true);
  });

  it.each([
    ['grey', 1, eight],
    ['colours', 3, rgb],
  ] as const)('DICOM by JPEG, %s', async (_, samples, raw) => {
    const jpeg = await sharp(raw, { raw: { width: SIDE, height: SIDE, channels: samples } })
      .toColourspace(samples === 1 ? 'b-w' : 'srgb')
      .jpeg({ quality: 98, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const { data } = await decodeBytes('scene', frame('.4.50', jpeg, 8, { samples }));
    const shown = samples === 3 ? data : data.filter((_, i) => i % 3 === 0);
    expect(near(shown, raw, 3)).toBe(true);
  });

  it('what no codec here unpacks is named', async () => {
    const named = { '.4.100': 'MPEG-2', '.4.104.1': 'H.264', '.4.150': `transfer syntax ${SYNTAX}.4.150` };
    for (const [syntax, kind] of Object.entries(named))
      await expect(decodeBytes('scene', frame(syntax, Buffer.alloc(64), 8))).rejects.toMatchObject({
        key: 'unsupported.dicom',
        values: { kind },
      });
  });
});
