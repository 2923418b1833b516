/** Bands as they are: from the file to the cache and to what the network is fed, each band by itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import { backboneShapes } from '../../../shared/backbone.ts';
import { fitWeights, spreadStem } from '../../../shared/givenWeights.ts';
import { Encoder, initialState } from '../../../src-main/engine/index.ts';
import { loadBackbone } from '../../../src-main/engine/weights.ts';
import { evaluationBands, imageOf, trainingBands } from '../../../src-main/images/bands.ts';
import type { BandImage } from '../../../src-main/images/bands.ts';
import { turned } from '../../../src-main/images/decode/bandImage.ts';
import { buildCache, decodeBands, ImageCache, normalisationOf } from '../../../src-main/images/index.ts';
import type { PixelRule } from '../../../src-main/images/index.ts';
import { normalizer } from '../../../src-main/images/normalize.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { bandScene, bandValues } from '../../helpers/bands.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { encode, npy, SIDE, tiff, values } from '../../helpers/rasters.ts';

const folder = sharedFolder('bands');

const ranges = 'uint16x5b 0..4000, 0..4000, 0..4000, 100..900, 0..1000';
const five: PixelRule = { ...defaultRule, channels: 5, ranges };
const decode = async (bytes: Buffer, rule: PixelRule) => (await decodeBands('scene', bytes, {}, rule)).image;
const level = (value: number, low: number, high: number, most: number) =>
  Math.min(most, Math.max(0, Math.floor((Math.round(value) - low) * (most / (high - low)) + 0.5)));

describe('bands of a file', () => {
  const scene = bandScene(3, 1, 40);
  const measured = bandValues(3, 1, 40);

  it.each([
    [8, 255],
    [16, 65535],
  ])('keep what was measured, in %i bits between the values of the folder', async (depth, most) => {
    const { width, height, channels, data } = await decode(scene, { ...five, depth });
    expect([width, height, channels, data.constructor.name]).toEqual([
      40,
      40,
      5,
      depth === 8 ? 'Uint8Array' : 'Uint16Array',
    ]);
    for (let i = 0; i < 1600; i++) {
      expect(data[i]).toBe(level(measured[i]!, 0, 4000, most));
      expect(data[3 * 1600 + i]).toBe(level(measured[3 * 1600 + i]!, 100, 900, most));
    }
  });

  it('can be chosen, and keep their ranges', async () => {
    const all = await decode(scene, five);
    const { channels, data } = await decode(scene, { ...five, channels: 2, bands: '5,4' });
    expect(channels).toBe(2);
    expect(data.subarray(0, 1600)).toEqual(all.data.subarray(4 * 1600));
    expect(data.subarray(1600)).toEqual(all.data.subarray(3 * 1600, 4 * 1600));
  });

  it('of another number than is trained on are said', async () => {
    await expect(decode(scene, { ...five, channels: 4 })).rejects.toMatchObject({
      key: 'unsupported.bands-count',
      values: { count: 5, wanted: 4 },
    });
    await expect(decode(scene, { ...five, channels: 2, bands: '5,6' })).rejects.toMatchObject({
      key: 'unsupported.bands-missing',
    });
    const photo = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#468' } })
      .jpeg()
      .toBuffer();
    await expect(decode(photo, five)).rejects.toMatchObject({ key: 'unsupported.bands-count', values: { count: 3 } });
    const { channels, data } = await decode(photo, { ...five, channels: 3 });
    expect(channels).toBe(3);
    for (const [i, value] of [0x44, 0x66, 0x88].entries()) expect(Math.abs(data[600 * i]! - value)).toBeLessThan(3);
  });

  it('lie in pages, channels of OME and axes of arrays alike', async () => {
    const planes = [1, 0.5, 0.25, 0.125].map((scale) => encode(values(0, 1000, [scale]), 'u16'));
    const rule: PixelRule = { ...defaultRule, channels: 4, rule: 'fixed', low: 0, high: 1000 };
    const pages = await decode(tiff(...planes.map((pixels) => ({ type: 'u16' as const, pixels }))), rule);
    const chunky = encode(values(0, 1000, [1, 0.5, 0.25, 0.125]), 'u16');
    const one = await decode(tiff({ type: 'u16', samples: 4, extra: [0, 0, 0], pixels: chunky }), rule);
    const array = await decode(npy('<u2', [4, SIDE, SIDE], Buffer.concat(planes)), rule);
    const ome = '<OME><Image><Pixels SizeC="4" SizeZ="1" SizeT="1" DimensionOrder="XYCZT"/></Image></OME>';
    const channels = await decode(
      tiff(...planes.map((pixels, i) => ({ type: 'u16' as const, pixels, ...(i === 0 && { description: ome }) }))),
      rule,
    );
    for (const other of [one, array, channels]) expect(other).toEqual(pages);
    expect(pages.channels).toBe(4);
  });

  it('turn upright plane by plane, as a photo does', async () => {
    const rgb = Buffer.from(Array.from({ length: 3 * 5 * 4 }, (_, i) => (i * 37) % 256));
    const plane: BandImage = {
      width: 5,
      height: 4,
      channels: 1,
      data: Uint8Array.from(rgb.filter((_, i) => i % 3 === 0)),
    };
    for (let orientation = 2; orientation <= 8; orientation++) {
      const jpeg = await sharp(rgb, { raw: { width: 5, height: 4, channels: 3 } })
        .png()
        .withMetadata({ orientation })
        .toBuffer();
      const upright = await sharp(jpeg).autoOrient().raw().toBuffer({ resolveWithObject: true });
      const own = turned(plane, orientation);
      expect([own.width, own.height]).toEqual([upright.info.width, upright.info.height]);
      expect([...own.data]).toEqual([...upright.data.filter((_, i) => i % 3 === 0)]);
    }
  });
});

describe('the cache of bands', () => {
  it('holds them in 8 or 16 bits, beside that of pictures, and gives them normalised', async () => {
    const files = [0, 1, 2].map((i) => ({ id: `photo ${i}`, path: join(folder, `${i}.tif`) }));
    files.forEach(({ path }, i) => writeFileSync(path, bandScene(i, i, 40)));
    writeFileSync(join(folder, 'other.tif'), tiff({ type: 'u16', pixels: encode(values(0, 900), 'u16') }));
    const statistics = '5 0.5/0.25, 0.4/0.2, 0.3/0.1, 0.2/0.1, 0.1/0.05';
    for (const depth of [8, 16]) {
      const rule: PixelRule = { ...five, depth, statistics };
      const build = () =>
        buildCache({
          files: [...files, { id: 'other', path: join(folder, 'other.tif') }],
          directory: join(folder, 'cache'),
          imageSize: 16,
          rule,
          workers: 1,
        });
      const { cache, skipped } = await build();
      expect(skipped.map(({ id, key }) => [id, key])).toEqual([['other', 'unsupported.bands-count']]);
      const image = await decode(bandScene(1, 1, 40), rule);
      const expected = evaluationBands(image, 16);
      const out = cache.evaluation(['photo 1']);
      expect(out).toHaveLength(5 * 256);
      const { mean, std } = normalisationOf(rule);
      for (let c = 0; c < 5; c++)
        expect(out[c * 256 + 9]).toBeCloseTo(
          (expected.data[c * 256 + 9]! / (depth === 8 ? 255 : 65535) - mean[c]!) / std[c]!,
          4,
        );
      const again = ImageCache.open(structuredClone(cache.descriptor));
      expect(again.trainingImage(2)).toEqual(trainingBands(await decode(bandScene(2, 2, 40), rule), 26));
      expect(again.evaluationBytes('photo 1')).toHaveLength(3 * 256);
      expect(again.evaluationLevels('photo 1')).toHaveLength(5 * 256);
      cache.close();
      again.close();
    }
  });

  it('normalises by what was measured of the bands that are chosen, and by what is usual where nothing was', () => {
    const rule = {
      ...five,
      statistics: '4 0.9/0.9, 0.9/0.9, 0.9/0.9, 0.9/0.9; 5 0.5/0.25, 0.4/0.2, 0.3/0.1, 0.2/0.1, 0.1/0.05',
    };
    expect(normalisationOf(rule).mean).toEqual([0.5, 0.4, 0.3, 0.2, 0.1]);
    expect(normalisationOf({ ...rule, channels: 2, bands: '5,1' })).toEqual({ mean: [0.1, 0.5], std: [0.05, 0.25] });
    expect(normalisationOf({ ...five, statistics: '' }).std).toEqual([0.226, 0.226, 0.226, 0.226, 0.226]);
    expect(normalisationOf({ ...rule, channels: 'grey' })).toEqual({ mean: [0.449], std: [0.226] });
    const out = new Float32Array(8);
    normalizer({ ...five, channels: 2, statistics: '2 0.5/0.5, 0/1' })(
      Uint8Array.of(0, 255, 51, 102, 0, 255, 51, 102),
      4,
      out,
      0,
    );
    expect([...out.map((x) => Math.round(1000 * x) / 1000)]).toEqual(
      [-1, 1, -0.6, -0.2, 0, 1, 0.2, 0.4].map(Math.fround),
    );
    expect(imageOf(new Uint8Array(40), 2, 2, { channels: 5, bytes: 2, colour: false }).data).toHaveLength(20);
  });
});

describe('a network of bands', () => {
  const config = (channels: number | 'colour' | 'grey') =>
    parseConfig({
      epochs: 1,
      imageSize: 16,
      backbone: { width: 0.125, stem: 'cifar' },
      head: { hiddenDim: 16, outputDim: 16 },
      input: { channels },
    });

  it('takes given weights of colours, spread over its bands, and gives as much', async () => {
    const colours = initialState(config('colour'));
    const given = new Map([...colours].filter(([name]) => name.startsWith('backbone.')));
    const own = config(5);
    const state = initialState(own);
    expect(state.get('backbone.conv1.weight')!.shape).toEqual([8, 5, 3, 3]);
    loadBackbone(state, given);
    const weight = state.get('backbone.conv1.weight')!;
    expect(weight.shape).toEqual([8, 5, 3, 3]);
    const of = (c: number) => colours.get('backbone.conv1.weight')!.data[c * 9]!;
    expect(weight.data[4 * 9]).toBeCloseTo((of(0) + of(1) + of(2)) / 5, 6);
    const shapes = backboneShapes(own.backbone, 5);
    expect(fitWeights(backboneShapes(own.backbone), shapes).loaded.size).toBe(shapes.size);
    expect(spreadStem(Float32Array.of(1, 2, 6), [1, 3, 1, 1], 1)).toEqual(Float32Array.of(9));

    // A grey photo, shown to each channel alike, gives the same features by both.
    const [three, all] = await Promise.all([Encoder.create(config('colour'), colours), Encoder.create(own, state)]);
    const grey = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i));
    const repeated = (n: number) => Float32Array.from({ length: n * 256 }, (_, i) => grey[i % 256]!);
    const [a, b] = await Promise.all([three.embed(repeated(3), 1), all.embed(repeated(5), 1)]);
    a.features.forEach((value, i) => expect(b.features[i]).toBeCloseTo(value, 4));
    await expect(all.embed(repeated(3), 1)).rejects.toThrow(/5 x 16 x 16/);
    await Promise.all([three.close(), all.close()]);
  });

  it('refuses what contradicts itself', () => {
    const refused =
      (input: object, more = {}) =>
      () =>
        parseConfig({ epochs: 1, input, ...more });
    expect(refused({ channels: 5, bands: '1,2' })).toThrow(/input.bands/);
    expect(refused({ depth: 16 })).toThrow(/input.channels/);
    expect(refused({ depth: 12 })).toThrow(/input.depth/);
    expect(refused({ channels: 17 })).toThrow(/input.channels.*16/);
    expect(refused({ channels: 4 }, { viewsBy: 'device' })).toThrow(/views/);
    expect(parseConfig({ epochs: 1 }).input.channels).toBe('colour');
  });
});
