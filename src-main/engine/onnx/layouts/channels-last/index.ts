/**
 * Images held as [N, H, W, C], in which ONNX Runtime's WebGPU kernels compute. The runtime puts a transposition before
 * and one behind each Conv to get there; those that stand here are their inverses, so that the runtime cancels both
 * and no image is moved.
 */
import { elements } from '../../../graph.ts';
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import { opposite } from '../layout.ts';
import type { ImageLayout } from '../layout.ts';
import { byOperator } from '../operators.ts';
import type { Operator } from '../operators.ts';
import { isProduct, patchProduct } from './convolution.ts';
import { filterGradient } from './filter-gradient.ts';
import { stridedInputGradient } from './input-gradient.ts';
import { maxPoolGradient } from './pool.ts';
import { sumRows } from '../sums.ts';

/** An operator on images that stand as [N, C, H, W] to it: of this shape, and [N, H, W, C] before and behind. */
const asFirst: Operator = (lowering, opType, [x, ...others], shape, attributes) => {
  const first = lowering.transpose(x!, [0, 3, 1, 2]);
  return lowering.transpose(lowering.emit(opType, [first, ...others], shape, attributes), [0, 2, 3, 1]);
};

const operators = byOperator('channelsLast', asFirst);

export const channelsLast: ImageLayout = {
  axes: [0, 2, 3, 1],
  // A device keeps it, but for float16, where that would be twice as much.
  keepsCentred: true,
  sumsInParts: true,
  maxPool: operators.maxPool,
  filterGradient,
  convolve(lowering, g, tensors) {
    if (!isProduct(g)) return operators.convolve(lowering, g, tensors);
    const weight = lowering.value(tensors.by, 'plain', lowering.products);
    patchProduct(lowering, tensors.from, lowering.transpose(weight, [2, 3, 1, 0]), g, tensors.to);
  },
  inputGradient(lowering, g, tensors) {
    const back = opposite(g);
    if (g.stride !== 1) return stridedInputGradient(lowering, g, tensors, asFirst);
    if (!isProduct(back)) return operators.inputGradient(lowering, g, tensors);
    const weight = lowering.value(tensors.by, 'plain', lowering.products);
    patchProduct(lowering, tensors.from, lowering.transpose(weight, [2, 3, 0, 1]), back, tensors.to, true);
  },
  maxPoolGradient(lowering, g, { from, by, to }) {
    const [x, dy] = [from, by].map((t) => lowering.value(t, 'channelsLast')) as [Value, Value];
    lowering.set(to, maxPoolGradient(lowering, x, dy, g), 'channelsLast');
  },
  averagePool(lowering, x) {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const sum = sumRows(lowering, lowering.value(x, 'channelsLast'), n, h * w, c);
    return lowering.each('Mul', sum, lowering.scalar(1 / (h * w)));
  },
  channels({ samples, positions, batches, channels, stacked }) {
    const all = samples * batches;
    const vector = stacked ? [batches, 1, 1, channels] : [1, batches, 1, channels];
    const sumOf = (lowering: OnnxLowering, rows: Value, squares: boolean): Value => {
      const perSample = sumRows(lowering, rows, all, positions, channels, squares && positions > 1); // [all, C]
      const last = squares && positions === 1;
      const total = stacked
        ? sumRows(lowering, perSample, batches, samples, channels, last)
        : sumRows(lowering, perSample, 1, samples, batches * channels, last);
      return lowering.reshape(total, vector);
    };
    return {
      shape: stacked ? [batches, samples, positions, channels] : [samples, batches, positions, channels],
      vector,
      repeats: 1,
      sum: (lowering, rows) => sumOf(lowering, rows, false),
      sumOfSquares: (lowering, rows) => sumOf(lowering, rows, true),
      normalise: stacked
        ? undefined
        : (lowering, centred, by) => {
            // Batches lie between samples and positions, so all that follows a sample is told apart: a pixel of so many channels.
            const columns = batches === 1 ? channels : batches * positions * channels;
            const wide = (vector: Value): Value =>
              lowering.once(`wide ${vector.name} ${positions}`, () => {
                const each = lowering.reshape(vector, [1, batches, 1, channels]);
                const all =
                  columns === batches * channels ? each : lowering.expand(each, [1, batches, positions, channels]);
                return lowering.reshape(all, [columns]);
              });
            const pixels = lowering.reshape(centred, [elements(centred.shape) / columns, 1, 1, columns]);
            const [scale, shift, variance] = [by.scale, by.shift, by.variance].map(wide) as [Value, Value, Value];
            const operands = [pixels, scale, shift, lowering.expand(lowering.scalar(0), [columns]), variance];
            const shape = [pixels.shape[0]!, columns, 1, 1];
            const out = asFirst(lowering, 'BatchNormalization', operands, shape, { epsilon: { float: by.epsilon } });
            return lowering.reshape(out, centred.shape);
          },
    };
  },
};
