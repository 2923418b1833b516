/**
 * Forms of files that libraries take for something else: components, portable maps, pictures in a row, files that end
 * early. Each holds the scene of rasters.ts.
 */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { decodeBands } from '../../../src-main/images/decode/bandImage.ts';
import { codesOfHevc } from '../../../src-main/images/decode/hevcColours.ts';
import { boxAt, boxOf, short, word } from '../../../src-main/images/decode/isoBoxes.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { jpeg2000 } from '../../helpers/packedRasters.ts';
import { encode, npy, png, SIDE, values } from '../../helpers/rasters.ts';
import { grey, isScene, levels, meanDifference, numbers, rgb, wide } from '../../helpers/scene.ts';
import { SEQUENCE } from '../../helpers/sequence.ts';

describe('a JPEG 2000', () => {
  it('of fewer bits than its type is shown by all of them', async () => {
    expect(isScene(await levels(await jpeg2000(wide, { bitsPerSample: 12 })))).toBe(true);
  });

  it('of signed values keeps what is below zero', async () => {
    const signed = values(-1000, 1000).map(Math.round);
    const file = await jpeg2000(encode(signed, 'i16'), { isSigned: true });
    const rule = { ...defaultRule, channels: 1, depth: 16 as const, rule: 'fixed' as const, low: -32768, high: 32767 };
    expect([...(await decodeBands('scene', file, {}, rule)).image.data]).toEqual(signed.map((value) => value + 32768));
  });
});

it('a stack of NumPy whose first planes are empty is shown by one that is not', async () => {
  const empty = Buffer.alloc(wide.length);
  for (const count of [6, 24]) {
    const planes = Array.from({ length: count }, (_, i) => (i === count - 2 ? wide : empty));
    expect(isScene(await levels(npy('<u2', [count, SIDE, SIDE], Buffer.concat(planes)))), `${count}`).toBe(true);
  }
});

describe('portable maps', () => {
  const wideOf = (numbers: readonly number[]) => encode(numbers, 'u16', false);
  it('of 16 bits that fill their range are photos, by the white that they state', async () => {
    for (const white of [65535, 1023]) {
      const file = Buffer.concat([
        Buffer.from(`P6 ${SIDE} ${SIDE} ${white}\n`),
        wideOf(rgb.map((v) => Math.round((v * white) / 255))),
      ]);
      expect(meanDifference((await decodeBytes('scene', file)).data, rgb)).toBeLessThan(1);
    }
    const dim = Buffer.concat([Buffer.from(`P5 ${SIDE} ${SIDE} 65535\n`), wideOf(numbers)]);
    expect(isScene(await levels(dim))).toBe(true);
  });

  it('of 16 bits and one band are values where 65535 is all that they state: stretched', async () => {
    const file = Buffer.concat([
      Buffer.from(`P5 ${SIDE} ${SIDE} 65535\n`),
      wideOf(grey.map((v) => Math.round(6000 + (v * 55000) / 255))),
    ]);
    const shown = await levels(file);
    expect(Math.min(...shown)).toBe(0);
    expect(Math.max(...shown)).toBe(255);
  });

  it('with transparency lie on white', async () => {
    const head = Buffer.from(
      `P7\nWIDTH ${SIDE}\nHEIGHT ${SIDE}\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n`,
    );
    const pixels = Buffer.from(grey.flatMap((level, i) => [Math.round(level), i % SIDE < 8 ? 0 : 255]));
    const onWhite = grey.map((level, i) => (i % SIDE < 8 ? 255 : level));
    expect(meanDifference(await levels(Buffer.concat([head, pixels])), onWhite)).toBeLessThan(1);
  });
});

it('16-bit measured values in a PNG that calls itself sRGB or linear are shown as they are measured', async () => {
  const big = encode(numbers, 'u16', false);
  for (const [type, content] of [
    ['sRGB', Buffer.of(0)],
    ['gAMA', Buffer.of(0, 1, 0x86, 0xa0)],
  ] as const)
    expect(isScene(await levels(png(big, 16, false, [[type, content]]))), type).toBe(true);
});

/** A box in the box of metadata, whose content begins with its version. */
const metaBox = (file: Buffer, path: readonly string[]) => boxAt(boxAt(file, ['meta'])!.content, path, 4);

describe('pictures in a row', () => {
  it('of HEIC: the first is used, which is said, with the colours that its stream names', async () => {
    const { data, width, notes } = await decodeBytes('scene', SEQUENCE);
    expect(notes).toEqual([{ key: 'note.frames', values: { count: 2 } }]);
    expect(codesOfHevc(SEQUENCE)).toEqual({ primaries: 9, transfer: 16 });
    const [dark, bright] = [data[3 * (10 * width + 10)]!, data[3 * (10 * width + 50)]!];
    expect(bright - dark).toBeGreaterThan(100);
  });

  it('of AVIF: the same, beside a still picture or without one', async () => {
    const still = await sharp(Buffer.from(rgb), { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .avif({ lossless: true })
      .toBuffer();
    const { data } = await decodeBytes('scene', still);
    const [av1C, mdat] = [metaBox(still, ['iprp', 'ipco', 'av1C'])!, boxAt(still, ['mdat'])!];
    const zeros = (count: number) => Buffer.alloc(count);
    const entry = boxOf('av01', zeros(24), short(SIDE), short(SIDE), zeros(50), boxOf('av1C', av1C.content));
    const movie = (at: number) => {
      const table = boxOf(
        'stbl',
        boxOf('stsd', zeros(4), word(1), entry),
        boxOf('stsz', zeros(4), word(mdat.content.length), word(2)),
        boxOf('stco', zeros(4), word(1), word(at)),
      );
      const handler = boxOf('hdlr', zeros(8), Buffer.from('pict'), zeros(13));
      return boxOf('moov', boxOf('trak', boxOf('mdia', handler, boxOf('minf', table))));
    };
    const head = boxOf('ftyp', Buffer.from('avis\0\0\0\0avis', 'latin1'));
    const at = head.length + movie(0).length + 8;
    const sequence = Buffer.concat([head, movie(at), boxOf('mdat', mdat.content)]);
    const beside = Buffer.concat([still, movie(mdat.from)]);
    beside.write('avis', 8, 'latin1');
    for (const file of [sequence, beside]) {
      const first = await decodeBytes('scene', file);
      expect(first.notes).toEqual([{ key: 'note.frames', values: { count: 1 } }]);
      expect(Buffer.from(first.data).equals(data)).toBe(true);
    }
  });
});

it('a JPEG that libvips does not read is named', async () => {
  const jpeg = await sharp(Buffer.from(rgb), { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg()
    .toBuffer();
  const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
  for (const [at, value, kind] of [
    [frame + 4, 16, 'JPEG, 16 bits'],
    [frame + 1, 0xf7, 'JPEG-LS'],
  ] as const) {
    const other = Buffer.from(jpeg);
    other[at] = value;
    await expect(decodeBytes('scene', other)).rejects.toMatchObject({ key: 'unsupported.kind', values: { kind } });
  }
});

describe('a file that ends early', () => {
  const picture = () => sharp(Buffer.from(rgb), { raw: { width: SIDE, height: SIDE, channels: 3 } });
  it.each(['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const)('%s is cut short', async (format) => {
    const whole = await picture().toFormat(format).toBuffer();
    await expect(decodeBytes('scene', whole.subarray(0, whole.length - 40))).rejects.toMatchObject({
      code: 'truncated',
    });
  });

  it.each(['jpeg', 'png', 'gif', 'webp', 'avif'] as const)('%s is damaged where it is whole', async (format) => {
    const file = await picture().toFormat(format).toBuffer();
    const middle = Math.floor(file.length / 2);
    file.fill(0xff, format === 'avif' ? 100 : middle, format === 'avif' ? 104 : middle + 16);
    await expect(decodeBytes('scene', file)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('announces more than is there, or has a damaged number: that is what is said', async () => {
    const array = npy('<u2', [SIDE, SIDE], wide).subarray(0, -2);
    await expect(decodeBytes('scene', array)).rejects.toMatchObject({ key: 'truncated.announced' });
  });
});

it('a JPEG that lacks its last two bytes, or has some before its first, is whole', async () => {
  const pixels = async (bytes: Buffer) => [...(await decodeBytes('a.jpg', bytes)).data];
  const jpeg = await sharp(Buffer.from(rgb), { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg()
    .toBuffer();
  const whole = await pixels(jpeg);
  expect(await pixels(jpeg.subarray(0, -2))).toEqual(whole);
  expect(await pixels(Buffer.concat([Buffer.from('\r\n'), jpeg]))).toEqual(whole);
});
