/** What training begins with: names and positions of the initial state, weights that are given, known weights that go on. */
import { describe, expect, it, vi } from 'vitest';
import { WeightsError } from '../../shared/givenWeights.ts';
import { parseConfig } from '../../shared/config.ts';
import type { RunConfig } from '../../shared/config.ts';
import { initialState, loadBackbone, TrainingSession } from '../../src-main/engine/index.ts';
import type { State, TensorData } from '../../src-main/engine/index.ts';
import { philox } from '../../shared/philox.ts';
import { norm } from './golden.ts';
import { config, small, views, expectSameState } from './smallTraining.ts';

vi.setConfig({ testTimeout: 240_000 });

describe('the initial state', () => {
  it("has torchvision's names, and the heads' positions in the authors' Sequential", () => {
    const names = [...initialState(config).keys()];
    for (const name of [
      'backbone.conv1.weight',
      'backbone.bn1.running_var',
      'backbone.layer2.0.downsample.0.weight',
      'backbone.layer2.0.downsample.1.running_mean',
      'backbone.layer4.1.bn2.bias',
      'projector.0.weight',
      'projector.1.weight',
      'projector.3.weight',
      'projector.4.running_mean',
      'predictor.0.weight',
      'predictor.1.bias',
      'predictor.3.weight',
      'predictor.3.bias',
      'optimizer.momentum.backbone.conv1.weight',
    ])
      expect(names).toContain(name);
    // Batch normalisation follows: a bias would cancel. And the projector's output has no scale.
    for (const name of ['projector.0.bias', 'projector.3.bias', 'projector.4.weight', 'predictor.0.bias'])
      expect(names).not.toContain(name);
  });

  it('counts the published parameters at width 1', () => {
    const count = (name: string) =>
      [...initialState(parseConfig({ ...small, backbone: { name, width: 1, stem: 'imagenet' } }))]
        .filter(([tensor]) => tensor.startsWith('backbone.') && !tensor.includes('running_'))
        .reduce((total, [, { data }]) => total + data.length, 0);
    // torchvision's counts less the classifier's (512 or 2048) * 1000 + 1000.
    expect(count('resnet18')).toBe(11_689_512 - 513_000);
    expect(count('resnet34')).toBe(21_797_672 - 513_000);
    expect(count('resnet50')).toBe(25_557_032 - 2_049_000);
  });

  it('depends on seed and name alone', () => {
    const weight = (settings: object, name = 'backbone.layer1.0.conv1.weight') =>
      initialState(parseConfig({ ...small, ...settings })).get(name)!.data;
    expect(weight({})).toEqual(weight({ head: { ...small.head, layers: 3 } }));
    expect(weight({})).not.toEqual(weight({ seed: 1 }));
    expect(weight({})).not.toEqual(weight({}, 'backbone.layer1.0.conv2.weight'));
  });

  it("draws PyTorch's distributions", () => {
    const state = initialState(parseConfig({ ...small, backbone: { width: 1, stem: 'cifar' } }));
    const conv = state.get('backbone.layer1.0.conv1.weight')!.data; // normal, deviation sqrt(2 / (64 * 9))
    expect(norm(conv) / Math.sqrt(conv.length)).toBeCloseTo(Math.sqrt(2 / 576), 3);
    const fc = state.get('projector.0.weight')!.data; // uniform within 1 / sqrt(512)
    expect(Math.max(...fc)).toBeLessThanOrEqual(1 / Math.sqrt(512));
    expect(norm(fc) / Math.sqrt(fc.length)).toBeCloseTo(1 / Math.sqrt(3 * 512), 3);
    expect(new Set(state.get('backbone.layer1.0.bn2.weight')!.data)).toEqual(new Set([0]));
    expect(new Set(state.get('backbone.layer1.0.bn1.weight')!.data)).toEqual(new Set([1]));
  });

  it('is drawn by Philox4x32-10 (known answers of Random123)', () => {
    const words = new Uint32Array(4);
    philox([0, 0, 0, 0], 0, 0, words);
    expect([...words]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0, words);
    expect([...words]).toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
  });
});

describe('known weights that go on', () => {
  it('change less the earlier the stage, and not at all while the encoder waits, but in the statistics', async () => {
    const gentle = parseConfig({ ...small, optimizer: { layerDecay: 0.5, settleEpochs: 1 } });
    const start = initialState(config);
    const after = async (settings: RunConfig, backboneLearningRate?: number) => {
      const session = await TrainingSession.create(settings, start, { threads: 2 });
      // A rate at which float32 tells the change of every tensor.
      await session.step({ views, learningRate: 5, predictorLearningRate: 5, backboneLearningRate });
      const state = await session.readState();
      await session.close();
      return state;
    };
    const [plain, slower, waiting] = [await after(config), await after(gentle), await after(gentle, 0)];
    const changed = (state: State, name: string) => state.get(name)!.data.map((x, i) => x - start.get(name)!.data[i]!);
    const factors = { 'conv1.weight': 1 / 16, 'layer1.0.conv1.weight': 1 / 8, 'layer3.0.bn2.bias': 1 / 2, 'layer4.1.conv2.weight': 1 }; // prettier-ignore
    for (const [name, factor] of Object.entries(factors)) {
      const whole = changed(plain, `backbone.${name}`);
      expect(norm(whole), name).toBeGreaterThan(0);
      const apart = changed(slower, `backbone.${name}`).map((x, i) => x - factor * whole[i]!);
      expect(norm(apart), name).toBeLessThan(
        1e-2 * factor * norm(whole) + 2 ** -23 * norm(start.get(`backbone.${name}`)!.data),
      );
      expect(norm(changed(waiting, `backbone.${name}`)), name).toBe(0);
    }
    expect(norm(changed(waiting, 'backbone.layer1.0.bn1.running_mean'))).toBeGreaterThan(0);
    for (const state of [slower, waiting])
      expect(changed(state, 'projector.0.weight')).toEqual(changed(plain, 'projector.0.weight'));
  });
});

describe('given weights', () => {
  const given = (): Map<string, TensorData> =>
    new Map(
      [...initialState(parseConfig({ ...small, seed: 7 }))]
        .filter(([name]) => name.startsWith('backbone.'))
        .map(([name, tensor]) => [name.slice('backbone.'.length), tensor]),
    );

  it("replace the backbone by torchvision's names, classifier and counters aside", () => {
    const state = initialState(config);
    const tensors = given();
    tensors.set('fc.weight', { shape: [10, 64], data: new Float32Array(640) });
    tensors.set('bn1.num_batches_tracked', { shape: [], data: new Float32Array(1) });
    const result = loadBackbone(state, tensors);
    expect(state.get('backbone.conv1.weight')!.data).toEqual(tensors.get('conv1.weight')!.data);
    expect([result.loaded.size, result.leftOut]).toEqual([tensors.size - 2, 2]);
    tensors.delete('bn1.bias');
    expect(() => loadBackbone(state, tensors)).toThrow(/^bn1\.bias is missing/);
  });

  it('of another width are refused with the settings that fit, and nothing is replaced', () => {
    const wider = parseConfig({ ...small, backbone: { ...small.backbone, width: 0.25 } });
    const state = initialState(wider);
    expect(() => loadBackbone(state, given())).toThrow(/backbone\.width to 0\.125/);
    expectSameState(state, initialState(wider));
    const foreign = new Map([['encoder.w', { shape: [1], data: new Float32Array(1) }]]);
    expect(() => loadBackbone(state, foreign)).toThrow(WeightsError);
  });
});
