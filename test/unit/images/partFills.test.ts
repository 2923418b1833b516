/**
 * What stands for "not measured" though no tag says so, in parts of a file: judged for the whole page, so that a part is
 * shown as the file is, however much of the value it holds itself.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { measurePart, readPart, readPartBands } from '../../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { encode, tiff } from '../../helpers/rasters.ts';

const folder = mkdtempSync(join(tmpdir(), 'fills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [WIDTH, HEIGHT, NOTHING] = [512, 256, 65535];
/** No value of the right half is above. */
const DIM = 4000;
/** A part far from where the holes are many, with a few of them (0.6 %) in its corner. */
const [PART, SIDE, FEW] = ['xywh=256,128,128,128', 128, 10];

function mosaic(name: string, low: number, high: number, holes: (x: number, y: number) => boolean): string {
  const numbers = Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return holes(x, y) ? NOTHING : low + ((x * 157 + y * 211) % ((x < WIDTH / 2 ? high : DIM) - low));
  });
  const path = join(folder, name);
  writeFileSync(path, tiff({ type: 'u16', width: WIDTH, height: HEIGHT, pixels: encode(numbers, 'u16') }));
  return path;
}
const isInPart = (x: number, y: number, side: number) => x >= 256 && x < 256 + side && y >= 128 && y < 128 + side;

it('few of them in a part are left out where the file is full of them', async () => {
  const path = mosaic('filled.tif', 100, 4000, (x, y) => x + y < 120 || isInPart(x, y, FEW));
  const { data } = await readPart(path, PART, DEFAULT_LIMITS, defaultRule);
  expect([data[0], data[3 * (FEW * SIDE + FEW)]! > 0]).toEqual([0, true]);
  expect(Math.max(...data)).toBeGreaterThan(250);
  const { values, valid } = (await measurePart(path, PART, DEFAULT_LIMITS, defaultRule))!;
  expect(values[0]!.at(-1)).toBeLessThan(4000);
  expect(valid).toBeLessThan(1);
  const rule = { ...defaultRule, channels: 1, depth: 16, ranges: 'uint16x1 100..4000' };
  expect((await readPartBands(path, PART, DEFAULT_LIMITS, rule)).image.data[0]).toBe(0);
});

it('many of them in a part are values where the file has values as large elsewhere', async () => {
  const path = mosaic('bright.tif', 100, 4000, (x, y) => isInPart(x, y, 4 * FEW));
  const brighter = mosaic('brighter.tif', 100, 60000, (x, y) => isInPart(x, y, 4 * FEW));
  const ranges = 'uint16x1 100..4000';
  const first = async (of: string) =>
    (await readPart(of, PART, DEFAULT_LIMITS, { ...defaultRule, rule: 'fixed', low: 100, high: 4000, ranges })).data[0];
  expect(await first(path)).toBe(0);
  expect(await first(brighter)).toBe(255);
});
