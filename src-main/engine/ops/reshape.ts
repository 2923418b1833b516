/** Another shape for the same elements in the same order. */
import { ShapeError } from '../errors.ts';
import { apply, elements, sameShape } from '../graph.ts';
import type { Op, Shape, Tensor } from '../graph.ts';
import { arranged } from '../onnx/layouts/index.ts';

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
    const layout = lowering.layout(x);
    const image = x.shape.length === 4 && shape.length === 4 && x.shape[2] === shape[2] && x.shape[3] === shape[3];
    const kept = image && lowering.images.regroups ? layout : 'plain';
    const precision = lowering.precision(x);
    const y = lowering.reshape(lowering.value(x, kept, precision), arranged(shape, kept));
    lowering.set(outputs[0]!, y, kept, precision);
  },
  lowerAgain({ inputs: [x], outputs, attributes: { shape } }, lowering) {
    const layout = lowering.layout(x!);
    if (layout === 'plain' || lowering.layout(outputs[0]!) !== layout) return undefined;
    return lowering.reshape(lowering.again(x!, layout), arranged(shape, layout));
  },
};

export const reshape = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], { shape });

const flattenOp: Op<object> = {
  name: 'flatten',
  shapes: ([x]) => [[x![0]!, elements(x!.slice(1))]],
  lower({ inputs, outputs }, lowering) {
    lowering.set(outputs[0]!, lowering.emit('Flatten', [lowering.value(inputs[0]!)], outputs[0]!.shape, { axis: 1 }));
  },
};

/** x [N, ...] -> [N, D], of whatever batch the model is fed. Without a gradient. */
export const flatten = (x: Tensor): Tensor => apply(flattenOp, [x], {});
