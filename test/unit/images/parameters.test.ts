/** What is drawn: known answers of the generator, purity, probabilities, ranges and torchvision's distributions. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RunConfig } from '../../../shared/config.ts';
import { drawParameters, epochOrder, sortedIndices } from '../../../src-main/images/augment/index.ts';
import type { ViewParameters } from '../../../src-main/images/augment/index.ts';
import { philox } from '../../../src-main/images/augment/philox.ts';

const { augment } = RunConfig.parse({});
const draws = 20_000;
const many = (settings = augment, width = 200, height = 150): ViewParameters[] =>
  Array.from({ length: draws }, (_, i) =>
    drawParameters(settings, 5, i % 10, `photo ${Math.floor(i / 20)}`, (i / 10) & 1, width, height),
  );

describe('philox', () => {
  // kat_vectors of Random123, the authors' library.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [Array(4).fill(0xffffffff), [0xffffffff, 0xffffffff], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published words for %j', (counter, key, expected) => {
    expect(philox(counter as [number, number, number, number], key[0]!, key[1]!)).toEqual(expected);
  });
});

describe('drawParameters', () => {
  it('is a pure function, and every argument counts', () => {
    const draw = (seed = 1, epoch = 2, id = 'a', view = 0) => drawParameters(augment, seed, epoch, id, view, 200, 150);
    const first = draw();
    many();
    expect(draw()).toEqual(first);
    for (const other of [draw(2), draw(1, 3), draw(1, 2, 'b'), draw(1, 2, 'a', 1), draw(2 ** 31 - 1, 99_999)])
      expect(other.crop).not.toEqual(first.crop);
  });

  it('stays what it is: a run resumed by a later version must see the same views', () => {
    expect(drawParameters(augment, 7, 3, 'holiday/beach.jpg', 1, 200, 150)).toMatchInlineSnapshot(`
      {
        "blurSigma": 1.8124917531153186,
        "crop": {
          "height": 117,
          "width": 99,
          "x": 89,
          "y": 7,
        },
        "flip": false,
        "grayscale": true,
        "jitter": {
          "brightness": 1.236007528938353,
          "contrast": 1.271816132776439,
          "hue": 0.04696319852955638,
          "order": [
            "contrast",
            "saturation",
            "hue",
            "brightness",
          ],
          "saturation": 0.7183176703751086,
        },
        "verticalFlip": false,
      }
    `);
  });

  it('draws each decision by itself: switching one off leaves the others', () => {
    const all = drawParameters(augment, 1, 1, 'x', 0, 200, 150);
    const { blurSigma: _, ...rest } = drawParameters({ ...augment, blur: 0 }, 1, 1, 'x', 0, 200, 150);
    expect(all).toMatchObject(rest);
    const noHue = { ...augment, hue: 0, jitter: 1 };
    expect(drawParameters(noHue, 1, 1, 'x', 0, 200, 150).jitter!.order).toHaveLength(3);
  });

  it('keeps to the probabilities', () => {
    const views = many({ ...augment, verticalFlip: 0.1 });
    const bounds = (p: number) => 4 * Math.sqrt((p * (1 - p)) / draws); // four standard deviations
    const check = (p: number, of: (v: ViewParameters) => boolean) =>
      expect(Math.abs(views.filter(of).length / draws - p)).toBeLessThan(bounds(p));
    check(0.5, (v) => v.flip);
    check(0.1, (v) => v.verticalFlip);
    check(0.8, (v) => v.jitter !== null);
    check(0.2, (v) => v.grayscale);
    check(0.5, (v) => v.blurSigma > 0);
    // Independent of one another, and between the two views of a photo.
    check(0.1, (v) => v.flip && v.grayscale);
    check(0.25, (v) => v.flip && v.blurSigma > 0);
    let both = 0;
    for (let i = 0; i < draws / 2; i++) {
      const [a, b] = [0, 1].map((view) => drawParameters(augment, 9, 0, `p${i}`, view, 200, 150).flip);
      if (a && b) both++;
    }
    expect(Math.abs(both / (draws / 2) - 0.25)).toBeLessThan(bounds(0.25) * Math.SQRT2);
  });

  it('never happens at 0 and always at 1', () => {
    const off = many({ ...augment, flip: 0, jitter: 0, grayscale: 0, blur: 0 });
    expect(off.every((v) => !v.flip && !v.verticalFlip && v.jitter === null && !v.grayscale && v.blurSigma === 0)).toBe(
      true,
    );
    const on = many({ ...augment, flip: 1, verticalFlip: 1, jitter: 1, grayscale: 1, blur: 1 });
    expect(on.every((v) => v.flip && v.verticalFlip && v.jitter && v.grayscale && v.blurSigma > 0)).toBe(true);
  });

  it('draws amounts uniformly from their ranges', () => {
    const views = many({ ...augment, jitter: 1, blur: 1 });
    const uniform = (from: number, to: number, values: number[]) => {
      const sorted = values.sort((a, b) => a - b);
      const gap = Math.max(...sorted.map((x, i) => Math.abs((x - from) / (to - from) - (i + 0.5) / draws)));
      expect(gap).toBeLessThan(1.95 / Math.sqrt(draws)); // Kolmogorov and Smirnov, p = 0.001
    };
    uniform(
      0.6,
      1.4,
      views.map((v) => v.jitter!.brightness),
    );
    uniform(
      0.6,
      1.4,
      views.map((v) => v.jitter!.contrast),
    );
    uniform(
      0.6,
      1.4,
      views.map((v) => v.jitter!.saturation),
    );
    uniform(
      -0.1,
      0.1,
      views.map((v) => v.jitter!.hue),
    );
    uniform(
      0.1,
      2,
      views.map((v) => v.blurSigma),
    );
  });

  it('takes the 24 orders equally often', () => {
    const counts = new Map<string, number>();
    for (const { jitter } of many({ ...augment, jitter: 1 })) {
      const order = jitter!.order.join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const expected = draws / 24;
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(49.7); // 23 degrees of freedom, p = 0.001
  });
});

interface Reference {
  width: number;
  height: number;
  scale: [number, number];
  ratio: [number, number];
  columns: ('area' | 'logRatio' | 'x' | 'y')[];
  quantiles: number[][];
  share: number[][];
}
const { crops } = JSON.parse(readFileSync(new URL('../../golden/augment.json', import.meta.url), 'utf8')) as {
  crops: Reference[];
};

describe('crops', () => {
  it.each(crops.map((c) => [`${c.width} x ${c.height}`, c] as const))(
    'are distributed as in torchvision: %s',
    (_name, c) => {
      const settings = {
        ...augment,
        cropScaleMin: c.scale[0],
        cropScaleMax: c.scale[1],
        cropRatioMin: c.ratio[0],
        cropRatioMax: c.ratio[1],
      };
      const drawn = many(settings, c.width, c.height).map(({ crop }) => ({
        area: (crop.width * crop.height) / (c.width * c.height),
        logRatio: Math.log(crop.width / crop.height),
        x: crop.width < c.width ? crop.x / (c.width - crop.width) : 0.5,
        y: crop.height < c.height ? crop.y / (c.height - crop.height) : 0.5,
      }));
      for (const [column, name] of c.columns.entries())
        for (const [level, quantile] of c.quantiles[column]!.entries()) {
          const share = drawn.filter((d) => d[name] <= quantile + 1e-9).length / draws;
          // Two samples of 20,000 and 30,000: 1.95 * sqrt(1/n + 1/m) is p = 0.001.
          expect(Math.abs(share - c.share[column]![level]!), `${name} at ${quantile}`).toBeLessThan(0.018);
        }
    },
  );

  it('stay inside any image, down to one pixel', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 30_000],
      [30_000, 1],
      [2, 3],
      [3000, 7],
      [32, 32],
    ] as const)
      for (let i = 0; i < 300; i++) {
        const { crop } = drawParameters(augment, i, 0, 'x', 0, width, height);
        expect(crop.width >= 1 && crop.height >= 1 && crop.x >= 0 && crop.y >= 0).toBe(true);
        expect(crop.x + crop.width <= width && crop.y + crop.height <= height).toBe(true);
      }
  });

  it('fall back to the centre where no attempt fits', () => {
    const { crop } = drawParameters(augment, 0, 0, 'panorama', 0, 4000, 100);
    expect(crop).toEqual({ x: 1933, y: 0, width: 133, height: 100 });
  });
});

describe('epochOrder', () => {
  it('is a permutation, a pure function, and differs between epochs and seeds', () => {
    const order = epochOrder(1, 2, 1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(epochOrder(1, 2, 1000)).toEqual(order);
    expect(epochOrder(1, 3, 1000)).not.toEqual(order);
    expect(epochOrder(2, 2, 1000)).not.toEqual(order);
    expect([...epochOrder(0, 0, 0)]).toEqual([]);
    expect([...epochOrder(0, 0, 1)]).toEqual([0]);
  });

  it('puts every image everywhere equally often', () => {
    const n = 6;
    const rounds = 6000;
    const counts = Array.from({ length: n }, () => new Float64Array(n));
    for (let epoch = 0; epoch < rounds; epoch++)
      for (const [at, i] of epochOrder(3, epoch, n).entries()) counts[i]![at]!++;
    const expected = rounds / n;
    const chiSquare = counts.flatMap((row) => [...row]).reduce((sum, x) => sum + (x - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(52.6); // 25 degrees of freedom, p = 0.001
  });

  it('sorts ids by code unit', () => {
    const ids = ['b', 'a', 'Z', 'é', 'a10', 'a9'];
    expect([...sortedIndices(ids)].map((i) => ids[i])).toEqual(['Z', 'a', 'a10', 'a9', 'b', 'é']);
  });
});
