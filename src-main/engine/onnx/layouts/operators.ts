/** Convolution, its input gradient and max pooling by the runtime's own operators, in a layout that has such. */
import type { Shape, Tensor } from '../../graph.ts';
import type { Value } from '../emitter.ts';
import type { OnnxLowering } from '../lowering.ts';
import type { AttributeValue } from '../schema.ts';
import type { Geometry, ImageLayout } from './layout.ts';
import type { Layout } from './index.ts';

/** Emits an operator on images, the first of the inputs in the layout; `shape` is that of its output as [N, C, H, W]. */
export type Operator = (
  lowering: OnnxLowering,
  opType: string,
  inputs: readonly Value[],
  shape: Shape,
  attributes: Readonly<Record<string, AttributeValue>>,
) => Value;

const window = (kernel: number, stride: number, padding: number) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

export function byOperator(layout: Layout, run: Operator): Pick<ImageLayout, 'convolve' | 'inputGradient' | 'maxPool'> {
  const convolved = (
    lowering: OnnxLowering,
    opType: string,
    from: Tensor,
    weight: Value,
    attributes: Record<string, number[]>,
    to: Tensor,
  ): void => {
    const { products } = lowering;
    const image = lowering.value(from, layout, products);
    lowering.set(to, run(lowering, opType, [image, weight], to.shape, attributes), layout, products);
  };
  return {
    convolve(lowering, { kernel, stride, padding }, { from, by, to }) {
      const weight = lowering.value(by, 'plain', lowering.products);
      convolved(lowering, 'Conv', from, weight, window(kernel, stride, padding), to);
    },
    inputGradient(lowering, g, { from, by, to }) {
      const { kernel, stride, padding } = g;
      if (stride === 1) {
        convolved(lowering, 'Conv', from, turnedWeight(lowering, by), window(kernel, 1, kernel - 1 - padding), to);
        return;
      }
      const weight = lowering.value(by, 'plain', lowering.products);
      const short = unreached(g);
      const attributes = { ...window(kernel, stride, padding), output_padding: [short, short] };
      convolved(lowering, 'ConvTranspose', from, weight, attributes, to);
    },
    maxPool(lowering, { kernel, stride, padding }, { from, to }) {
      const precision = lowering.precision(from);
      const image = lowering.value(from, layout, precision);
      const pooled = run(lowering, 'MaxPool', [image], to.shape, window(kernel, stride, padding));
      lowering.set(to, pooled, layout, precision);
    },
  };
}

/** Rows that no window reached. */
const unreached = ({ height, outHeight, kernel, stride, padding }: Geometry): number =>
  height - ((outHeight - 1) * stride + kernel - 2 * padding);

/** Weights [O, I, k, k] turned by half a turn, input and output channels exchanged: [I, O, k, k]. */
function turnedWeight(lowering: OnnxLowering, weight: Tensor): Value {
  return lowering.once(`flipped ${weight.id}`, () => {
    const exchanged = lowering.transpose(lowering.value(weight, 'plain', lowering.products), [1, 0, 2, 3]);
    return weight.shape[2] === 1 ? exchanged : lowering.reversed(exchanged, [2, 3]);
  });
}
