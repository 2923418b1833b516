/** The brightest of all planes in a part of a file, and in its tiles, as in the whole. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePart } from '../../../shared/parts.ts';
import { cut } from '../../../src-main/images/decode/openFile.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { encode, SIDE, tiff, values } from '../../helpers/rasters.ts';
import type { Page } from '../../helpers/rasters.ts';
import { meanDifference } from '../../helpers/scene.ts';

const folder = sharedFolder('brightest');
const rule = { ...defaultRule, page: 'max' as const, rule: 'fixed' as const, low: 0, high: 4095, tiles: 16 };

/** A plane that shows the scene in these rows alone. */
const rows = (from: number, to: number) => (value: number, i: number) =>
  Math.floor(i / SIDE) >= from && Math.floor(i / SIDE) < to ? value : 90;
const half = (from: number, to: number, description?: string): Page => ({
  ...(description !== undefined && { description }),
  type: 'u16',
  pixels: encode(values(300, 4095).map(rows(from, to)), 'u16'),
});
const colours = (from: number, to: number): Page => ({
  ...{ samples: 3, photometric: 2 },
  pixels: encode(
    values(20, 250, [1, 0.6, 0.3]).map((level, i) => rows(from, to)(level, Math.floor(i / 3))),
    'u8',
  ),
});

it.each<[string, Page[]]>([
  ['pages', [half(0, 24), half(24, SIDE)]],
  ['a stack', [half(0, 24, 'ImageJ=1.53\nimages=2\nslices=2\n'), half(24, SIDE)]],
  [
    'a stack of two channels',
    [half(0, 24, 'ImageJ=1.53\nimages=4\nchannels=2\nslices=2\nmode=composite\n'), half(0, 9), half(24, SIDE), half(9, SIDE)], // prettier-ignore
  ],
  ['pages of colours', [colours(0, 24), colours(24, SIDE)]],
])('of %s', async (name, pages) => {
  const path = join(folder, `${name}.tif`);
  const bytes = tiff(...pages);
  writeFileSync(path, bytes);
  const whole = await decodeBytes(name, bytes, {}, rule);
  const { parts } = (await divideFile(path, DEFAULT_LIMITS, rule))!;
  expect(parts.map(({ part }) => parsePart(part).page)).toEqual(parts.map(() => null));
  for (const { part } of [{ part: '' }, ...parts]) {
    const shown = await readPart(path, part, DEFAULT_LIMITS, rule);
    const expected = part === '' ? whole : cut(whole, parsePart(part).tile!);
    expect(meanDifference(shown.data, [...expected.data])).toBeLessThan(0.5);
  }
});
