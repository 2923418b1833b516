/** Pages, planes, frames and channels of one file: which of them its picture is of, and what it says of the others. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { xray } from '../../helpers/dicomForms.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { encode, npy, SIDE, tiff, values } from '../../helpers/rasters.ts';
import { expectScene, channel, reference } from '../../helpers/seen.ts';

const folder = sharedFolder('measured-pages');

const decode = (bytes: Buffer, rule = {}) => decodeBytes('scene', bytes, {}, { ...defaultRule, ...rule });
const u16 = (low: number, high: number) => encode(values(low, high), 'u16');
const tiffPage = (numbers: number[]) => ({ type: 'f32' as const, pixels: encode(numbers, 'f32') });
const colours = values(10, 240, [1, 0.6, 0.3]);

describe('pages', () => {
  const plane = (low: number, high: number) => ({ type: 'u16' as const, pixels: u16(low, high) });

  it('a reduced copy is passed over', async () => {
    const small = {
      samples: 3,
      photometric: 2,
      width: 12,
      height: 12,
      subfile: 1,
      pixels: Buffer.alloc(12 * 12 * 3, 99),
    };
    const image = await decode(tiff(small, { samples: 3, photometric: 2, pixels: encode(colours, 'u8') }));
    expect([...image.data]).toEqual(colours.map(Math.round));
  });

  it('of a stack the plane with the most to see is taken, and the others are told', async () => {
    const file = tiff(
      { ...plane(3, 3), description: 'ImageJ=1.53\nimages=3\nslices=3\n' },
      plane(90, 3000),
      plane(5, 9),
    );
    const image = await decode(file);
    expectScene(channel(image));
    expect(image.notes).toEqual([{ key: 'note.pages', values: { count: 2 } }]);
    expect(channel(await decode(file, { page: 3 }))).not.toEqual(channel(image));
    expectScene(channel(await decode(file, { page: 'max' })));
  });

  it('the brightest of a stack is no value that was not measured, and the least where that is white', async () => {
    const hole = (from: number, to: number) =>
      values(100, 900).map((value, i) => (i >= from && i < to ? 65535 : value));
    const page = (from: number, to: number) => ({
      ...plane(0, 1),
      nodata: '65535',
      pixels: encode(hole(from, to), 'u16'),
    });
    const half = (SIDE * SIDE) / 2;
    expectScene(channel(await decode(tiff(page(0, half), page(half, 2 * half)), { page: 'max' })));

    const echo = (from: number, to: number) =>
      tiffPage(values(100, 900).map((value, i) => (i >= from && i < to ? Infinity : value)));
    expectScene(channel(await decode(tiff(echo(0, half), echo(half, 2 * half)), { page: 'max' })));

    const white = (left: boolean) => values(900, 100).map((value, i) => (i % SIDE < SIDE / 2 === left ? value : 1000));
    const inverted = (left: boolean) => ({ ...plane(0, 1), photometric: 0, pixels: encode(white(left), 'u16') });
    expectScene(channel(await decode(tiff(inverted(true), inverted(false)), { page: 'max' })));
  });

  it('the brightest is found in every channel by itself, over frames and over planes of an array', async () => {
    const half = (left: boolean) => values(100, 900).map((value, i) => (i % SIDE < SIDE / 2 === left ? value : 100));
    const [left, right] = [true, false].map((isLeft) => ({ ...plane(0, 1), pixels: encode(half(isLeft), 'u16') }));
    const ome = '<OME><Pixels SizeC="2" SizeZ="2" SizeT="1" DimensionOrder="XYCZT"/></OME>';
    const channels = await decode(
      tiff({ ...left!, description: ome }, plane(500, 4000), right!, plane(500, 600)),
      { page: 'max' }, // prettier-ignore
    );
    expectScene(channel(channels, 0));
    expectScene(channel(channels, 1));
    expect(channels.notes).toEqual([{ key: 'note.channels', values: { count: 2, shown: '1, 2' } }]);

    const frames = xray('MONOCHROME2', [...half(true), ...half(false)], [[0x28, 8, 'IS', '2']]);
    const white = [true, false].flatMap((isLeft) => half(isLeft).map((value) => 1000 - value));
    const inverted = xray('MONOCHROME1', white, [[0x28, 8, 'IS', '2']]);
    const planes = Array.from({ length: 20 }, (_, i) => half(i % 2 === 0)).flat();
    for (const file of [frames, inverted, npy('<u2', [20, SIDE, SIDE], encode(planes, 'u16'))]) {
      const image = await decode(file, { page: 'max' });
      expectScene(channel(image));
      expect(image.notes).toEqual([]);
    }
  });

  it('an array of one picture may have axes of one', async () => {
    for (const shape of [
      [1, SIDE, SIDE, 3],
      [1, 1, SIDE, SIDE * 3],
      [SIDE, SIDE, 1, 3],
    ])
      // prettier-ignore
      expect((await decode(npy('|u1', shape, encode(colours, 'u8')))).height).toBe(SIDE);
  });

  it('channels are colours, each by its own range, and an empty one is left out', async () => {
    const ome = '<OME><Image><Pixels SizeC="3" SizeZ="1" SizeT="1" DimensionOrder="XYCZT"/></Image></OME>';
    const image = await decode(tiff({ ...plane(100, 110), description: ome }, plane(100, 900), plane(500, 4000)));
    expectScene(channel(image, 1));
    expectScene(channel(image, 2));
    expect(image.notes[0]).toEqual({ key: 'note.channels', values: { count: 3, shown: '1, 2, 3' } });
  });

  it('an array of few planes has bands, and a stack where a plane is asked for', async () => {
    const upside = [...reference].reverse();
    const plane = (i: number) => (i === 4 ? values(100, 900) : i === 5 ? values(100, 900).reverse() : values(100, 103));
    const array = (count: number) =>
      npy('<u2', [count, SIDE, SIDE], encode(Array.from({ length: count }, (_, i) => plane(i)).flat(), 'u16'));
    expect((await decode(array(7))).notes[0]!.key).toBe('note.bands');
    const fifth = await decode(array(7), { page: 5 });
    expect(fifth.notes).toEqual([{ key: 'note.pages', values: { count: 6 } }]);
    expectScene(channel(fifth));
    expectScene(channel(await decode(array(7), { page: 6 })), upside);
    expectScene(channel(await decode(array(7), { page: 'max', bands: '5' })));
    const most = reference.map((level, i) => Math.max(level, upside[i]!));
    expectScene(channel(await decode(array(7), { page: 'max' })), most);
    expect((await decode(array(3), { page: 2 })).notes).toEqual([]); // red, green and blue
    const path = join(folder, 'seven.npy');
    writeFileSync(path, array(7));
    const { parts } = (await divideFile(path, DEFAULT_LIMITS, { ...defaultRule, page: 'each' }))!;
    expect(parts.map(({ part }) => part)).toEqual(Array.from({ length: 7 }, (_, i) => `page=${i + 1}`));
    expectScene(channel(await readPart(path, 'page=6', DEFAULT_LIMITS, defaultRule)), upside);
  });
});
