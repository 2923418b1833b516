/**
 * Images held as [N, H, W, C], in which ONNX Runtime's WebGPU kernels compute. The runtime puts a transposition before
 * and one behind each Conv to get there; those that stand here are their inverses, so that the runtime cancels both
 * and no image is moved.
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import { opposite } from '../layout.ts';
import type { ImageLayout } from '../layout.ts';
import { byOperator } from '../operators.ts';
import { filterGradient, isProduct, patchProduct } from './convolution.ts';
import { maxPoolGradient } from './pool.ts';
import { sumRows } from '../sums.ts';

const operators = byOperator('channelsLast', (lowering, opType, [x, ...others], shape, attributes) => {
  const first = lowering.transpose(x!, [0, 3, 1, 2]);
  return lowering.transpose(lowering.emit(opType, [first, ...others], shape, attributes), [0, 2, 3, 1]);
});

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
    if (g.stride !== 1 || !isProduct(back)) return operators.inputGradient(lowering, g, tensors);
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
  channels({ samples, positions, batches, channels }) {
    const all = samples * batches;
    const sumOf = (lowering: OnnxLowering, rows: Value, squares: boolean): Value => {
      const perSample = sumRows(lowering, rows, all, positions, channels, squares && positions > 1); // [all, C]
      const total = sumRows(lowering, perSample, 1, samples, batches * channels, squares && positions === 1);
      return lowering.reshape(total, [1, batches, 1, channels]);
    };
    return {
      shape: [samples, batches, positions, channels],
      vector: [1, batches, 1, channels],
      repeats: 1,
      sum: (lowering, rows) => sumOf(lowering, rows, false),
      sumOfSquares: (lowering, rows) => sumOf(lowering, rows, true),
    };
  },
};
