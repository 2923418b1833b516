/** Presets: whole configurations that can start for every collection and device, and why they are as they are. */
import { describe, expect, it } from 'vitest';
import { mergeConfig, parseConfig, peakLearningRate, settings } from '../../shared/config.ts';
import { PresetName } from '../../shared/contract/runs.ts';
import { sketchPatch } from '../../shared/lab/sketch.ts';
import { en, zhCN as zh } from '../../shared/messages/window/index.ts';
import { planRun } from '../../shared/plan.ts';
import { continuedPatch, presetFor, presetPatch, usualBatch } from '../../shared/presets.ts';
import { startingWeightsOf } from '../../shared/startingWeights.ts';
import { ampleMachine } from '../helpers/machine.ts';

const names = PresetName.options;
const collections = [16, 120, 600, 1200, 5000, 20_000, 200_000];

describe.each(names)('preset %s', (name) => {
  it('is a whole configuration that can start, for every collection and device', () => {
    for (const images of collections)
      for (const device of ['auto', 'cpu', 'webgpu', 'cuda'] as const) {
        const config = parseConfig(mergeConfig({ device }, presetPatch(name, { images, device })));
        expect(config.batchSize).toBeLessThanOrEqual(images);
        const usual = usualBatch(name, { images, device });
        expect(config.batchSize).toBeLessThanOrEqual(usual);
        if (images >= 5000) expect(config.batchSize).toBe(usual);
        expect(planRun({ config, images, machine: { ...ampleMachine, device } }).refusals).toEqual([]);
      }
  });
  it('says why, of settings that exist', () => {
    const known = new Set([...settings().map(({ path }) => path), 'preset']);
    const { reasons } = presetFor(name, { images: 3000, device: 'cpu' });
    expect(reasons.length).toBeGreaterThan(0);
    for (const { setting, reason } of reasons) {
      expect(known.has(setting), setting).toBe(true);
      expect(reason.length).toBeGreaterThan(10);
    }
  });
});

describe('what the presets promise', () => {
  it.each(['quick', 'balanced', 'thorough'] as const)('%s says nothing against its own network', (name) => {
    const config = parseConfig(mergeConfig({ device: 'cpu' }, presetPatch(name, { images: 3000, device: 'cpu' })));
    expect(planRun({ config, images: 3000, machine: ampleMachine }).notes.map(({ key }) => key)).not.toContain(
      'smallMap',
    );
  });

  it('names the method where it is not SimSiam, and why', () => {
    for (const name of ['quick', 'balanced'] as const) {
      const { patch, reasons } = presetFor(name, { images: 3000, device: 'cpu' });
      expect(patch.method).toBe('simclr');
      expect(reasons.find(({ setting }) => setting === 'method')!.reason).toContain('SimCLR');
      for (const language of [en, zh]) expect(language[`preset.${name}.text`]).toContain('SimCLR');
    }
  });

  it.each(['quick', 'balanced'] as const)(
    '%s looks at small photos in their own size, through the small stem',
    (name) => {
      const view = (side?: number) => {
        const { imageSize, backbone } = presetPatch(name, { images: 3000, device: 'cpu', side });
        return { imageSize, stem: backbone!.stem };
      };
      expect(view(28)).toEqual({ imageSize: 32, stem: 'small' });
      expect(view(32)).toEqual({ imageSize: 32, stem: 'small' });
      expect(view(45)).toEqual({ imageSize: 48, stem: 'small' });
      const larger = name === 'quick' ? { imageSize: 48, stem: 'small' } : { imageSize: 96, stem: undefined };
      expect(view(49)).toEqual(larger);
      expect(view()).toEqual(larger);
    },
  );

  it('quick begins with the weights that come with the application where its network has them; the paper and studies do not', () => {
    const init = (...[name, facts]: Parameters<typeof presetPatch>) => presetPatch(name, facts).backbone?.init;
    for (const side of [32, 4000, undefined]) {
      expect(init('quick', { images: 3000, device: 'cpu', side })).toBe('rendered');
      const { patch, reasons } = presetFor('quick', { images: 3000, device: 'webgpu', side });
      const { name, width, stem } = parseConfig(patch).backbone;
      const known = startingWeightsOf({ name, width, stem }) !== null;
      expect(patch.backbone?.init).toBe(known ? 'rendered' : undefined);
      expect(reasons.some(({ setting }) => setting === 'backbone.init')).toBe(known);
    }
    expect(init('balanced', { images: 3000, device: 'cpu', side: 32 })).toBe('rendered');
    expect(init('balanced', { images: 3000, device: 'cpu', side: 4000 })).toBeUndefined();
    for (const name of ['cifar', 'imagenet', 'thorough'] as const)
      expect(init(name, { images: 3000, device: 'cpu', side: 32 })).toBeUndefined();
    expect(sketchPatch({ images: 1200, device: 'cpu' }).backbone?.init).toBeUndefined();
  });

  it('goes on gently from given weights, and from no others', () => {
    const preset = presetPatch('quick', { images: 3000, device: 'cpu', side: 32 });
    for (const init of [undefined, 'random', 'rendered']) expect(continuedPatch(init, preset)).toEqual({});
    for (const init of ['/weights/known.pth', 'run:abc'])
      expect(continuedPatch(init, preset)).toEqual({
        optimizer: { baseLearningRate: 0.2, layerDecay: 0.7, settleEpochs: 1 },
      });
    expect(continuedPatch('known.pth', {}).optimizer).toEqual({ layerDecay: 0.7, settleEpochs: 1 });
  });

  it('leaves the network that studies and recorded runs are calibrated on as it was', () => {
    expect(parseConfig(sketchPatch({ images: 1200, device: 'cpu' }))).toMatchObject({
      method: 'simsiam',
      imageSize: 48,
      batchSize: 64,
      backbone: { width: 0.25, stem: 'imagenet' },
      augment: { hue: 0.4, grayscale: 0.5, blur: 0 },
      optimizer: { baseLearningRate: 0.5, weightDecay: 5e-4 },
      probe: { k: 20 },
    });
  });

  it('quick, balanced and thorough state a budget on a CPU, and narrow the network', () => {
    const minutes = (['quick', 'balanced', 'thorough'] as const).map(
      (name) => presetPatch(name, { images: 3000, device: 'cpu' }).minutes!,
    );
    expect(minutes[0]).toBeLessThanOrEqual(2.5);
    expect(minutes[1]).toBeGreaterThan(minutes[0]!);
    expect(minutes[2]).toBeGreaterThan(minutes[1]!);
    expect(presetPatch('quick', { images: 3000, device: 'cpu' }).backbone!.width).toBeLessThan(0.5);
  });
  it('cifar is the experiment of the paper', () => {
    const config = parseConfig(presetPatch('cifar', { images: 10_000, device: 'cpu' }));
    expect(config).toMatchObject({
      batchSize: 512,
      epochs: 800,
      imageSize: 32,
      backbone: { name: 'resnet18', stem: 'cifar' },
      head: { layers: 2, outputDim: 2048 },
    });
    expect(config.augment.blur).toBe(0);
    expect(peakLearningRate(config)).toBeCloseTo(0.06, 12);
    expect(presetPatch('cifar', { images: 300, device: 'cpu' }).batchSize).toBe(256);
  });
  it('imagenet is too', () => {
    const config = parseConfig(presetPatch('imagenet', { images: 1_281_167, device: 'cuda' }));
    expect(config).toMatchObject({
      batchSize: 512,
      epochs: 100,
      imageSize: 224,
      backbone: { name: 'resnet50' },
      probe: { temperature: 0.07 },
    });
    expect(peakLearningRate(config)).toBeCloseTo(0.1, 12);
  });
});
