/**
 * The training step on TensorFlow.js against the ONNX runtime, on tfjs's own processor backend. Neither tfjs-node nor
 * tfjs-node-gpu, on which a person would train, is run here.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import { methodNames } from '../../shared/methods/index.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { createTraining, Encoder, initialState, TrainingSession } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { loadTensorFlow } from '../../src-main/engine/tfjs/load.ts';
import { operations } from '../../src-main/engine/tfjs/operations.ts';
import type { Tf } from '../../src-main/engine/tfjs/operations.ts';
import { TfTrainingSession } from '../../src-main/engine/tfjs/training.ts';
import { trainingGraph } from '../../src-main/engine/training-graph.ts';
import { testFolder } from '../helpers/folders.ts';
import { tinyNetwork } from '../helpers/tiny.ts';
import { counted, distance, norm } from './golden.ts';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-core') as Tf;

const tiny: ConfigPatch = { ...tinyNetwork, imageSize: 16, batchSize: 4, epochs: 1, minutes: null };
const study = (name: string): ConfigPatch =>
  mergeConfig(
    JSON.parse(readFileSync(new URL(`../../configs/methods/${name}.json`, import.meta.url), 'utf8')) as ConfigPatch,
    tiny,
  );

beforeAll(async () => {
  require('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
});

describe.each<[name: string, steps: number, patch: ConfigPatch]>([
  ['cifar stem', 3, tiny],
  [
    'imagenet stem, moving average of targets',
    1,
    mergeConfig(study('simsiam-moving-average'), { backbone: { stem: 'imagenet' }, imageSize: 32 }),
  ],
])('SimSiam on TensorFlow, %s', (_name, count, patch) => {
  it(`agrees with the ONNX runtime in the change of every tensor: ${count} steps`, { timeout: 600_000 }, async () => {
    const config = parseConfig(patch);
    const pixels = config.batchSize * 3 * config.imageSize ** 2;
    const view1 = counted('view1', pixels, 2);
    const views = [view1, counted('view2', pixels, 2).map((v, i) => (view1[i]! + v) / 2)];
    const input = { views, learningRate: 0.05, predictorLearningRate: 0.05, images: Float32Array.of(3, 0, 7, 5) };
    const before = initialState(config, 8);
    const sessions = [await TrainingSession.create(config, before), await TfTrainingSession.create(config, before, tf)];
    const held = tf.memory().numTensors;
    const after: State[] = [];
    const losses: number[][] = [];
    for (const session of sessions) {
      const own: number[] = [];
      for (let i = 0; i < count; i++) own.push((await session.step(input)).loss);
      losses.push(own);
      after.push(await session.readState());
    }
    expect(tf.memory().numTensors, 'nothing is left behind').toBe(held);
    for (const session of sessions) await session.close();

    losses[0]!.forEach((loss, i) =>
      expect(Math.abs(losses[1]![i]! - loss), `loss of step ${i + 1}`).toBeLessThan(1e-4),
    );
    for (const [name, { data }] of after[0]!) {
      const begun = before.get(name)?.data ?? new Float32Array(data.length);
      const change = (x: Float32Array) => x.map((v, i) => v - begun[i]!);
      const expected = change(data);
      // The second term is for predictor.1.running_mean: z has no mean there, so it moves by rounding alone.
      expect(distance(change(after[1]!.get(name)!.data), expected), name).toBeLessThan(
        2e-2 * norm(expected) + 1e-7 * Math.sqrt(data.length),
      );
    }
  });
});

it('has every operation of every method', () => {
  const studies = ['simsiam-lars', 'simsiam-cross-entropy', 'simsiam-alternation-10'];
  const used = [
    ...methodNames.map((method) => mergeConfig(tiny, { method })),
    ...studies.map(study),
    mergeConfig(tiny, { backbone: { name: 'resnet50', stem: 'imagenet' }, imageSize: 32 }),
  ].flatMap((patch) =>
    trainingGraph(parseConfig(patch), { images: 8 })
      .outputs.get('loss')!
      .graph.nodes.map((node) => node.op.name),
  );
  expect([...new Set(used)].filter((name) => !(name in operations)).sort()).toEqual(['constant', 'input']);
});

describe('a TensorFlow beside the application', () => {
  const variable = 'LOOKALIKE_TENSORFLOW';
  const withPackage = async (name: string, source: string | null): Promise<Tf> => {
    const folder = testFolder('tensorflow');
    try {
      const home = join(folder, 'node_modules', '@tensorflow', name);
      mkdirSync(home, { recursive: true });
      if (source !== null) writeFileSync(join(home, 'index.js'), source);
      process.env[variable] = folder;
      return await loadTensorFlow();
    } finally {
      delete process.env[variable];
    }
  };

  it('is missed, with what to do', async () => {
    await expect(withPackage('tfjs-node-gpu', null)).rejects.toThrow(
      /not installed in .*tfjs-node-gpu.*LOOKALIKE_TENSORFLOW/,
    );
  });

  it('says why it does not load', async () => {
    const source = "throw new Error('libcudart.so.11.0: cannot open shared object file');";
    await expect(withPackage('tfjs-node-gpu', source)).rejects.toThrow(/libcudart.*CUDA 11\.2/);
  });

  it('is none where it computes on the processor', async () => {
    const source = 'module.exports = { ready: async () => {}, backend: () => ({ isUsingGpuDevice: false }) };';
    for (const name of ['tfjs-node', 'tfjs-node-gpu'])
      await expect(withPackage(name, source)).rejects.toThrow(`${name} computes on the processor`);
  });

  it('is not taken from the working directory', async () => {
    const folder = testFolder('tensorflow');
    const home = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'index.js'),
      'module.exports = { ready: async () => {}, backend: () => ({ isUsingGpuDevice: true }) };',
    );
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder);
    await expect(loadTensorFlow()).rejects.toThrow('it is not installed');
    cwd.mockRestore();
  });

  it('trains where CUDA is asked for', { timeout: 240_000 }, async () => {
    const folder = testFolder('tensorflow');
    const home = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'index.js'),
      `const tf = require(${JSON.stringify(require.resolve('@tensorflow/tfjs-core'))});
      module.exports = { ...tf, backend: () => ({ isUsingGpuDevice: true }) };`,
    );
    process.env[variable] = folder;
    try {
      const config = parseConfig(mergeConfig(tiny, { backbone: { stem: 'imagenet' }, imageSize: 32 }));
      const session = await createTraining(config, initialState(config), { device: 'cuda' });
      expect(session).toBeInstanceOf(TfTrainingSession);
      await session.close();
      const encoder = await Encoder.create(config, initialState(config), { device: 'cuda' }); // on the processor
      await encoder.close();
    } finally {
      delete process.env[variable];
    }
    const config = parseConfig(tiny);
    await expect(createTraining(config, initialState(config), { device: 'cuda' })).rejects.toThrow(
      /LOOKALIKE_TENSORFLOW/,
    );
  });

  it('is found, with the function that Node removed restored for it', async () => {
    const source = `if (!require('util').isNullOrUndefined(null)) throw new Error('no shim');
      module.exports = { version_core: '4.22.0', ready: async () => {}, backend: () => ({ isUsingGpuDevice: true }) };`;
    expect(await withPackage('tfjs-node-gpu', source)).toMatchObject({ version_core: '4.22.0' });
  });
});
