/**
 * Batch normalisation over [N, C] or [N, C, H, W], with what follows it in a residual network as part of the same
 * operation (the shortcut added, then ReLU), because one pass over memory can do all three. In training by the
 * batch's own statistics, in evaluation by given ones; eps 1e-5 as in PyTorch.
 *
 * Composed of primitives: ONNX BatchNormalization with training_mode = 1 is not available on WebGPU and went to NaN
 * in training on CPU. The variance is taken of the centred input: E[x^2] - E[x]^2 turns negative when features
 * collapse to a constant, which is just what has to be watched here.
 */
import { BATCH_NORM_EPS } from '../../../shared/backbone.ts';
import { ShapeError } from '../errors.ts';
import { apply, elements, sameShape } from '../graph.ts';
import type { Op, Shape, Tensor } from '../graph.ts';
import type { Value } from '../onnx/emitter.ts';
import { arranged } from '../onnx/layouts/index.ts';
import type { OnnxLowering } from '../onnx/lowering.ts';
import { channelView } from './channel-view.ts';
import type { ChannelView } from './channel-view.ts';
import { reluMask } from './relu.ts';

interface Attributes {
  affine: boolean;
  relu: boolean;
}

/** Batches computed together, and how they lie among the rows. */
export interface Batches {
  batches: number;
  /** Whether one batch follows the other; else sample i of batch b is row i * batches + b. */
  stacked: boolean;
}

export interface BatchNormOptions {
  /** Scale and bias [C]; without them the output stays normalised. */
  affine?: { weight: Tensor; bias: Tensor };
  /** Added to the normalised output, before ReLU. */
  shortcut?: Tensor;
  relu?: boolean;
  /** Batches computed together and normalised each by itself, 1 unless told: scale and bias are then [batches C]. */
  batches?: number;
  /** Whether one batch follows the other; false unless told, which has sample i of batch b in row i * batches + b. */
  stacked?: boolean;
}

function check(name: string, [x, ...rest]: readonly Shape[], vectors: number, batches = 1): void {
  if (x!.length !== 4 && x!.length !== 2) throw new ShapeError(name, [x!], 'x must be [N, C] or [N, C, H, W]');
  for (const [i, shape] of rest.entries())
    if (i < vectors ? !sameShape(shape, [x![1]! * batches]) : !sameShape(shape, x!))
      throw new ShapeError(
        name,
        [x!, shape],
        i < vectors ? 'one number a channel is needed' : 'the shortcut must have the shape of x',
      );
}

/** Elements that one statistic is taken over. */
export const samplesPerChannel = (x: Shape, batches = 1): number => elements(x) / (x[1]! * batches);

const batchNormOp: Op<Attributes & Batches> = {
  name: 'batchNorm',
  shapes(inputs, { affine, batches }) {
    check('batchNorm', inputs, affine ? 2 : 0, batches);
    const x = inputs[0]!;
    if (x[0]! % batches !== 0)
      throw new ShapeError('batchNorm', [x], `the rows must be ${batches} batches of one size`);
    if (samplesPerChannel(x, batches) < 2)
      throw new ShapeError('batchNorm', [x], 'a variance needs two samples: use a larger batch');
    return [x, [x[1]! * batches], [x[1]! * batches]];
  },
  gradient({ inputs, outputs: [y, mean, variance], attributes: { affine, relu, batches, stacked } }, [dy], needed) {
    const [x, weight] = inputs;
    const shortcut = affine ? 3 : 1;
    const masked = relu ? reluMask(dy!, y!) : dy!;
    const operands = [x!, masked, mean!, variance!, ...(affine ? [weight!] : [])];
    const [dx, dWeight, dBias] = x!.graph.apply(batchNormGradientOp, operands, { batches, stacked });
    const flows = affine ? [dx, dWeight, dBias] : [dx];
    return needed[shortcut] ? [...flows, masked] : flows;
  },
  lower({ inputs, outputs: [y, mean, variance], attributes: { affine, relu, ...batches } }, lowering) {
    const x = inputs[0]!;
    const view = channelView(x, batches, lowering);
    const average = view.mean(view.rows(x));
    const centred = view.centred(average);
    const spread = view.meanOfSquares(centred);
    const shortcut = inputs[affine ? 3 : 1];
    const learned = affine ? [inputs[1]!, inputs[2]!] : [];
    let out: Value;
    if (view.scaled) {
      const by = columnsOf(view, lowering, variance!, spread, learned);
      out = view.scaled(centred, { ...by, plus: shortcut && view.rows(shortcut), relu });
    } else if (view.normalised && affine) {
      const [weight, bias] = [inputs[1]!, inputs[2]!].map(view.column) as [Value, Value];
      out = view.normalised(centred, { scale: weight, shift: bias, variance: spread, epsilon: BATCH_NORM_EPS });
    } else {
      const { scale, shift } = affineOf(view, lowering, variance!, spread, learned);
      out = lowering.each('Mul', centred, scale);
      if (shift) out = lowering.each('Add', out, shift);
    }
    if (view.precision === 'half') out = lowering.cast(out, 'half');
    if (!view.scaled) {
      if (shortcut) out = lowering.each('Add', out, view.rows(shortcut, view.precision));
      if (relu) out = lowering.each('Relu', out);
    }
    view.set(y!, out);
    lowering.set(mean!, lowering.reshape(average, mean!.shape));
    lowering.set(variance!, lowering.reshape(spread, variance!.shape));
  },
  // x is kept for the gradient; y takes three more passes over memory, about 1 % of a step, and is a quarter of what a
  // step would hold. With a shortcut it would take the whole block again.
  lowerAgain(
    { inputs: [x, weight, bias, shortcut], outputs: [, mean, variance], attributes: { affine, relu, ...batches } },
    lowering,
  ) {
    const layout = lowering.layout(x!);
    if (!relu || !affine || shortcut || layout === 'plain') return undefined;
    const view = channelView(x!, batches, lowering);
    const centred = view.centred(view.column(mean!));
    if (view.scaled) {
      const by = columnsOf(view, lowering, variance!, view.column(variance!), [weight!, bias!]);
      return lowering.reshape(
        view.scaled(centred, { ...by, relu, apart: `batchNorm ${x!.id}` }),
        arranged(x!.shape, layout),
      );
    }
    const { scale, shift } = affineOf(view, lowering, variance!, view.column(variance!), [weight!, bias!]);
    // of a shape of its own, which all that the backward pass computes of it takes on
    const apart = lowering.apart(`batchNorm ${x!.id}`);
    const rank = centred.shape.length;
    const widened = [...apart, ...new Array<number>(rank - scale.shape.length).fill(1), ...scale.shape];
    const out = lowering.each('Add', lowering.each('Mul', centred, lowering.reshape(scale, widened)), shift!);
    return lowering.reshape(lowering.each('Relu', out), arranged(x!.shape, layout));
  },
};

/**
 * (x, dy, mean, variance, weight?) -> dx, dWeight, dBias, dy being the gradient after ReLU's mask. With m samples a
 * channel, c = x - mean and r = 1 / sqrt(variance + eps):
 * dBias = sum dy; dWeight = r sum dy c; dx = weight r (dy - dBias / m - c r dWeight / m).
 */
const batchNormGradientOp: Op<Batches> = {
  name: 'batchNormGradient',
  shapes: ([x], { batches }) => [x!, [x![1]! * batches], [x![1]! * batches]],
  lower({ inputs: [x, dy, mean, variance, weight], outputs: [dx, dWeight, dBias], attributes }, lowering) {
    const view = channelView(x!, attributes, lowering);
    const share = 1 / samplesPerChannel(x!.shape, attributes.batches);
    const perSample = lowering.scalar(share);
    const flow = view.rows(dy!);
    const centred = view.centred(view.column(mean!));
    const inverse = inverseDeviation(variance!, view.column(variance!), lowering);
    const biasSum = view.sum(flow);
    const weightSum = lowering.each('Mul', view.sumOfProducts(flow, centred), inverse);
    const shift = () => lowering.each('Mul', biasSum, perSample);
    lowering.set(dWeight!, lowering.reshape(weightSum, dWeight!.shape));
    lowering.set(dBias!, lowering.reshape(biasSum, dBias!.shape));
    if (view.scaled) {
      const { scale } = columnsOf(view, lowering, variance!, view.column(variance!), weight ? [weight] : []);
      const less = lowering.each('Mul', scale, lowering.scalar(-share));
      const apart = `batchNorm gradient ${x!.id}`;
      const level = view.scaled(flow, { scale, shift: lowering.each('Mul', biasSum, less), apart });
      const slope = lowering.each('Mul', lowering.each('Mul', weightSum, inverse), less);
      view.set(dx!, view.scaled(centred, { scale: slope, plus: level, apart }));
      return;
    }
    let level: Value;
    if (view.normalised) {
      const by = {
        scale: lowering.each('Mul', weightSum, perSample),
        shift: shift(),
        variance: view.column(variance!),
      };
      level = lowering.each('Sub', flow, view.normalised(centred, { ...by, epsilon: BATCH_NORM_EPS }));
    } else {
      const slope = lowering.each('Mul', lowering.each('Mul', weightSum, inverse), perSample);
      const along = lowering.each('Sub', flow, lowering.each('Mul', centred, view.spread(slope)));
      level = lowering.each('Sub', along, view.spread(shift()));
    }
    const { scale } = affineOf(view, lowering, variance!, view.column(variance!), weight ? [weight] : []);
    const flows = lowering.each('Mul', level, scale);
    view.set(dx!, view.precision === 'half' ? lowering.cast(flows, 'half') : flows);
  },
};

/** 1 / sqrt(variance + eps), of a value that holds the tensor; forward and backward share it. */
const inverseDeviation = (tensor: Tensor, variance: Value, lowering: OnnxLowering): Value =>
  lowering.once(`inverse deviation ${tensor.id}`, () =>
    lowering.each('Reciprocal', lowering.each('Sqrt', lowering.each('Add', variance, lowering.scalar(BATCH_NORM_EPS)))),
  );

/** What centred rows are multiplied by and what is added, to broadcast to them; forward and backward share it. */
function affineOf(
  view: ChannelView,
  lowering: OnnxLowering,
  tensor: Tensor,
  variance: Value,
  [weight, bias]: readonly Tensor[],
): { scale: Value; shift: Value | undefined } {
  const inverse = inverseDeviation(tensor, variance, lowering);
  return {
    scale: lowering.once(`scale ${tensor.id}`, () =>
      view.spread(weight ? lowering.each('Mul', inverse, view.column(weight)) : inverse),
    ),
    shift: bias && lowering.once(`shift ${tensor.id}`, () => view.spread(view.column(bias))),
  };
}

/** The same as vectors of columns. */
function columnsOf(
  view: ChannelView,
  lowering: OnnxLowering,
  tensor: Tensor,
  variance: Value,
  [weight, bias]: readonly Tensor[],
): { scale: Value; shift: Value | undefined } {
  const inverse = inverseDeviation(tensor, variance, lowering);
  return {
    scale: weight
      ? lowering.once(`scale column ${tensor.id}`, () => lowering.each('Mul', inverse, view.column(weight)))
      : inverse,
    shift: bias && view.column(bias),
  };
}

/** By each batch's statistics: y of x's shape, and the mean and biased variance [batches C]. */
export function batchNorm(x: Tensor, options: BatchNormOptions = {}): { y: Tensor; mean: Tensor; variance: Tensor } {
  const { affine, shortcut, relu = false, batches = 1, stacked = false } = options;
  const inputs = [x, ...(affine ? [affine.weight, affine.bias] : []), ...(shortcut ? [shortcut] : [])];
  const [y, mean, variance] = x.graph.apply(batchNormOp, inputs, {
    affine: affine !== undefined,
    relu,
    batches,
    stacked,
  });
  return { y: y!, mean: mean!, variance: variance! };
}

const batchNormInferenceOp: Op<Attributes> = {
  name: 'batchNormInference',
  shapes(inputs, { affine }) {
    check('batchNormInference', inputs, affine ? 4 : 2);
    return [inputs[0]!];
  },
  // No gradient: networks are evaluated, not trained, by running statistics.
  lower({ inputs, outputs, attributes: { affine, relu } }, lowering) {
    const [x, mean, variance, weight, bias] = inputs;
    const channels = x!.shape[1]!;
    const fill = (value: number) =>
      lowering.once(`fill ${value} ${channels}`, () =>
        lowering.floats(new Float32Array(channels).fill(value), [channels]),
      );
    const vectors = [affine ? lowering.value(weight!) : fill(1), affine ? lowering.value(bias!) : fill(0)];
    const operands = [lowering.value(x!), ...vectors, lowering.value(mean!), lowering.value(variance!)];
    let out = lowering.emit('BatchNormalization', operands, x!.shape, { epsilon: { float: BATCH_NORM_EPS } });
    const shortcut = inputs[affine ? 5 : 3];
    if (shortcut) out = lowering.each('Add', out, lowering.value(shortcut));
    lowering.set(outputs[0]!, relu ? lowering.each('Relu', out) : out);
  },
};

/** By running statistics: y of x's shape. The runtime folds it into a convolution of constant weights before it. */
export function batchNormInference(x: Tensor, mean: Tensor, variance: Tensor, options: BatchNormOptions = {}): Tensor {
  const { affine, shortcut, relu = false } = options;
  const inputs = [x, mean, variance, ...(affine ? [affine.weight, affine.bias] : []), ...(shortcut ? [shortcut] : [])];
  return apply(batchNormInferenceOp, inputs, { affine: affine !== undefined, relu });
}
