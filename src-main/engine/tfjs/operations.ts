/**
 * Every operation of a training step on TensorFlow.js: the operation's name in the graph, and how it is computed there.
 * Kernels and functions of tfjs-core alone, so that any of its backends computes them. Images are [N, C, H, W] in the
 * graph and [N, H, W, C] to TensorFlow, whose Node backend pads no convolution: padding is an operation of its own.
 */
import type * as TensorFlow from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Shape } from '../graph.ts';
import { BATCH_NORM_EPS } from '../../../shared/backbone.ts';
import type { Batches } from '../ops/batch-norm.ts';

export type Tf = typeof TensorFlow;

/** What an operation is given: its inputs and attributes, and the shapes that its outputs must have. */
export interface Given {
  tf: Tf;
  inputs: readonly Tensor[];
  attributes: Readonly<Record<string, never>>;
  shapes: readonly Shape[];
}

type Rule = (given: Given) => Tensor | Tensor[];

interface Window {
  kernel: number;
  stride: number;
  padding: number;
}

const NORMALIZE_EPS = 1e-12;
/** Below any value that is pooled. */
const LOWEST = -3.4e38;

const flag = (tf: Tf, condition: Tensor): Tensor => tf.cast(condition, 'float32');
const toLast = (tf: Tf, x: Tensor): Tensor4D => tf.transpose(x, [0, 2, 3, 1]) as Tensor4D;
const toFirst = (tf: Tf, x: Tensor): Tensor => tf.transpose(x, [0, 3, 1, 2]);
/** Weights [O, I, k, k] as [k, k, I, O]. */
const filtersOf = (tf: Tf, weight: Tensor): Tensor4D => tf.transpose(weight, [2, 3, 1, 0]) as Tensor4D;
const padded = (tf: Tf, x: Tensor4D, padding: number, value = 0): Tensor4D =>
  padding === 0
    ? x
    : tf.pad(
        x,
        [
          [0, 0],
          [padding, padding],
          [padding, padding],
          [0, 0],
        ],
        value,
      );
/** The middle of what was padded. */
const cropped = (tf: Tf, x: Tensor4D, padding: number, [n, c, h, w]: readonly number[]): Tensor4D =>
  padding === 0 ? x : tf.slice(x, [0, padding, padding, 0], [n!, h!, w!, c!]);

/** Batches computed together as so many times the channels of one (engine/ops/batch-norm.ts). */
const apart = (tf: Tf, x: Tensor, { batches, stacked }: Batches): Tensor => {
  if (stacked) throw new Error('TensorFlow.js computes no batches that follow each other');
  const [all, channels, ...image] = x.shape as [number, number, ...number[]];
  return tf.reshape(x, [all / batches, channels * batches, ...image]);
};
const mean = (tf: Tf, x: Tensor, axes: number[]): Tensor => tf.mean(x, axes, true);
/** Axes of the samples of a channel, and a vector [C] in a shape that broadcasts over them. */
const samples = (x: Tensor): number[] => (x.rank === 4 ? [0, 2, 3] : [0]);
const column = (tf: Tf, vector: Tensor, x: Tensor): Tensor =>
  x.rank === 4 ? tf.reshape(vector, [1, -1, 1, 1]) : vector;
const inverseDeviation = (tf: Tf, variance: Tensor): Tensor => tf.rsqrt(tf.add(variance, BATCH_NORM_EPS));

const binary =
  (name: 'add' | 'sub' | 'mul' | 'div'): Rule =>
  ({ tf, inputs: [a, b] }) =>
    tf[name](a!, b!);
const unary =
  (name: 'exp' | 'log' | 'sqrt' | 'relu'): Rule =>
  ({ tf, inputs: [x] }) =>
    tf[name](x!);

export const operations: Readonly<Record<string, Rule>> = {
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  relu: unary('relu'),
  reluMask: ({ tf, inputs: [dy, y] }) => tf.mul(dy!, flag(tf, tf.greater(y!, 0))),
  stopGradient: ({ tf, inputs: [x] }) => tf.clone(x!),
  maximum: ({ tf, inputs: [x], attributes: { floor } }) => tf.maximum(x!, floor),
  atLeast: ({ tf, inputs: [x], attributes: { floor } }) => flag(tf, tf.greaterEqual(x!, floor)),
  below: ({ tf, inputs: [x], attributes: { bound } }) => flag(tf, tf.less(x!, bound)),
  choose: ({ tf, inputs: [which, a, b] }) => tf.where(tf.greater(which!, 0.5), a!, b!),

  reshape: ({ tf, inputs: [x], shapes: [shape] }) => tf.reshape(x!, [...shape!]),
  expand: ({ tf, inputs: [x], shapes: [shape] }) => tf.broadcastTo(x!, [...shape!]),
  transpose: ({ tf, inputs: [x], attributes: { order } }) => tf.transpose(x!, order),
  split: ({ tf, inputs: [x], attributes: { sizes } }) => tf.split(x!, sizes),
  concat: ({ tf, inputs, attributes: { axis } }) => tf.concat([...inputs], axis),
  repeat: ({ tf, inputs: [x], attributes: { times } }) => tf.tile(x!, [times]),
  folded({ tf, inputs, attributes }) {
    const { times, shares } = attributes as unknown as { times: number; shares?: Float32Array };
    const sizes = inputs.map((x) => x.size);
    const weighted = shares ? tf.split(tf.mul(tf.concat([...inputs]), tf.tensor1d(shares)), sizes) : inputs;
    return tf.concat(weighted.map((x) => tf.sum(tf.reshape(x, [times, -1]), 0)));
  },
  slice({ tf, inputs: [x], attributes: { axis, start }, shapes: [shape] }) {
    return tf.slice(
      x!,
      x!.shape.map((_, i) => (i === axis ? start : 0)),
      [...shape!],
    );
  },
  sum: ({ tf, inputs: [x], attributes: { axes, keepDims } }) => tf.sum(x!, axes, keepDims),
  sumOfSquares: ({ tf, inputs: [x] }) => tf.sum(tf.square(x!)),
  max: ({ tf, inputs: [x], attributes: { axes, keepDims } }) => tf.max(x!, axes, keepDims),
  rows: ({ tf, inputs: [table, numbers] }) => tf.gather(table!, tf.cast(numbers!, 'int32')),
  withRows: ({ tf, inputs: [table, numbers, rows] }) =>
    tf.tensorScatterUpdate(table!, tf.reshape(tf.cast(numbers!, 'int32'), [-1, 1]), rows!),

  matmul: ({ tf, inputs: [a, b], attributes: { transposeA, transposeB } }) => tf.matMul(a!, b!, transposeA, transposeB),
  linear({ tf, inputs: [x, weight, bias] }) {
    const y = tf.matMul(x!, weight!, false, true);
    return bias ? tf.add(y, bias) : y;
  },
  softmax: ({ tf, inputs: [x] }) => tf.softmax(x!),
  logSoftmax: ({ tf, inputs: [x] }) => tf.logSoftmax(x!),
  normalize({ tf, inputs: [x] }) {
    const length = tf.sqrt(tf.sum(tf.square(x!), -1, true));
    return tf.div(x!, tf.maximum(length, NORMALIZE_EPS));
  },

  batchNorm({ tf, inputs, attributes }) {
    const { affine, relu, ...batches } = attributes as unknown as { affine: boolean; relu: boolean } & Batches;
    const x = apart(tf, inputs[0]!, batches);
    const average = mean(tf, x, samples(x));
    const centred = tf.sub(x, average);
    const variance = mean(tf, tf.square(centred), samples(x));
    let y = tf.mul(centred, inverseDeviation(tf, variance));
    if (affine) y = tf.add(tf.mul(y, column(tf, inputs[1]!, x)), column(tf, inputs[2]!, x));
    const shortcut = inputs[affine ? 3 : 1];
    if (shortcut) y = tf.add(y, apart(tf, shortcut, batches));
    return [tf.reshape(relu ? tf.relu(y) : y, inputs[0]!.shape), tf.reshape(average, [-1]), tf.reshape(variance, [-1])];
  },
  batchNormGradient({ tf, inputs: [given, flow, average, variance, weight], attributes }) {
    const [x, dy] = [given!, flow!].map((t) => apart(tf, t, attributes as unknown as Batches));
    const centred = tf.sub(x!, column(tf, average!, x!));
    const inverse = inverseDeviation(tf, column(tf, variance!, x!));
    const dBias = tf.sum(dy!, samples(x!), true);
    const dWeight = tf.mul(tf.sum(tf.mul(dy!, centred), samples(x!), true), inverse);
    const share = x!.shape[1]! / x!.size;
    const along = tf.mul(centred, tf.mul(tf.mul(dWeight, inverse), share));
    const level = tf.sub(tf.sub(dy!, along), tf.mul(dBias, share));
    const scale = weight ? tf.mul(inverse, column(tf, weight, x!)) : inverse;
    return [tf.reshape(tf.mul(level, scale), given!.shape), tf.reshape(dWeight, [-1]), tf.reshape(dBias, [-1])];
  },

  conv({ tf, inputs: [x, weight], attributes }) {
    const { stride, padding } = attributes as unknown as Window;
    return toFirst(tf, tf.conv2d(padded(tf, toLast(tf, x!), padding), filtersOf(tf, weight!), stride, 'valid'));
  },
  convInputGradient({ tf, inputs: [dy, weight], attributes, shapes: [shape] }) {
    const { stride, padding } = attributes as unknown as Window;
    const [n, c, h, w] = shape as readonly [number, number, number, number];
    const whole: [number, number, number, number] = [n, h + 2 * padding, w + 2 * padding, c];
    const dx = tf.conv2dTranspose(toLast(tf, dy!), filtersOf(tf, weight!), whole, stride, 'valid');
    return toFirst(tf, cropped(tf, dx, padding, shape!));
  },
  convFilterGradient({ tf, inputs: [x, dy], attributes, shapes: [shape] }) {
    const { stride, padding, kernel } = attributes as unknown as Window;
    const [filters, channels] = shape as readonly [number, number];
    const given = { x: padded(tf, toLast(tf, x!), padding), dy: toLast(tf, dy!) };
    const settings = {
      strides: [stride, stride],
      pad: 'valid',
      dataFormat: 'NHWC',
      filterShape: [kernel, kernel, channels, filters],
    };
    const dw = tf.engine().runKernel('Conv2DBackpropFilter', given, settings) as Tensor; // [k, k, I, O]
    return tf.transpose(dw, [3, 2, 0, 1]);
  },
  globalAveragePool: ({ tf, inputs: [x] }) => tf.mean(x!, [2, 3]),
  maxPool({ tf, inputs: [x], attributes }) {
    const { kernel, stride, padding } = attributes as unknown as Window;
    return toFirst(tf, tf.maxPool(padded(tf, toLast(tf, x!), padding, LOWEST), kernel, stride, 'valid'));
  },
  maxPoolGradient({ tf, inputs: [x, dy], attributes, shapes: [shape] }) {
    const { kernel, stride, padding } = attributes as unknown as Window;
    const input = padded(tf, toLast(tf, x!), padding, LOWEST);
    const output = tf.maxPool(input, kernel, stride, 'valid');
    const settings = { filterSize: [kernel, kernel], strides: [stride, stride], pad: 'valid' };
    const dx = tf.engine().runKernel('MaxPoolGrad', { dy: toLast(tf, dy!), input, output }, settings) as Tensor4D;
    return toFirst(tf, cropped(tf, dx, padding, shape!));
  },
};
