/** Pages that are smaller copies of another, of which nothing but their sizes or the kind of file tells: no photos of their own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { tiff } from '../../helpers/rasters.ts';
import type { Page } from '../../helpers/rasters.ts';

const folder = sharedFolder('copies');

/** A page of this size, of `level` alone but for one dark half, so that none is a blank one. */
const page = (width: number, height: number, level: number, more: Partial<Page> = {}): Page => ({
  ...{ width, height, ...more },
  pixels: Buffer.alloc(width * height, level).fill(20, 0, Math.floor(height / 2) * width),
});
const tiled = (width: number, height: number, level: number): Page => ({ ...page(width, height, level), tile: 64 });

/** Parts where every page is a photo, null where there is one alone; and what is told of the others. */
async function looked(name: string, pages: readonly Page[]) {
  const path = join(folder, name);
  const bytes = tiff(...pages);
  writeFileSync(path, bytes);
  const division = await divideFile(path, DEFAULT_LIMITS, { ...defaultRule, page: 'each' });
  const { width, notes } = await decodeBytes(name, bytes);
  return { width, parts: division?.parts.map(({ part }) => part) ?? null, notes: notes.map(({ values }) => values) };
}
const one = (width: number) => ({ width, parts: null, notes: [] });

it.each<[string, Page[]]>([
  ['halved twice', [page(800, 601, 200), page(400, 301, 200), page(200, 150, 200)]],
  ['of tiles, halved once', [tiled(768, 640, 200), tiled(384, 320, 200)]],
  [
    'of a slide of Aperio, beside a thumbnail',
    [page(800, 600, 200, { description: 'Aperio Image Library v12' }), page(768, 576, 200), page(200, 150, 200)],
  ],
  [
    'of a slide of Hamamatsu',
    [page(800, 600, 200, { hamamatsu: true }), page(200, 150, 200, { hamamatsu: true })], // prettier-ignore
  ],
])('levels %s are one photo with what they are of', async (name, pages) => {
  expect(await looked(`${name}.tif`, pages)).toEqual(one(pages[0]!.width!));
});

it('two small copies that come first are passed over', async () => {
  const pages = [page(80, 60, 200), page(160, 120, 200), page(640, 480, 200)];
  expect(await looked('first.tif', pages)).toEqual(one(640));
});

it('each of several pictures has its levels behind it, and pages keep their numbers', async () => {
  const pages = [200, 90].flatMap((level) => [tiled(256, 128, level), tiled(128, 64, level)]);
  expect(await looked('two.tif', pages)).toMatchObject({ width: 256, parts: ['page=1', 'page=3'] });
  const third = await readPart(join(folder, 'two.tif'), 'page=3', DEFAULT_LIMITS, defaultRule);
  const fourth = await readPart(join(folder, 'two.tif'), 'page=4', DEFAULT_LIMITS, defaultRule);
  expect([third.width, third.data.at(-1), fourth.width, fourth.data.at(-1)]).toEqual([256, 90, 128, 90]);
});

it('a page of half the size is a page of its own, unless both are of tiles', async () => {
  const scans = [page(800, 600, 200), page(400, 300, 90)];
  expect(await looked('scans.tif', scans)).toMatchObject({
    width: 800,
    parts: ['page=1', 'page=2'],
    notes: [{ count: 1 }],
  });
});
