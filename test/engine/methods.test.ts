/**
 * Every method and ablation against PyTorch, to 1e-4: losses, the gradients of the first step, and all state after
 * several (parameters, statistics, queue, momentum copy, kept targets, moving averages). Golden values by
 * test/golden/methods.py, on a projector of vectors. Then each again as a whole session: saved, loaded, continued.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { carriedShapes, methodNames, viewsOf } from '../../shared/methods/index.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import type { Tensor } from '../../src-main/engine/graph.ts';
import { initialState, TrainingSession } from '../../src-main/engine/index.ts';
import type { StepInput } from '../../src-main/engine/index.ts';
import type { Method } from '../../src-main/engine/methods/method.ts';
import { average, negativeCosine } from '../../src-main/engine/methods/pairs.ts';
import { sinkhornKnopp } from '../../src-main/engine/methods/sinkhorn.ts';
import { add, mean, scale } from '../../src-main/engine/ops/index.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { slotName } from '../../src-main/engine/optimizer/optimizer.ts';
import { nextName, trainingGraph, viewName } from '../../src-main/engine/training-graph.ts';
import { sleeping } from '../../src-main/engine/session.ts';
import { timedInputs } from '../../src-main/trainer/schedule.ts';
import { counted, expectClose } from './golden.ts';

interface Case {
  name: string;
  config: ConfigPatch;
  /** Momentum of the target network at each step. */
  momenta: number[];
  frozen: boolean;
  losses: number[];
  gradients: Record<string, number[]>;
  state: Record<string, number[]>;
}

const bytes = readFileSync(new URL('../golden/methods.json.gz', import.meta.url));
const golden = JSON.parse(gunzipSync(bytes).toString()) as {
  cases: Case[];
  sinkhorn: { epsilon: number; iterations: number; codes: number[] };
};

const N = 8;
const INPUT = 12;
const IMAGES = 12;
const network: ConfigPatch = {
  batchSize: N,
  head: { layers: 2, hiddenDim: 16, outputDim: 8 },
  predictor: { hiddenDim: 6 },
  moco: { queueSize: 24 },
  swav: { prototypes: 5 },
  optimizer: { momentum: 0.9, weightDecay: 0.01 },
};

/** `value` of methods.py; running statistics, momenta and what is kept begin as they do in a run. */
function given(name: string, shape: readonly number[]): Float32Array | undefined {
  if (/running_|^optimizer|^method\.(target|average)/.test(name)) return undefined;
  const count = shape.reduce((a, b) => a * b, 1);
  if (shape.length > 1) return counted(name, count, Math.sqrt(3 / shape[1]!));
  return counted(name, count, 0.1).map((v) => v + (name.endsWith('bias') ? 0 : 1));
}

async function session(outputs: Map<string, Tensor>) {
  return InferenceSession.create(new OnnxLowering().model('test', outputs), { logSeverityLevel: 3, extra: sleeping() });
}

describe('methods and ablations as in PyTorch', () => {
  it.each(golden.cases)('$name', async ({ config: patch, momenta, frozen, losses, gradients, state: expected }) => {
    const config = parseConfig(mergeConfig(network, patch));
    const viewShapes = viewsOf(config).map(() => [N, INPUT]);
    const { entries, outputs } = trainingGraph(config, { images: IMAGES, viewShapes, backbone: (_net, x) => x });
    const state = new Map(
      entries.map(({ name, shape, initial }) => {
        const begins = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(
          initial.kind === 'constant' ? initial.value : NaN,
        );
        return [name, new OrtTensor('float32', given(name, shape) ?? begins, shape)] as [string, OrtTensor];
      }),
    );
    const { innerSteps } = config;
    const alternation = innerSteps === 1 ? null : Number(innerSteps);
    const step = await session(outputs);
    for (const [s, loss] of losses.entries()) {
      const feeds: Record<string, OrtTensor> = {};
      const scalar = (name: string, value: number) =>
        (feeds[name] = new OrtTensor('float32', Float32Array.of(value), []));
      scalar('learningRate', 0.05);
      scalar('predictorLearningRate', 0.08);
      scalar('prototypeLearningRate', frozen ? 0 : 0.05);
      scalar('targetMomentum', alternation === null ? (momenta[s] ?? NaN) : s % alternation === 0 ? 0 : 1);
      feeds.images = new OrtTensor(
        'float32',
        Float32Array.from({ length: N }, (_, i) => (5 * s + 7 * i) % IMAGES),
        [N],
      );
      const first = counted(`${s}.view1`, N * INPUT, 2);
      viewShapes.forEach((shape, i) => {
        const other = counted(`${s}.view${i + 1}`, N * INPUT, 2);
        feeds[viewName(i)] = new OrtTensor(
          'float32',
          i === 0 ? first : other.map((v, j) => (first[j]! + v) / 2),
          shape,
        );
      });
      const used = Object.fromEntries(step.inputNames.map((name) => [name, feeds[name] ?? state.get(name)!]));
      const results = await step.run(used);
      expectClose(results.loss!.data as Float32Array, [loss], 1e-4, 1e-5, `loss of step ${s + 1}`);
      if (s === 0 && config.optimizer.name === 'sgd') {
        const trained = entries.filter((e) => e.role === 'parameter').map((e) => e.name);
        expect(Object.keys(gradients).sort()).toEqual(trained.filter((name) => outputs.has(nextName(name))).sort());
        for (const [name, values] of Object.entries(gradients)) {
          // Velocity begins at zero: after a step it is the gradient with the weight decay's share.
          const velocity = results[nextName(slotName('momentum', name))]!.data as Float32Array;
          const weights = state.get(name)!.data as Float32Array;
          expectClose(
            velocity.map((v, i) => v - 0.01 * weights[i]!),
            values,
            1e-4,
            1e-5,
            `gradient of ${name}`,
          );
        }
      }
      for (const name of state.keys()) if (results[nextName(name)]) state.set(name, results[nextName(name)]!);
    }
    await step.release();
    expect([...state.keys()].filter((name) => !name.startsWith('optimizer.')).sort()).toEqual(
      Object.keys(expected).sort(),
    );
    for (const [name, values] of Object.entries(expected))
      expectClose(state.get(name)!.data as Float32Array, values, 1e-4, 1e-4, name);
  });

  it('may call f, h, target and images any number of times, to the same end as once for all views', async () => {
    const config = parseConfig(mergeConfig(network, { method: 'byol', head: { norm: 'default' } }));
    const aim = (p: Tensor[], t: Tensor[]) => average(p.map((x, i) => negativeCosine(x, t[i]!)));
    const inOne: Method = ({ views: [x1, x2], f, h, target, images }) => {
      const z = f([x1!, x2!, x1!]);
      return { loss: add(aim(h(z), target([x2!, x1!, x2!])), scale(mean(images()), 0.01)), projections: z };
    };
    const inMany: Method = ({ views: [x1, x2], f, h, target, images }) => {
      const z = [...f([x1!]), ...f([x2!]), ...f([x1!])];
      const p = [...h(z.slice(0, 2)), ...h(z.slice(2))];
      const t = [...target([x2!]), ...target([x1!, x2!])];
      return { loss: add(aim(p, t), scale(add(mean(images()), mean(images())), 0.005)), projections: z };
    };
    const results = await Promise.all(
      [inOne, inMany].map(async (method) => {
        const viewShapes = [0, 1].map(() => [N, INPUT]);
        const { entries, outputs } = trainingGraph(config, { viewShapes, backbone: (_net, x) => x, method });
        const step = await session(outputs);
        const feeds: Record<string, OrtTensor> = {
          learningRate: new OrtTensor('float32', Float32Array.of(0.05), []),
          predictorLearningRate: new OrtTensor('float32', Float32Array.of(0.05), []),
          targetMomentum: new OrtTensor('float32', Float32Array.of(0.5), []),
          images: new OrtTensor(
            'float32',
            Float32Array.from({ length: N }, (_, i) => i),
            [N],
          ),
        };
        for (const i of [0, 1])
          feeds[viewName(i)] = new OrtTensor('float32', counted(`${i}`, N * INPUT, 2), [N, INPUT]);
        for (const { name, shape } of entries)
          feeds[name] = new OrtTensor(
            'float32',
            given(name, shape) ?? new Float32Array(shape.reduce((a, b) => a * b, 1)),
            shape,
          );
        const after = await step.run(Object.fromEntries(step.inputNames.map((name) => [name, feeds[name]!])));
        await step.release();
        return after;
      }),
    );
    const [once, often] = results as [Record<string, OrtTensor>, Record<string, OrtTensor>];
    expect(Object.keys(often).sort()).toEqual(Object.keys(once).sort());
    for (const [name, { data }] of Object.entries(once))
      expectClose(often[name]!.data as Float32Array, data as Float32Array, 1e-4, 1e-6, name);
  });

  it.each(methodNames)('%s asks for nothing that its descriptor does not feed', (method) => {
    const own = method === 'simsiam' ? [{ innerSteps: 3 }] : [];
    for (const patch of [{}, { optimizer: { settleEpochs: 1 } }, ...own]) {
      const config = parseConfig(mergeConfig(network, { method, ...patch }));
      const viewShapes = viewsOf(config).map(() => [N, INPUT]);
      const { entries, outputs } = trainingGraph(config, { images: IMAGES, viewShapes, backbone: (_net, x) => x });
      const { method: ofMethod, backboneLearningRate, ...shared } = timedInputs(config);
      // an encoder that does not settle first has the rate of all
      const rates = config.optimizer.settleEpochs > 0 ? { ...shared, backboneLearningRate } : shared;
      const state = entries.map(({ name }) => name);
      const fed = [...viewShapes.map((_, i) => viewName(i)), ...state, ...Object.keys({ ...rates, ...ofMethod })];
      expect([...outputs.get('loss')!.graph.inputs.keys()].sort()).toEqual(fed.sort());
      expect(state).toEqual(expect.arrayContaining([...carriedShapes(config, IMAGES).keys()]));
    }
  });

  it('assigns evenly by Sinkhorn-Knopp', async () => {
    const { epsilon, iterations, codes } = golden.sinkhorn;
    const graph = new Graph();
    const run = await session(new Map([['codes', sinkhornKnopp(graph.input('scores', [N, 5]), epsilon, iterations)]]));
    const { codes: found } = await run.run({ scores: new OrtTensor('float32', counted('scores', N * 5, 1), [N, 5]) });
    await run.release();
    expectClose(found!.data as Float32Array, codes, 1e-4, 1e-6, 'codes');
  });
});

const tiny: ConfigPatch = {
  backbone: { width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 16, outputDim: 16, layers: 2 },
  predictor: { hiddenDim: 8 },
  imageSize: 24,
  batchSize: 8,
  moco: { queueSize: 20 },
  swav: { prototypes: 6 },
};

const variants: Record<string, ConfigPatch> = {
  simsiam: {},
  'moving average': { predictor: { kind: 'movingAverage' } },
  'fixed predictor': { predictor: { kind: 'fixed' } },
  'alternation of 3': { innerSteps: 3 },
  'asymmetric 2x': { symmetry: 'asymmetric2x' },
  LARS: { optimizer: { name: 'lars' } },
  fastsiam: { method: 'fastsiam', fastsiam: { views: 3 } },
  simclr: { method: 'simclr' },
  moco: { method: 'moco' },
  byol: { method: 'byol' },
  swav: { method: 'swav' },
  barlowtwins: { method: 'barlowtwins' },
  vicreg: { method: 'vicreg' },
  'swav, small crops': { method: 'swav', swav: { smallCrops: 2, smallCropSize: 16 } },
};

describe('a session continues bit for bit from the state it has handed out', () => {
  it.each(Object.entries(variants))('%s', async (_name, patch) => {
    const config = parseConfig(mergeConfig(tiny, patch));
    const input = (s: number): StepInput => ({
      views: viewsOf(config).map(({ size }, i) => counted(`${s}.${i}`, 8 * 3 * size ** 2, 2)),
      learningRate: 0.05,
      predictorLearningRate: 0.05,
      method: {
        prototypeLearningRate: s < 2 ? 0 : 0.05,
        targetMomentum: s === 0 ? 0 : config.innerSteps === 1 ? 0.9 : Number(s % 3 !== 0),
      },
      images: Float32Array.from({ length: 8 }, (_, i) => (3 * s + i) % IMAGES),
    });
    const settings = { threads: 1 };
    const straight = await TrainingSession.create(config, initialState(config, IMAGES), settings);
    const steps = async (session: TrainingSession, from: number) => {
      for (let s = from; s < from + 2; s++) expect(Number.isFinite((await session.step(input(s))).loss)).toBe(true);
      return await session.readState();
    };
    const saved = await steps(straight, 0);
    const expected = await steps(straight, 2);
    await straight.close();

    const after = await TrainingSession.create(config, saved, settings);
    expect(await steps(after, 2)).toEqual(expected);
    await after.close();
    expect(expected).not.toEqual(saved);
  });

  it('says which input a method needs when it is missing', async () => {
    const config = parseConfig(mergeConfig(tiny, { method: 'byol' }));
    const session = await TrainingSession.create(config, initialState(config), { threads: 1 });
    const views = [0, 1].map((i) => counted(`${i}`, 8 * 3 * 24 * 24, 2));
    await expect(session.step({ views, learningRate: 0.1, predictorLearningRate: 0.1 })).rejects.toThrow(
      /targetMomentum/,
    );
    await session.close();
  });
});
