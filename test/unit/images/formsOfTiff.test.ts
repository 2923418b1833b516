/**
 * Forms of TIFF that libraries take for something else: byte orders, packed bits, predictors, planes behind one directory,
 * colours. Each holds the scene of rasters.ts, written byte by byte.
 */
import { deflateSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { labToSrgb } from '../../../src-main/images/decode/lab.ts';
import { readBlocks } from '../../../src-main/images/decode/tiffBlocks.ts';
import { pageOf } from '../../../src-main/images/decode/tiffPages.ts';
import { encode, SIDE, tiff, values } from '../../helpers/rasters.ts';
import type { SampleType } from '../../helpers/rasters.ts';
import { grey, isScene, levels, meanDifference, numbers, rgb, wide } from '../../helpers/scene.ts';

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
    const page = pageOf({ at: 0, tags, texts: new Map(), profile: null, white: null, planes: 0, page: 0, sub: null });
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

  it('has planes of MetaMorph behind one directory', async () => {
    const empty = Buffer.alloc(wide.length);
    const file = tiff({ type: 'u16', planes: 3, pixels: Buffer.concat([empty, wide, empty]) });
    expect(isScene(await levels(file))).toBe(true);
    expect((await levels(file, { page: 3 })).every((level) => level === 0)).toBe(true);
  });

  it('of one band that says nothing of its colours is grey', async () => {
    expect(await levels(tiff({ photometric: null, pixels: Buffer.from(grey) }))).toEqual(Uint8Array.from(grey));
  });

  it('of YCbCr that no codec spreads has its colours', async () => {
    const ycc = Array.from({ length: SIDE * SIDE }, (_, i) => {
      const [r, g, b] = rgb.slice(3 * i, 3 * i + 3) as [number, number, number];
      const y = 0.299 * r + 0.587 * g + 0.114 * b;
      return [y, 128 + (b - y) / 1.772, 128 + (r - y) / 1.402].map(Math.round);
    });
    const file = tiff({ samples: 3, photometric: 6, subsampling: [1, 1], pixels: Buffer.from(ycc.flat()) });
    expect(meanDifference((await decodeBytes('scene', file)).data, rgb)).toBeLessThan(1);
  });

  it('of Lab is relative to the white that it names', () => {
    const tags = new Map([
      [258, [16, 16, 16]],
      [262, [8]],
      [277, [3]],
    ]);
    const lab = (white: [number, number] | null) =>
      labToSrgb(
        {
          ...pageOf({ at: 0, tags, texts: new Map(), profile: null, white, planes: 0, page: 0, sub: null }),
          width: 1,
          height: 1,
        },
        [[0.5324 * 65535], [80.09 * 256], [67.2 * 256]].map((value) => Uint16Array.from(value)),
      ).data;
    expect([...lab([0.3127, 0.329])]).toEqual([255, 0, 0]); // sRGB's red as CIE has it at D65
    expect([...lab(null)]).not.toEqual([255, 0, 0]);
  });

  it('of five inks is shown by the first four', async () => {
    const inks = Array.from({ length: SIDE * SIDE }, (_, i) => [
      ...rgb.slice(3 * i, 3 * i + 3).map((v) => 255 - v),
      0,
      9,
    ]);
    const file = tiff({ samples: 5, photometric: 5, pixels: Buffer.from(inks.flat()) });
    expect(meanDifference((await decodeBytes('scene', file)).data, rgb)).toBeLessThan(1);
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
