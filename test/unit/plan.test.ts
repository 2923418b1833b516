/** What a run costs before it starts: the network, the estimate, and what is refused or noted. */
import { describe, expect, it } from 'vitest';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import type { PhotoSize } from '../../shared/cachePlan.ts';
import { zhCNTerms } from '../../shared/messages/zh-CN.terms.ts';
import { planRun } from '../../shared/plan.ts';
import { networkCost, trainingFlops } from '../../shared/plan/cost.ts';
import type { Machine } from '../../shared/plan/machine.ts';

const machine: Machine = {
  flopsPerSecond: null,
  threads: 2,
  device: 'cpu',
  freeMemoryBytes: 8e9,
  freeDiskBytes: 100e9,
  cacheBytes: 20e9,
};
const plan = (patch: ConfigPatch, images = 2000, more: Partial<Machine> = {}, secondsPerStep?: number) =>
  planRun({
    config: parseConfig(mergeConfig({ epochs: 10 }, patch)),
    images,
    machine: { ...machine, ...more },
    secondsPerStep,
  });

describe('the cost of a network', () => {
  // torchvision's resnet18 and resnet50 without their classifiers, and their multiply-adds at 224 px.
  it.each([
    ['resnet18', 11_176_512, 1.814e9],
    ['resnet34', 21_284_672, 3.664e9],
    ['resnet50', 23_508_032, 4.087e9],
  ] as const)('%s has the parameters and multiply-adds of torchvision', (name, parameters, macs) => {
    const config = parseConfig({ backbone: { name }, imageSize: 224 });
    const cost = networkCost(config);
    const heads = cost.parameters - cost.backboneParameters;
    expect(cost.backboneParameters).toBe(parameters);
    expect(Math.abs(cost.forwardMacs - heads - macs) / macs).toBeLessThan(0.02);
  });

  it('knows the CIFAR ResNet-18 at 32 px, and what a quarter of its width saves', () => {
    const at = (width: number) =>
      networkCost(
        parseConfig({
          backbone: { width, stem: 'cifar' },
          imageSize: 32,
          head: { hiddenDim: 8, outputDim: 8 },
          predictor: { hiddenDim: 4 },
        }),
      ).forwardMacs;
    expect(Math.abs(at(1) - 0.5555e9) / 0.5555e9).toBeLessThan(0.01);
    expect(at(1) / at(0.25)).toBeGreaterThan(14);
    expect(at(1) / at(0.25)).toBeLessThan(16);
  });
});

describe('the estimate', () => {
  it('multiplies measured steps', () => {
    const { estimate, refusals } = plan({ batchSize: 100 }, 2050, {}, 0.5);
    expect(refusals).toEqual([]);
    expect(estimate).toMatchObject({ stepsPerEpoch: 20, epochs: 10, basis: 'measured' });
    expect(estimate.seconds).toBeCloseTo(1.1 * 0.5 * 200, 9);
  });
  it('counts what a method keeps, and every view that it sees', () => {
    const heads = { head: { layers: 2, hiddenDim: 512, outputDim: 128 }, predictor: { hiddenDim: 64 } };
    const memory = (patch: ConfigPatch, images = 2000) =>
      plan(mergeConfig(heads, patch), images, { device: 'webgpu', deviceMemoryBytes: 100e9 }).estimate
        .deviceMemoryBytes!;
    const queue = (queueSize: number) => memory({ method: 'moco', moco: { queueSize } });
    expect(queue(1_000_000) - queue(1000)).toBe(2 * 4 * 128 * 999_000); // it goes in and comes out
    expect(memory({ method: 'byol' }) - memory({})).toBeGreaterThan(8 * 11e6); // a copy
    const average = (images: number) => memory({ predictor: { kind: 'movingAverage' } }, images);
    expect(average(50_000) - average(10_000)).toBe(2 * 4 * 128 * 40_000);
    const views = (count: number) => memory({ method: 'fastsiam', fastsiam: { views: count } });
    const { activations } = networkCost(parseConfig(heads));
    const batch = parseConfig({}).batchSize;
    expect(views(4) - memory({})).toBeGreaterThan(1.9 * batch * 4 * 1.5 * 1.5 * activations);
  });
  it('predicts from a measured machine in proportion to the work', () => {
    const config = parseConfig({ epochs: 10, batchSize: 100 });
    const { estimate } = plan({ batchSize: 100 }, 2050, { flopsPerSecond: 1e11 });
    expect(estimate.seconds).toBeCloseTo((1.1 * 200 * 100 * trainingFlops(config)) / 1e11, 6);
    expect(estimate.basis).toBe('predicted');
  });
  it('takes a budget as it is and fits the epochs to it', () => {
    const { estimate } = plan({ epochs: null, minutes: 11, batchSize: 100 }, 2050, {}, 0.5);
    expect(estimate.seconds).toBe(660);
    expect(estimate.epochs).toBe(60);
  });
});

describe('refusals', () => {
  const first = (...args: Parameters<typeof plan>) => plan(...args).refusals[0];

  it('finds nothing wrong with the defaults on a small collection', () => expect(plan({}).refusals).toEqual([]));
  it('asks for photos', () => expect(first({}, 3)).toMatchObject({ setting: 'images' }));
  it('asks for a batch that the collection fills', () => {
    expect(first({ batchSize: 512 }, 300)).toMatchObject({ setting: 'batchSize', suggestion: 64 });
    expect(plan({ batchSize: 64 }, 300).refusals).toEqual([]);
  });
  it('asks for a smaller batch when memory is short, one that then fits', () => {
    const refusal = first({ batchSize: 512, imageSize: 224 }, 5000);
    expect(refusal).toMatchObject({ setting: 'batchSize' });
    expect(refusal!.message).toContain('are free');
    expect(plan({ batchSize: refusal!.suggestion as number, imageSize: 224 }, 5000).refusals).toEqual([]);
  });
  it('asks for less disk for checkpoints, or says that there is none', () => {
    expect(first({ epochs: 1000 }, 2000, { freeDiskBytes: 1e9 })).toMatchObject({
      setting: 'checkpoint.diskGigabytes',
    });
    const tight = first({ epochs: 1000 }, 2000, { freeDiskBytes: 1e8 });
    expect(tight!.suggestion).toBeUndefined();
    expect(tight!.message).toContain('free some space');
  });
  it('asks for the other stem when nothing of the image is left', () => {
    expect(first({ imageSize: 24 })).toMatchObject({ setting: 'backbone.stem', suggestion: 'cifar' });
    expect(plan({ imageSize: 24, backbone: { stem: 'cifar' } }).refusals).toEqual([]);
    expect(
      plan({ imageSize: 48 })
        .notes.map(({ message }) => message)
        .join(),
    ).toContain('cifar stem');
  });
});

describe('what a method needs', () => {
  const said = (patch: ConfigPatch) =>
    plan(patch)
      .notes.map(({ key }) => key)
      .filter((key) => key.startsWith('no'));

  it('is said to be missing before the first step, in both languages', () => {
    expect(said({ stopGradient: false })).toEqual(['noStopGradient']);
    expect(said({ predictor: { kind: 'identity' } })).toEqual(['noPredictor']);
    expect(said({ method: 'fastsiam', predictor: { kind: 'fixed' }, stopGradient: false })).toEqual([
      'noStopGradient',
      'noPredictor',
    ]);
    for (const key of ['noStopGradient', 'noPredictor']) expect(zhCNTerms[`note.${key}`], key).toBeDefined();
  });

  it('is not where runs learn without it', () => {
    expect(said({})).toEqual([]);
    expect(said({ method: 'simclr', stopGradient: false, predictor: { kind: 'identity' } })).toEqual([]);
    expect(said({ stopGradient: false, similarity: 'crossEntropy' })).toEqual([]);
    expect(said({ predictor: { kind: 'movingAverage' } })).toEqual([]);
    expect(said({ predictor: { kind: 'identity' }, teacher: { from: 'a.onnx' } })).toEqual([]);
  });
});

describe('the cache of photos', () => {
  const config = parseConfig({ imageSize: 224, epochs: 10, batchSize: 32 });
  const of = (sizes: PhotoSize[], images: number, more: Partial<Machine> = {}) =>
    planRun({ config, images, sizes, machine: { ...machine, ...more } });
  const camera = [{ width: 6000, height: 4000 }];

  it('takes what photos of their real sizes take', () => {
    const tiny = of([{ width: 8, height: 8 }], 100_000);
    expect(tiny.refusals).toEqual([]);
    expect(tiny.estimate.diskBytes).toBeGreaterThan(100_000 * 3 * (224 ** 2 + 8 ** 2));
    expect(tiny.estimate.diskBytes).toBeLessThan(18e9);
    expect(of(camera, 20_000).estimate.diskBytes).toBeGreaterThan(
      1.1 * of([{ width: 400, height: 300 }], 20_000).estimate.diskBytes,
    );
  });

  it('keeps photos as WebP where the cache cannot hold the pixels, and decodes again what still finds no room', () => {
    const keys = (images: number, cacheBytes: number, patch = {}) => {
      const { notes, refusals } = planRun({
        config: { ...config, ...patch },
        images,
        sizes: camera,
        machine: { ...machine, cacheBytes },
      });
      expect(refusals.filter(({ setting }) => setting === 'imageSize')).toEqual([]);
      return notes.map(({ key }) => key).filter((key) => key === 'lossyCopies' || key === 'decodedAgain');
    };
    expect(keys(50_000, 60e9)).toEqual([]);
    expect(keys(50_000, 25e9)).toEqual(['lossyCopies']);
    expect(keys(50_000, 25e9, { copies: 'pixels' })).toEqual(['decodedAgain']);
    expect(keys(50_000, 1.5e9)).toEqual(['lossyCopies', 'decodedAgain']);
    expect(keys(50_000, 60e9, { copies: 'webp' })).toEqual(['lossyCopies']);
    expect(keys(100_000, 2.1e9, { imageSize: 128 })).toEqual(['lossyCopies']);
    expect(keys(2_000_000, 40e9, { imageSize: 128 })).toEqual(['lossyCopies']);
    expect(keys(50_000, 5e9, { input: { ...config.input, channels: 'grey' } })).toEqual(['decodedAgain']); // WebP is colour
  });
});
