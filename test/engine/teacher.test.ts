/**
 * A teacher's share of the step against the same in double precision, written out by hand: the loss, and the gradients of
 * the layer and of what is below it. Beside every method it leaves the method's own share as it is.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { mergeConfig, parseConfig } from '../../shared/config.ts';
import { carriedName, methodNames, TEACHER, TEACHER_NUMBERS, viewsOf } from '../../shared/methods/index.ts';
import { TARGETS } from '../../src-main/engine/methods/teacher.ts';
import { linear } from '../../src-main/engine/nn/layers.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { nextName, trainingGraph, viewName } from '../../src-main/engine/training-graph.ts';
import { sleeping } from '../../src-main/engine/session.ts';
import { timedInputs } from '../../src-main/trainer/schedule.ts';
import { counted, expectClose } from './golden.ts';

const [N, INPUT, D, K] = [4, 5, 64, TEACHER_NUMBERS];
const RATE = 0.25;
const network = {
  batchSize: N,
  backbone: { width: 0.125 }, // of 64 features
  head: { layers: 1, outputDim: 8 },
  predictor: { hiddenDim: 8 },
  moco: { queueSize: 24 },
  swav: { prototypes: 5 },
  optimizer: { momentum: 0, weightDecay: 0 },
} as const;
const LAYER = 'backbone.fc';

/** A step on counted numbers: its outputs, and what was fed. The backbone is one linear layer. */
async function stepOf(method: (typeof methodNames)[number], teacher: { from: string; weight?: number }) {
  const config = parseConfig(mergeConfig(network, { method, teacher }));
  const views = viewsOf(config);
  const { entries, outputs } = trainingGraph(config, {
    viewShapes: views.map(() => [N, INPUT]),
    backbone: (net, x) => linear(net, LAYER, x, D, false),
  });
  const fed = new Map<string, OrtTensor>();
  const feed = (name: string, shape: readonly number[], bound: number) =>
    fed.set(
      name,
      new OrtTensor(
        'float32',
        counted(
          name,
          shape.reduce((a, b) => a * b, 1),
          bound,
        ),
        shape,
      ),
    );
  for (const { name, shape } of entries) feed(name, shape, /running_var/.test(name) ? 0 : 0.3);
  views.forEach((_, i) => feed(viewName(i), [N, INPUT], 2));
  feed(TARGETS, [N, K], 1);
  const { method: own, ...rates } = timedInputs(config);
  for (const name of Object.keys({ ...rates, ...own }))
    fed.set(name, new OrtTensor('float32', Float32Array.of(RATE), []));
  fed.set(
    'images',
    new OrtTensor(
      'float32',
      Float32Array.from({ length: N }, () => 0),
      [N],
    ),
  );
  const session = await InferenceSession.create(new OnnxLowering().model('test', outputs), {
    logSeverityLevel: 3,
    extra: sleeping(),
  });
  const results = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, fed.get(name)!])));
  await session.release();
  return { results, numbers: (name: string) => fed.get(name)!.data as Float32Array, views: views.length };
}

/** D(W h + b, t) of all views and its gradients by W, b and the backbone's layer V, h = V x. */
function byHand(numbers: (name: string) => Float32Array, views: number) {
  const [v, w, b] = [`${LAYER}.weight`, carriedName(TEACHER.weight), carriedName(TEACHER.bias)].map(numbers);
  const t = numbers(TARGETS);
  const out = { loss: 0, w: new Float64Array(K * D), b: new Float64Array(K), v: new Float64Array(D * INPUT) };
  const length = (x: ArrayLike<number>) => Math.sqrt(Array.from(x).reduce((sum, value) => sum + value * value, 0));
  for (let view = 0; view < views; view++)
    for (let n = 0; n < N; n++) {
      const x = numbers(viewName(view)).subarray(n * INPUT, (n + 1) * INPUT);
      const h = Float64Array.from({ length: D }, (_, d) =>
        x.reduce((sum, value, i) => sum + v![d * INPUT + i]! * value, 0),
      );
      const q = Float64Array.from({ length: K }, (_, k) =>
        h.reduce((sum, value, d) => sum + w![k * D + d]! * value, b![k]!),
      );
      const target = t.subarray(n * K, (n + 1) * K);
      const [lq, lt] = [length(q), length(target)];
      const cosine = q.reduce((sum, value, k) => sum + value * target[k]!, 0) / lq / lt;
      out.loss -= cosine / N / views;
      const dq = q.map((value, k) => -(target[k]! / lt - (cosine * value) / lq) / lq / N / views);
      for (let k = 0; k < K; k++) {
        out.b[k]! += dq[k]!;
        for (let d = 0; d < D; d++) {
          out.w[k * D + d]! += dq[k]! * h[d]!;
          for (let i = 0; i < INPUT; i++) out.v[d * INPUT + i]! += dq[k]! * w![k * D + d]! * x[i]!;
        }
      }
    }
  return out;
}

it('draws the features as cosine regression does, written out', async () => {
  const { results, numbers, views } = await stepOf('simsiam', { from: 'a.onnx', weight: 1 });
  const expected = byHand(numbers, views);
  expectClose(results['loss']!.data as Float32Array, [expected.loss], 1e-5, 1e-6, 'loss');
  const moved = (name: string) => {
    const before = numbers(name);
    return (results[nextName(name)]!.data as Float32Array).map((value, i) => (before[i]! - value) / RATE);
  };
  expectClose(moved(carriedName(TEACHER.weight)), expected.w, 1e-4, 1e-5, 'W');
  expectClose(moved(carriedName(TEACHER.bias)), expected.b, 1e-4, 1e-5, 'b');
  expectClose(moved(`${LAYER}.weight`), expected.v, 1e-4, 1e-5, 'V');
});

it.each(methodNames)('stands beside %s with its share', async (method) => {
  const alone = await stepOf(method, { from: '' });
  const taught = await stepOf(method, { from: 'a.onnx', weight: 0.3 });
  const loss = ({ results }: typeof alone) => (results['loss']!.data as Float32Array)[0]!;
  const { loss: drawn } = byHand(taught.numbers, 1);
  // whichever of its views the network sees: all of them, or the first
  const all = byHand(taught.numbers, taught.views).loss;
  const shares = [drawn, all].map((distance) => 0.7 * loss(alone) + 0.3 * distance);
  expect(Math.min(...shares.map((share) => Math.abs(loss(taught) - share)))).toBeLessThan(1e-4);
});
