/** An input of bytes, 0 to 255, read as 0 to 1: photos as they are kept, a quarter of the size of floats. */
import type { Graph, Op, Shape, Tensor } from '../graph.ts';
import { elementType } from '../onnx/schema.ts';

const bytesOp: Op<{ name: string; shape: Shape }> = {
  name: 'bytes',
  shapes: (_inputs, { shape }) => [shape],
  lower({ outputs, attributes: { name } }, lowering) {
    const [y] = outputs;
    const operands = [lowering.bytes(y!, name), lowering.scalar(1 / 255)];
    lowering.set(y!, lowering.emit('DequantizeLinear', operands, y!.shape, {}, { type: elementType.float }));
  },
};

/** A tensor fed as uint8 under this name. */
export const bytes = (graph: Graph, name: string, shape: Shape): Tensor =>
  graph.apply(bytesOp, [], { name, shape })[0]!;
