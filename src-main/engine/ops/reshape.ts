/** Another shape for the same elements in the same order. */
import { ShapeError } from '../errors.ts';
import { apply, arranged, elements, sameShape } from '../graph.ts';
import type { Op, Shape, Tensor } from '../graph.ts';

const reshapeOp: Op<{ shape: Shape }> = {
  name: 'reshape',
  shapes([x], { shape }) {
    if (elements(x!) !== elements(shape))
      throw new ShapeError('reshape', [x!, shape], 'both must have as many elements');
    return [shape];
  },
  gradient: ({ inputs }, [dy]) => [reshape(dy!, inputs[0]!.shape)],
  lower({ inputs, outputs, attributes: { shape } }, lowering) {
    const x = inputs[0]!;
    const image = x.shape.length === 4 && shape.length === 4 && x.shape[2] === shape[2] && x.shape[3] === shape[3];
    // [H, W, N, C] to [H, W, N', C'] leaves the elements where they are too, as N and C stand side by side in both.
    const precision = lowering.precision(x);
    if (image && lowering.layout(x) === 'pixels')
      lowering.set(
        outputs[0]!,
        lowering.reshape(lowering.value(x, 'pixels', precision), arranged(shape, 'pixels')),
        'pixels',
        precision,
      );
    else lowering.set(outputs[0]!, lowering.reshape(lowering.value(x, 'plain', precision), shape), 'plain', precision);
  },
  lowerAgain({ inputs: [x], outputs, attributes: { shape } }, lowering) {
    if (lowering.layout(x!) !== 'pixels' || lowering.layout(outputs[0]!) !== 'pixels') return undefined;
    return lowering.reshape(lowering.again(x!, 'pixels'), arranged(shape, 'pixels'));
  },
};

export const reshape = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape });
