/** What files call their bands and channels: which are true colour, what they are shown in, and where they lie. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import { preprocessingOf } from '../../../src-main/export/preprocessing.ts';
import { prepareLines } from '../../../src-main/export/prepareLines.ts';
import { bandRanges, decodeBands, decodeBytes, formatRanges, normalisationOf } from '../../../src-main/images/index.ts';
import { formatStatistics } from '../../../src-main/images/normalize.ts';
import { trueColour } from '../../../src-main/images/decode/bandNames.ts';
import { measureFile, rangesOf, statisticsOf } from '../../../src-main/images/decode/measure.ts';
import { readPart } from '../../../src-main/images/decode/regions.ts';
import { DEFAULT_LIMITS } from '../../../src-main/images/decode/types.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { divideFile } from '../../../src-main/images/tiles.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { imagej } from '../../helpers/imagej.ts';
import { encode, SIDE, tiff, values } from '../../helpers/rasters.ts';
import type { Page } from '../../helpers/rasters.ts';
import { channel, expectScene, reference } from '../../helpers/seen.ts';

const folder = sharedFolder('band-names');
const decode = (bytes: Buffer, rule = {}) => decodeBytes('scene.tif', bytes, {}, { ...defaultRule, ...rule });

describe('true colour', () => {
  it.each([
    ['words', 'blue green red nir', [2, 1, 0]],
    ['words among others', 'coastal,blue (490 nm),green (560 nm),red (665 nm),red edge (705 nm)', [3, 2, 1]],
    ['words beside infrared', 'near infrared red,red,green,blue', [1, 2, 3]],
    ['numbers of Sentinel-2', 'b02,b03,b04,b08', [2, 1, 0]],
    ['the same without a zero', 'b2,b3,b4,b8', [2, 1, 0]],
    ['numbers of Landsat 8', 'sr_b1,sr_b2,sr_b3,sr_b4,sr_b5,sr_b6,sr_b7', [3, 2, 1]],
    ['numbers of Landsat 5', 'sr_b1,sr_b2,sr_b3,sr_b4,sr_b5,sr_b7', [2, 1, 0]],
    ['numbers that any file may have', 'b1,b2,b3,b4', null],
    ['two reds', 'red 1,red 2,green,blue', null],
    ['nothing', '', null],
  ])('is told by %s', (_, names, expected) => {
    expect(trueColour(names.split(names.includes(',') ? ',' : ' '))).toEqual(expected);
  });

  it('is shown where bands lie otherwise, by their names or by what colour they are', async () => {
    const scene = encode(values(100, 900, [0.3, 0.6, 1, 0.1]), 'u16');
    const item = (role: string, names: readonly string[]) =>
      `<GDALMetadata>${names.map((name, i) => `<Item name="X" sample="${i}" role="${role}">${name}</Item>`).join('')}</GDALMetadata>`;
    for (const metadata of [
      item('description', ['B02', 'B03', 'B04', 'B08']),
      item('colorinterp', ['Blue', 'Green', 'Red', 'Undefined']),
    ]) {
      const file = tiff({ type: 'u16', samples: 4, extra: [0, 0, 0], metadata, pixels: scene });
      const image = await decode(file);
      expect(image.notes[0]!.values).toEqual({ count: 4, shown: '3, 2, 1' });
      const mean = (c: number) => channel(image, c).reduce((sum, value) => sum + value, 0);
      expect(mean(0)).toBeGreaterThan(mean(1));
      expect(mean(1)).toBeGreaterThan(mean(2));
    }
  });
});

describe('bands chosen by name', () => {
  const named = (names: readonly string[], factors: readonly number[]) =>
    tiff({
      type: 'u16',
      samples: names.length,
      extra: names.slice(1).map(() => 0),
      metadata: names.map((name, i) => `<Item name="D" sample="${i}" role="description">${name}</Item>`).join(''),
      pixels: encode(values(0, 1000, factors), 'u16'),
    });
  const one = named(['blue', 'green', 'red', 'nir'], [0.1, 0.2, 0.4, 1]);
  const other = named(['nir', 'red', 'green', 'blue'], [1, 0.4, 0.2, 0.1]);
  const rule = { ...defaultRule, channels: 2, bands: 'nir,red' };

  it('are scaled by the ranges of those bands wherever they lie, and exported with them in their order', async () => {
    const measured = [];
    for (const file of [one, other]) measured.push((await measureFile('a.tif', file, DEFAULT_LIMITS, rule))!);
    expect(measured.map(({ bands }) => bands!.kind)).toEqual(['uint16x2n', 'uint16x2n']);
    const ranges = rangesOf(measured, rule.percentiles);
    const input = {
      ...rule,
      ranges: formatRanges(ranges),
      statistics: formatStatistics(statisticsOf(measured, ranges, rule)),
    };
    const [range, ...more] = bandRanges(input);
    expect(more).toEqual([]);
    expect(range!.kind).toBe('uint16x2n');
    expect(range!.high[0]! / range!.high[1]!).toBeCloseTo(2.5, 1);
    const [a, b] = [await decodeBands('a.tif', one, {}, input), await decodeBands('b.tif', other, {}, input)];
    expect([...a.image.data]).toEqual([...b.image.data]);
    expect(Math.max(...a.image.data.subarray(SIDE * SIDE))).toBe(255);
    const { mean } = normalisationOf(input);
    expect(mean[0]).toBeCloseTo(mean[1]!, 2);
    expect(mean[0]).not.toBe(0.449);
    const exported = preprocessingOf({ imageSize: 32, input: parseConfig({ input }).input });
    expect(exported.bands).toMatchObject({ count: 2, chosen: 'nir,red', ranges: [range] });
    expect(prepareLines(exported)).toContain(
      `low, high = np.float64([${range!.low.join(', ')}]), np.float64([${range!.high.join(', ')}])`,
    );
  });

  it('of a run that was measured before are scaled and exported as they were, by the ranges of all bands', async () => {
    const input = {
      ...rule,
      ranges: 'uint16x4b 0..100, 0..200, 0..400, 0..1000',
      statistics: '4 0.1/0.2, 0.3/0.2, 0.5/0.2, 0.7/0.2',
    };
    const { data } = (await decodeBands('a.tif', one, {}, input)).image;
    expect(Math.max(...data.subarray(0, SIDE * SIDE))).toBe(Math.max(...data.subarray(SIDE * SIDE)));
    expect(bandRanges(input)).toEqual([{ kind: 'uint16x4b', low: [0, 0, 0, 0], high: [100, 200, 400, 1000] }]);
    expect(normalisationOf(input).mean).toEqual([0.449, 0.449]);
    const lines = prepareLines(preprocessingOf({ imageSize: 32, input: parseConfig({ input }).input }));
    expect(lines).toContain("places = []  # where nir,red lie among the file's bands, from 0");
    expect(lines).toContain('np.float64([0, 0, 0, 0])[places], np.float64([100, 200, 400, 1000])[places]');
  });
});

describe('channels of a stack', () => {
  /** The scene, the scene upside down, and nothing. */
  const upright = values(80, 4095);
  const turned = [...upright].reverse();
  const page = (numbers: readonly number[], more: Partial<Page> = {}): Page => ({
    type: 'u16',
    pixels: encode(numbers, 'u16'),
    ...more,
  });
  const upside = [...reference].reverse();

  const description = 'ImageJ=1.53\nimages=2\nchannels=2\nhyperstack=true\nmode=composite\n';

  it.each([false, true])(
    'are shown in the colours that ImageJ gives them, and chosen by its labels (big-endian %s)',
    async (big) => {
      const own = imagej(['c:1/2 - DAPI', 'c:2/2 - GFP'], [[0, 0, 255], [255, 0, 0]], big); // prettier-ignore
      const file = tiff(page(upright, { description, imagej: own }), page(turned));
      const image = await decode(file);
      expectScene(channel(image, 2));
      expectScene(channel(image, 0), upside);
      expect(Math.max(...channel(image, 1))).toBe(0);
      expectScene(channel(await decode(file, { bands: 'gfp' })), upside);
      const grey = tiff(
        page(upright, { description: description.replace('composite', 'grayscale'), imagej: own }),
        page(turned),
      );
      expectScene(channel(await decode(grey), 1)); // of two the first is green, the second magenta
    },
  );

  const ome = (more: string, count = 2) =>
    `<OME><Image><Pixels SizeC="${count}" SizeZ="1" SizeT="1" DimensionOrder="XYCZT">${more}</Pixels></Image></OME>`;

  it('are shown in the colours of OME, whose lights add up', async () => {
    const red = 0xff0000ff | 0;
    const description = ome(`<Channel Color="${red}"/><Channel Color="${0xffff00ff | 0}"/>`);
    const image = await decode(tiff(page(upright, { description }), page(turned)));
    expectScene(channel(image, 1), upside);
    const sum = reference.map((level, i) => Math.min(255, level + upside[i]!));
    expectScene(channel(image, 0), sum);
    const white = await decode(
      tiff(page(upright, { description: ome('<Channel Color="-1"/><Channel Color="-1"/>') }), page(turned)),
    );
    expectScene(channel(white, 1));
    expectScene(channel(white, 0), upside);
  });

  it('lie where OME says, whatever their order', async () => {
    const description = ome('<TiffData FirstC="0" IFD="1"/><TiffData FirstC="1" IFD="0"/>');
    const image = await decode(tiff(page(turned, { description }), page(upright)));
    expectScene(channel(image, 1));
    expectScene(channel(image, 0), upside);
  });

  it('of another size than the first that is shown are left out', async () => {
    const description = ome('<TiffData FirstC="0" IFD="1"/><TiffData FirstC="1" IFD="0"/>');
    const small = page(upright.slice(0, 24 * 24), { width: 24, height: 24 });
    const { width, height, data } = await decode(tiff(page(turned, { description }), small));
    expect([width, height, data.length, Math.max(...data)]).toEqual([24, 24, 3 * 24 * 24, 255]);
    const huge = tiff(page(turned, { description }), page(upright, { height: 50_000_000 }));
    await expect(decode(huge)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('are one picture in its tiles too, and in the middle plane of a stack of one channel', async () => {
    const rule = { ...defaultRule, tiles: 16 };
    const tiles = async (name: string, ...pages: Page[]) => {
      const path = join(folder, name);
      writeFileSync(path, tiff(...pages));
      const { parts } = (await divideFile(path, DEFAULT_LIMITS, rule))!;
      expect(parts.map(({ part }) => part)).toContain('xywh=16,16,16,16');
      const cut = await readPart(path, 'xywh=16,16,16,16', DEFAULT_LIMITS, rule);
      return [0, 1, 2].map((c) => [...cut.data].filter((_, i) => i % 3 === c));
    };
    const inTile = (levels: readonly number[]) =>
      levels.filter((_, i) => Math.floor(i / SIDE / 16) === 1 && Math.floor((i % SIDE) / 16) === 1);
    const own = imagej(['a', 'b'], [[0, 0, 255], [255, 0, 0]]); // prettier-ignore
    const [red, green, blue] = await tiles('channels.tif', page(upright, { description, imagej: own }), page(turned));
    expectScene(blue!, inTile(reference));
    expectScene(red!, inTile(upside));
    expect(Math.max(...green!)).toBe(0);
    const three = 'ImageJ=1.53\nimages=3\nslices=3\n';
    const black = page(new Array<number>(SIDE * SIDE).fill(0));
    const [grey] = await tiles('planes.tif', { ...black, description: three }, page(upright), black);
    expectScene(grey!, inTile(reference));
  });

  it('of the first of several pictures are its own', async () => {
    const second = '<Image><Pixels SizeC="2" SizeZ="1" SizeT="1"/></Image></OME>';
    const description = ome('').replace('</OME>', second);
    const small = page(new Array<number>(24 * 24).fill(9), { width: 24, height: 24 });
    const image = await decode(tiff(page(upright, { description }), page(turned), small, small));
    expect([image.width, image.notes.map(({ key }) => key)]).toEqual([SIDE, ['note.channels', 'note.pages']]);
    expectScene(channel(image, 1));
  });
});
