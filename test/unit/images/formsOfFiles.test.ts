/**
 * Forms of files that libraries take for something else: byte orders, packed bits, predictors, planes behind one directory,
 * components, transparency. Each holds the scene of rasters.ts, written byte by byte.
 */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { decodeBands } from '../../../src-main/images/decode/bandImage.ts';
import { codesOfHevc } from '../../../src-main/images/decode/hevcColours.ts';
import { boxAt, boxOf, short, word } from '../../../src-main/images/decode/isoBoxes.ts';
import { readBlocks } from '../../../src-main/images/decode/tiffBlocks.ts';
import { pageOf } from '../../../src-main/images/decode/tiffPages.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { jpeg2000, jpegLs, runLengths } from '../../helpers/packedRasters.ts';
import { dicom, encode, npy, png, SIDE, tiff, values } from '../../helpers/rasters.ts';
import { SEQUENCE } from '../../helpers/sequence.ts';
import type { SampleType } from '../../helpers/rasters.ts';

const numbers = values(0, 4095).map(Math.round);
const wide = encode(numbers, 'u16');
const grey = values(0, 255);
const rgb = values(10, 240, [1, 0.6, 0.3]).map(Math.round);

const meanDifference = (found: ArrayLike<number>, expected: readonly number[]): number =>
  expected.reduce((sum, value, i) => sum + Math.abs(value - found[i]!), 0) / expected.length;

/** Levels of the first band of the picture, [height, width]. */
async function levels(file: Buffer, rule = {}): Promise<Uint8Array> {
  const { data } = await decodeBytes('scene', file, {}, { ...defaultRule, ...rule });
  return data.filter((_, i) => i % 3 === 0);
}

/** Whether levels are the scene, whatever is its black and its white. */
function isScene(found: Uint8Array): boolean {
  const deviations = (of: ArrayLike<number>) => {
    const mean = Array.from(of).reduce((sum, value) => sum + value, 0) / of.length;
    return Array.from(of, (value) => value - mean);
  };
  const [a, b] = [deviations(found), deviations(grey)];
  const product = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const [aa, bb] = [product(a, a), product(b, b)];
  return aa > bb / 4 && product(a, b) / Math.sqrt(aa * bb) > 0.98;
}

describe('blocks of a TIFF', () => {
  const side = SIDE;
  /** Reads one block of values that were written as the file says. */
  const read = async (
    type: { bits: number; format: 1 | 2 | 3; samples?: number },
    layout: { little: boolean; predictor?: number },
    block: Buffer,
    bands = [0],
  ) => {
    const tags = new Map([
      [256, [side]],
      [257, [side]],
      [258, [type.bits]],
      [277, [type.samples ?? 1]],
      [339, [type.format]],
    ]);
    const page = pageOf({ at: 0, tags, texts: new Map(), profile: null, page: 0, sub: null });
    const whole = { planar: false, predictor: 1, tileWidth: side, tileHeight: side, native: false, ...layout };
    const window = { x: 0, y: 0, width: side, height: side };
    const bytes = Uint8Array.from(block).buffer;
    return (await readBlocks(page, whole, bands, window, () => Promise.resolve(bytes))).map((band) => [...band]);
  };
  /** Differences along each row, in the type's own arithmetic. */
  const differences = (of: readonly number[], most: number) =>
    of.map((value, i) => (i % side === 0 ? value : (value - of[i - 1]! + most) % most));
  const packedRows = (of: readonly number[], bits: number, each: number) => {
    const rows = [];
    for (let y = 0; y < side; y++) {
      const text = of
        .slice(y * side * each, (y + 1) * side * each)
        .map((value) => (value < 0 ? value + 2 ** bits : value).toString(2).padStart(bits, '0'))
        .join('');
      rows.push(
        Buffer.from((text.padEnd(Math.ceil(text.length / 8) * 8, '0').match(/.{8}/g) ?? []).map((b) => parseInt(b, 2))),
      );
    }
    return Buffer.concat(rows);
  };

  it.each([true, false])('of every type, little-endian %s', async (little) => {
    for (const [type, bits, format] of [
      ['u8', 8, 1],
      ['u16', 16, 1],
      ['i16', 16, 2],
      ['u32', 32, 1],
      ['i32', 32, 2],
      ['f64', 64, 3],
    ] as [SampleType, number, 1 | 2 | 3][]) {
      const written = values(format === 1 ? 0 : -100, 200).map((value) => Math.round(value) + 0);
      expect(await read({ bits, format }, { little }, encode(written, type, little)), type).toEqual([
        written.map((value) => value + 0),
      ]);
    }
    const three = Buffer.concat(numbers.map((n) => Buffer.from(little ? [n & 255, n >> 8, 1] : [1, n >> 8, n & 255])));
    expect(await read({ bits: 24, format: 1 }, { little }, three)).toEqual([numbers.map((n) => n + 65536)]);
    const long = Buffer.alloc(numbers.length * 8);
    numbers.forEach((n, i) =>
      little ? long.writeBigInt64LE(BigInt(-n), 8 * i) : long.writeBigInt64BE(BigInt(-n), 8 * i),
    );
    expect(await read({ bits: 64, format: 2 }, { little }, long)).toEqual([numbers.map((n) => 0 - n)]);
  });

  it.each([true, false])('behind differences, little-endian %s', async (little) => {
    const written = encode(differences(numbers, 65536), 'u16', little);
    expect(await read({ bits: 16, format: 1 }, { little, predictor: 2 }, written)).toEqual([numbers]);
    const floats = values(-1, 1).map(Math.fround);
    const rows = [];
    for (let y = 0; y < side; y++) {
      const row = encode(floats.slice(y * side, (y + 1) * side), 'f32', false);
      const planes = [0, 1, 2, 3].flatMap((b) => Array.from({ length: side }, (_, i) => row[4 * i + b]!));
      rows.push(Buffer.from(planes.map((byte, i) => (i === 0 ? byte : (byte - planes[i - 1]! + 256) & 255))));
    }
    expect(await read({ bits: 32, format: 3 }, { little, predictor: 3 }, Buffer.concat(rows))).toEqual([floats]);
  });

  it.each([1, 3, 4, 6, 10, 11, 12, 14, 18])('packed into %i bits, of one band and of three', async (bits) => {
    const of = values(0, 2 ** bits - 1).map(Math.round);
    for (const little of [true, false])
      expect(await read({ bits, format: 1 }, { little }, packedRows(of, bits, 1))).toEqual([of]);
    const three = of.flatMap((value) => [value, 2 ** bits - 1 - value, value >> 1]);
    expect(await read({ bits, format: 1, samples: 3 }, { little: false }, packedRows(three, bits, 3), [2, 0])).toEqual([
      of.map((value) => value >> 1),
      of,
    ]);
    const signed = of.map((value) => value - 2 ** (bits - 1));
    expect(await read({ bits, format: 2 }, { little: true }, packedRows(signed, bits, 1))).toEqual([signed]);
  });

  it('that end early are damaged', async () => {
    await expect(read({ bits: 16, format: 1 }, { little: true }, wide.subarray(0, -2))).rejects.toThrow(/shorter/);
  });
});

describe('a TIFF', () => {
  it('of few bits is shown by all of them', async () => {
    const four = Buffer.concat(
      Array.from({ length: grey.length / 2 }, (_, i) =>
        Buffer.of((Math.round(grey[2 * i]! / 17) << 4) | Math.round(grey[2 * i + 1]! / 17)),
      ),
    );
    expect(
      isScene(await levels(tiff({ bits: 4, pixels: deflateSync(four), compression: 8, extra: [], samples: 1 }))),
    ).toBe(true);
  });

  it('has planes of ImageJ behind one directory', async () => {
    const empty = Buffer.alloc(wide.length);
    const file = tiff({
      type: 'u16',
      description: 'ImageJ=1.53\nimages=3\nslices=3',
      pixels: Buffer.concat([empty, wide, empty]),
    });
    expect(isScene(await levels(file))).toBe(true);
    expect((await levels(file, { page: 1 })).every((level) => level === 0)).toBe(true);
    const short = tiff({ type: 'u16', description: 'ImageJ=1.53\nimages=3\nslices=3', pixels: wide });
    expect(isScene(await levels(short))).toBe(true);
  });

  it('names what was not measured in the digits of its type', async () => {
    const scene = values(0.2, 0.9);
    for (const [text, hole] of [
      ['0.1', 0.1],
      ['-3.40282e+38', -3.4028234663852886e38],
      ['nan', NaN],
    ] as const) {
      const holed = scene.map((value, i) => (i % SIDE < 8 ? hole : value));
      const found = await levels(tiff({ type: 'f32', nodata: text, pixels: encode(holed, 'f32') }));
      const valid = grey.map((level, i) => (i % SIDE < 8 ? 0 : level));
      expect(meanDifference(found, valid), text).toBeLessThan(12);
    }
  });

  it('of CMYK that libvips does not unpack has its colours', async () => {
    const rows = [...rgb];
    const cmyk = Buffer.from(
      Array.from({ length: SIDE * SIDE }, (_, i) => [...rows.slice(3 * i, 3 * i + 3).map((v) => 255 - v), 0]).flat(),
    );
    const found = await decodeBytes(
      'scene',
      tiff({ samples: 4, photometric: 5, compression: 50000, pixels: zstdCompressSync(cmyk) }),
    );
    expect(meanDifference(found.data, rgb)).toBeLessThan(1);
  });
});

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

describe('a DICOM', () => {
  type Elements = Parameters<typeof dicom>[0];
  const frame = (
    syntax: string,
    content: Buffer,
    more: Elements = [],
    bits = 16,
    before: Elements = [],
    photometric = 'MONOCHROME2',
  ) =>
    dicom(
      [
        ...before,
        [0x28, 2, 'US', 1],
        [0x28, 4, 'CS', photometric],
        [0x28, 0x10, 'US', SIDE],
        [0x28, 0x11, 'US', SIDE],
        [0x28, 0x100, 'US', bits],
        [0x28, 0x101, 'US', bits === 16 ? 12 : bits],
        [0x28, 0x103, 'US', 0],
        ...more,
        [0x7fe0, 0x10, syntax === '.1' ? 'OW' : 'OB', content],
      ],
      `1.2.840.10008.1.2${syntax}`,
    );

  it('whose run lengths end within a literal is damaged', async () => {
    const whole = runLengths(wide, 2);
    await decodeBytes('scene', frame('.5', whole));
    await expect(decodeBytes('scene', frame('.5', whole.subarray(0, -40)))).rejects.toMatchObject({
      code: 'truncated',
    });
  });

  it('in JPEG-LS of 8 bits beneath 16 allocated is read', async () => {
    const eight = Buffer.from(grey.map(Math.round));
    expect(isScene(await levels(frame('.4.80', await jpegLs(eight, { bitsPerSample: 8 }))))).toBe(true);
  });

  it('without the head of a file is read', async () => {
    const whole = frame('.1', wide, [], 16, [[8, 5, 'CS', 'ISO_IR 100']]);
    const bare = Buffer.from(whole.subarray(144 + whole.readUInt32LE(140)));
    expect(isScene(await levels(bare))).toBe(true);
  });

  it('of a palette has its colours', async () => {
    const tables = [1, 2, 3].flatMap((colour): Elements => [
      [0x28, 0x1100 + colour, 'US', encode([256, 0, 16], 'u16')],
      [
        0x28,
        0x1200 + colour,
        'OW',
        encode(
          Array.from({ length: 256 }, (_, i) => (colour === 1 ? i : 255 - i) * 257),
          'u16',
        ),
      ],
    ]);
    const eight = Buffer.from(grey.map(Math.round));
    const file = frame('.1', eight, tables, 8, [], 'PALETTE COLOR');
    const { data } = await decodeBytes('scene', file);
    expect(
      meanDifference(
        data,
        grey.flatMap((level) => [level, 255 - level, 255 - level]),
      ),
    ).toBeLessThan(1);
  });
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
    [frame + 4, 12, 'JPEG, 12 bits'],
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
