/** Pages that are channels of one picture by what Akoya's scanners (QPTIFF), tifffile and copies below them say. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeBands, decodeBytes } from '../../../src-main/images/index.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { encode, SIDE, tiff, values } from '../../helpers/rasters.ts';
import type { Page } from '../../helpers/rasters.ts';
import { channel, expectScene, reference } from '../../helpers/seen.ts';

const folder = sharedFolder('channel-pages');
const decode = (bytes: Buffer, rule = {}) => decodeBytes('scene.tif', bytes, {}, { ...defaultRule, ...rule });

/** The scene, the scene upside down, and the scene on its side. */
const upright = values(80, 4095);
const turned = [...upright].reverse();
const lying = upright.map((_, i) => upright[(i % SIDE) * SIDE + Math.floor(i / SIDE)]!);
const upside = [...reference].reverse();
const aside = reference.map((_, i) => reference[(i % SIDE) * SIDE + Math.floor(i / SIDE)]!);
const empty = upright.map(() => 90);

const page = (numbers: readonly number[], more: Partial<Page> = {}): Page => ({
  type: 'u16',
  pixels: encode(numbers, 'u16'),
  ...more,
});
const halfOf = (numbers: readonly number[]) => numbers.filter((_, i) => i % 2 === 0 && Math.floor(i / SIDE) % 2 === 0);
const half = { width: SIDE / 2, height: SIDE / 2 };

describe('a slide of Akoya (QPTIFF)', () => {
  const said = (kind: string, name = '', colour = '') =>
    `<?xml version="1.0" encoding="utf-16"?><PerkinElmer-QPI-ImageDescription><ImageType>${kind}</ImageType>` +
    `<Name>${name}</Name><Color>${colour}</Color><Filter><Name>another</Name></Filter></PerkinElmer-QPI-ImageDescription>`;
  const stains: [string, string, number[]][] = [
    ['DAPI', '0,0,255', upright],
    ['Opal 570', '255,0,0', turned],
    ['Opal 690', '0,0,0', lying],
  ];
  const glass = (kind: string): Page => ({
    samples: 3,
    photometric: 2,
    description: said(kind),
    ...{ width: 20, height: 20, pixels: Buffer.alloc(1200, 200) },
  });
  const slide = (subfile: number): Buffer =>
    tiff(
      ...stains.map(([name, colour, of]) => page(of, { description: said('FullResolution', name, colour) })),
      glass('Thumbnail'),
      ...stains.map(([name, , of]) =>
        page(halfOf(of), { ...half, subfile, description: said('ReducedResolution', name) }),
      ),
      glass('Overview'),
      glass('Label'),
    );

  it.each([0, 1])(
    'is one picture of its channels in their colours, without copies and glass (subfile %s)',
    async (subfile) => {
      const file = slide(subfile);
      const image = await decode(file);
      expect(image.notes).toEqual([{ key: 'note.channels', values: { count: 3, shown: '1, 2, 3' } }]);
      expectScene(channel(image, 1), aside); // what is said to be black is white
      const sum = reference.map((level, i) => Math.min(255, level + aside[i]!));
      expectScene(channel(image, 2), sum);
      expectScene(channel(await decode(file, { bands: 'opal 570' })), upside);
      const bands = await decodeBands('scene.tif', file, {}, { ...defaultRule, channels: 3 });
      expect([bands.image.channels, bands.image.width]).toEqual([3, SIDE]);
    },
  );

  it('shows small each channel from its own copy, alone and together', async () => {
    const path = join(folder, `slide.tif`);
    writeFileSync(path, slide(0));
    const { parts } = (await divideFile(path, DEFAULT_LIMITS, { ...defaultRule, page: 'each' }))!;
    expect(parts.map(({ part }) => part)).toEqual(['page=1', 'page=2', 'page=3']);
    const levels = ({ data }: { data: Uint8Array }, c: number) => [...data].filter((_, i) => i % 3 === c);
    const second = await readPart(path, 'page=2', DEFAULT_LIMITS, defaultRule, SIDE / 2);
    expectScene(levels(second, 0), halfOf(upside));
    const all = await readPart(path, '', DEFAULT_LIMITS, defaultRule, SIDE / 2);
    expectScene(levels(all, 1), halfOf(aside));
  });
});

describe('the axes that tifffile writes', () => {
  const shape = (axes: string, sizes: readonly number[], more = {}) =>
    JSON.stringify({ shape: [...sizes, SIDE, SIDE], axes, ...more })
      .replaceAll(':', ': ')
      .replaceAll(',', ', ');
  const stack = (description: string, ...planes: number[][]) =>
    tiff(...planes.map((of, i) => page(of, i === 0 ? { description } : {})));

  it('make channels of pages, which are chosen by name', async () => {
    const file = stack(shape('CYX', [3], { Channel: { Name: ['DAPI', 'GFP', 'Cy5'] } }), upright, turned, lying);
    const image = await decode(file);
    expect(image.notes).toEqual([{ key: 'note.channels', values: { count: 3, shown: '1, 2, 3' } }]);
    [reference, upside, aside].forEach((of, c) => expectScene(channel(image, c), of));
    expectScene(channel(await decode(file, { bands: 'cy5' })), aside);
  });

  it.each([
    ['ZCYX', [2, 2], [empty, empty, upright, turned]],
    ['CTYX', [2, 2], [empty, upright, empty, turned]],
    ['TCZYX', [2, 2, 1], [empty, empty, upright, turned]],
  ] as const)('say which plane of %s a page is', async (axes, sizes, planes) => {
    const image = await decode(stack(shape(axes, sizes), ...planes.map((of) => [...of])));
    expectScene(channel(image, 1)); // of two the first is green, the second magenta
    expectScene(channel(image, 0), upside);
  });

  it('lie behind one directory, too', async () => {
    const description = shape('CYX', [2], { truncated: true });
    const image = await decode(tiff({ ...page(upright), description, pixels: encode([...upright, ...turned], 'u16') }));
    expectScene(channel(image, 1));
    expectScene(channel(image, 0), upside);
  });

  it.each([
    ['of depth', shape('ZYX', [2])],
    ['of more pages than there are', shape('CYX', [3])],
    ['that nobody named', shape('QYX', [2])],
    ['of another number', shape('CZYX', [2])],
    ['that are no JSON', '{"shape": [2, 48, 48], "axes": "CYX"'],
  ])('%s make no channels', async (_, description) => {
    const image = await decode(stack(description, empty, turned));
    expect(image.notes).toEqual([{ key: 'note.pages', values: { count: 1 } }]);
    expectScene(channel(image), upside);
  });
});

it('of channels whose copies lie below them a small picture is made from these', async () => {
  const ome = '<OME><Image><Pixels SizeC="2" SizeZ="1" SizeT="1" DimensionOrder="XYCZT"/></Image></OME>';
  const below = (of: readonly number[]) => ({ subs: [page(halfOf(of), { ...half, subfile: 1 })] });
  const path = join(folder, 'pyramid.ome.tif');
  // other pictures in the copies, to tell them by
  writeFileSync(path, tiff(page(upright, { description: ome, ...below(turned) }), page(turned, below(upright))));
  const { data } = await readPart(path, '', DEFAULT_LIMITS, defaultRule, SIDE / 2);
  const small = [...data].filter((_, i) => i % 3 === 1);
  expect(small).toHaveLength((SIDE / 2) ** 2);
  expectScene(small, halfOf(upside));
});
