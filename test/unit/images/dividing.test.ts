/** How a file is divided into tiles and pages: which there are, and from which page it is cut. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src-main/images/index.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS as limits } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { isOneTone } from '../../../src-main/images/oneTone.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { dicom, encode, npy, SIDE, tiff, values } from '../../helpers/rasters.ts';
import type { Page } from '../../helpers/rasters.ts';
import { meanDifference } from '../../helpers/scene.ts';

const folder = sharedFolder('dividing');
const write = (name: string, bytes: Buffer) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

describe('dividing', () => {
  it('leaves small images and single pages whole, and makes every page of a stack a photo', async () => {
    const plane = (low: number) => ({ type: 'u16', pixels: encode(values(low, low + 900), 'u16') }) as const;
    const one = write('one.tif', tiff(plane(0)));
    const stack = write('stack.tif', tiff(plane(0), plane(500), plane(1000)));
    const each = { ...defaultRule, page: 'each' as const };
    expect(await divideFile(one, limits, { ...each, tiles: 100 })).toBeNull();
    expect(await divideFile(stack, limits, { ...defaultRule, tiles: 100 })).toBeNull();
    const { parts } = (await divideFile(stack, limits, each))!;
    expect(parts).toEqual([1, 2, 3].map((page) => ({ part: `page=${page}`, width: SIDE, height: SIDE })));
    const means = await Promise.all(
      parts.map(async ({ part }) => {
        const { data } = await readPart(stack, part, limits, { ...each, rule: 'fixed', low: 0, high: 2000 });
        return data.reduce((sum, value) => sum + value, 0) / data.length;
      }),
    );
    expect(means[0]!).toBeLessThan(means[1]! - 40);
    expect(means[1]!).toBeLessThan(means[2]! - 40);
    const tiled = (await divideFile(stack, limits, { ...each, tiles: 32 }))!;
    expect(tiled.parts).toHaveLength(3); // 48 pixels are one and a half tiles
  });

  const [noise, signal] = [values(100, 103), values(100, 900)].map((of) => ({ type: 'u16', pixels: encode(of, 'u16') }) as const); // prettier-ignore
  const colours = (of: readonly number[]) => ({ samples: 3, photometric: 2, pixels: Buffer.from(of.map(Math.round)) });
  const dark = colours(values(0, 1, [1, 1, 1]));
  const bright = colours(values(0, 250, [1, 1, 1]));
  const small = { ...dark, width: SIDE / 4, height: SIDE / 4, pixels: dark.pixels.subarray(0, 3 * (SIDE / 4) ** 2) };
  const ome = '<OME><Image><Pixels SizeC="1" SizeZ="3" SizeT="1" DimensionOrder="XYZCT"/></Image></OME>';
  const channels = '<OME><Image><Pixels SizeC="2" SizeZ="2" SizeT="1" DimensionOrder="XYCZT"/></Image></OME>';
  it.each([
    ['planes of OME', '', [{ ...noise, description: ome }, noise, signal]],
    ['planes of channels', '', [{ ...signal, description: channels }, noise, noise, noise]],
    ['four channels', '', [{ ...noise, description: channels.replace('"2" SizeZ="2', '"4" SizeZ="1') }, noise, noise, signal]], // prettier-ignore
    ['planes in colours', 'page=2&', [{ ...dark, description: 'ImageJ=1.53\nimages=3\nslices=3\n' }, bright, dark]],
    ['pages of a scanner', 'page=2&', [dark, bright, bright]],
    ['pages of which the first has something', 'page=1&', [bright, dark]],
    ['what lies below a thumbnail', '', [{ ...small, subfile: 1, subs: [bright] }]],
    ['pages of values', 'page=3&', [noise, noise, signal]],
  ] as [string, string, Page[]][])('cuts %s from where there is most to see', async (name, page, pages) => {
    const path = write(`${name}.tif`, tiff(...pages));
    const whole = await decodeImage(path);
    const { parts } = (await divideFile(path, limits, { ...defaultRule, tiles: 16 }))!;
    expect(parts.length).toBeGreaterThan(4);
    expect(new Set(parts.map(({ part }) => part.split('xywh')[0]))).toEqual(new Set([page]));
    const seen = await readPart(path, '', limits, defaultRule);
    expect(Math.max(...seen.data) - Math.min(...seen.data)).toBeGreaterThan(200);
    expect(meanDifference(seen.data, [...whole.data])).toBeLessThan(8); // the ranges are of other samples
  });

  const STACK = 18; // more than the bands of one picture
  const planes = Array.from({ length: STACK }, (_, i) => values(100 * i, 100 * i + 900)).flat();
  const frames = (count: number, said = count): Buffer =>
    dicom([
      [0x28, 2, 'US', 1],
      [0x28, 4, 'CS', 'MONOCHROME2'],
      [0x28, 8, 'IS', `${said}`],
      [0x28, 0x10, 'US', SIDE],
      [0x28, 0x11, 'US', SIDE],
      [0x28, 0x100, 'US', 16],
      [0x28, 0x101, 'US', 16],
      [0x28, 0x103, 'US', 0],
      [0x7fe0, 0x10, 'OW', encode(planes.slice(0, count * SIDE * SIDE), 'u16')],
    ]);

  it.each([
    ['frames.dcm', frames(STACK)],
    ['planes.npy', npy('<u2', [STACK, SIDE, SIDE], encode(planes, 'u16'))],
  ])('makes every frame or plane of %s a photo where that is asked for', async (name, bytes) => {
    const path = write(name, bytes);
    const each = { ...defaultRule, page: 'each' as const };
    expect(await divideFile(path, limits, defaultRule)).toBeNull();
    const { parts } = (await divideFile(path, limits, each))!;
    expect(parts.map(({ part }) => part)).toEqual(Array.from({ length: STACK }, (_, i) => `page=${i + 1}`));
    const means: number[] = [];
    for (const { part } of parts) {
      const { data } = await readPart(path, part, limits, { ...each, rule: 'fixed', low: 0, high: 4000 });
      means.push(data.reduce((sum, value) => sum + value, 0) / data.length);
    }
    for (let i = 1; i < means.length; i++) expect(means[i]! - means[i - 1]!).toBeCloseTo(255 / 40, 0);
  });

  it('counts no more frames than are there, whatever a file says of itself', async () => {
    const each = { ...defaultRule, page: 'each' as const };
    const { parts } = (await divideFile(write('boast.dcm', frames(3, 2_000_000_000)), limits, each))!;
    expect(parts).toHaveLength(3);
    for (const short of [
      write('single.dcm', frames(1, 9)),
      write('short.npy', npy('<u2', [4000, SIDE, SIDE], encode(planes, 'u16'))),
    ])
      await expect(divideFile(short, limits, each)).rejects.toMatchObject({ key: 'truncated.announced' });
  });

  it('calls a tile empty by the share that is of one tone', () => {
    const tile = (share: number) => {
      const data = new Uint8Array(100 * 100 * 3).fill(200);
      for (let i = 0; i < 10_000 * share; i++) data.set([i % 150, i % 90, i % 30], i * 3);
      return isOneTone({ width: 100, height: 100, data }, { x: 0, y: 0, width: 100, height: 100 });
    };
    expect([tile(0), tile(0.04), tile(0.06), tile(1)]).toEqual([true, true, false, false]);
  });
});
